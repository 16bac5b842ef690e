"""What Python refuses ROOT refuses: no tree, no values and no crash, but file, tree and remedy."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
from forged import Parts, forge
from plugged import interpreted, python, three_blocks
from samples import write_columns

import rootae
from rootae.source.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

CASES = {  # what is in the folder, the tree's name, and what is said of it
    "mixture.root": ("Events", "rootae merge"),
    "turned.root": ("Events", "rootae merge"),
    "newer.root": ("t", "upgrade with pip install -U rootae"),
    "lost.root": ("t", "which the file does not hold"),
    "damaged.root": ("t", "is damaged"),
}
REFUSED = """
#include <TChain.h>
#include <TError.h>
#include <ROOT/RDataFrame.hxx>
void refused(const char* path, const char* tree) {
   std::unique_ptr<TFile> file(TFile::Open(path));
   printf("%d %d\\n", file->Get<TTree>(tree) == nullptr, file->Get(tree) == nullptr);
   TChain chain(tree);
   chain.Add(path);
   printf("%lld %d\\n", chain.LoadTree(0), chain.GetTree() == nullptr);
   try {
      printf("counted %llu\\n", *ROOT::RDataFrame(tree, path).Count());
   } catch (const std::exception& error) {
      printf("thrown\\n");
   }
}
"""
BY_PYTHON = """
import sys, rootae
for way in (lambda p, t: rootae.open(p)[t].arrays(), rootae.rdataframe):
    try:
        way(*sys.argv[1:3])
        print("read")
    except rootae.RootaeError as error:
        print(type(error).__name__, str(error).replace(sys.argv[1], "FILE"))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, hadd: Script) -> Path:
    """Return a folder of files to refuse."""
    folder = three_blocks(tmp_path_factory.mktemp("refused"), 600)
    for name, parts in (("mixture", ("small", "events")), ("turned", ("events", "small"))):
        inputs = (folder / f"{part}.root" for part in parts)
        hadd("-f", folder / f"{name}.root", *inputs).check_returncode()
    write_columns(folder / "in.root", {"x": np.arange(500), "y": np.arange(500) % 7})
    rootae.train([folder / "in.root"], folder / "codec.root", family="plain")
    codec = rootae.read_codec(folder / "codec.root")
    right = Parts.of(codec)
    with Source.open(folder / "in.root") as source:
        blocks = [codec.tree("t").encode(source.tree("t").values(0, 500))]
    newer = dataclasses.replace(right, plan=right.plan.replace(b'"format":2', b'"format":3'))
    other = dataclasses.replace(right, plan=right.plan.replace(b'"why":"', b'"why":"not '))
    short = dataclasses.replace(right, claimed=3)
    stored = {"right": right, "newer": newer, "lost": other, "damaged": short}
    for name, found in stored.items():
        asked_for = newer if name == "newer" else right
        forge(folder / f"{name}.root", asked_for, blocks, ["x", "y"], stored=found)
    return folder


def asked(plugin: Path, path: Path, tree: str) -> tuple[list[str], str]:
    """Return what ROOT prints of a file, and its errors."""
    macro = path.with_name("refused.C")
    macro.write_text(f'{REFUSED}\nvoid call() {{ refused("{path}", "{tree}"); }}\n')
    macro.with_name("call.C").write_text(f'#include "{macro}"\n')
    done = interpreted(plugin, macro.with_name("call.C"), path.parent)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[1:], done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_root_refuses_what_python_refuses(plugin: Path, folder: Path, name: str) -> None:
    tree, remedy = CASES[name]
    said, errors = asked(plugin, folder / name, tree)
    assert said[0] == "1 1"
    assert said[1].endswith(" 1")
    assert said[1].startswith("-")
    assert said[2] != "counted"
    assert remedy in errors
    assert f"{name}:{tree}" in errors
    by_python = python(BY_PYTHON, folder, name, tree)
    kinds = [line.partition(" ")[0] for line in by_python.stdout.splitlines()]
    assert len(kinds) == 2, by_python.stderr
    assert len({*kinds}) == 1
    assert remedy in by_python.stdout


@pytest.mark.slow
def test_what_is_forged_right_is_read(plugin: Path, folder: Path) -> None:
    said, errors = asked(plugin, folder / "right.root", "t")
    assert said == ["0 0", "0 0", "counted 500"], errors
