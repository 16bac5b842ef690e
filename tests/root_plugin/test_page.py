"""Macros of the page about ROOT run by root.exe, compiled, and from Python, and say the same."""

from __future__ import annotations

import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest
from plugged import interpreted, python
from samples import PROJECT

from rootae.operations import plugin as of_plugin
from rootae.rootio.plugin.installation import installation

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (PROJECT / "docs" / "root.md").read_text()
MACROS = {
    found[1]: text
    for text in re.findall(r"```cpp\n(.*?)```", PAGE, re.DOTALL)
    if (found := re.search(r"^void (\w+)\(\)", text, re.MULTILINE))
}
HEADERS = """
#include <TChain.h>
#include <TDirectory.h>
#include <TFile.h>
#include <TH1.h>
#include <TTree.h>
#include <TTreeReader.h>
#include <TTreeReaderArray.h>
#include <TTreeReaderValue.h>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>
"""
DECLARED = """
import sys, ctypes, rootae, ROOT
ROOT.gInterpreter.Declare(open(sys.argv[1]).read())
getattr(ROOT, sys.argv[2])()
ctypes.CDLL(None).fflush(None)
"""


@pytest.fixture(scope="module")
def original(plugin: Path, muons: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what macros say of the original, which ROOT reads itself."""
    folder = tmp_path_factory.mktemp("original")
    for name in ("small.root", "events.root"):
        (folder / name).symlink_to(muons / "events.root")
    told = {}
    for name in ("draw", "read", "chain"):
        macro = folder / f"{name}.C"
        macro.write_text(MACROS[name])
        told[name] = said(interpreted(plugin, macro, folder).stdout)
    return told


def said(text: str) -> str:
    """Return the line that a macro prints, between those of ROOT's."""
    lines = [line for line in text.splitlines() if re.search(r"\d", line)]
    return next((line for line in reversed(lines) if not line.startswith("Processing")), "")


def test_every_macro_has_a_name() -> None:
    assert len(MACROS) == PAGE.count("```cpp\n") == 5


@pytest.mark.slow
@pytest.mark.parametrize("name", MACROS)
def test_macros_say_the_same_by_root_compiled_and_from_python(
    plugin: Path, muons: Path, original: dict[str, str], tmp_path: Path, name: str
) -> None:
    macro = tmp_path / f"{name}.C"
    macro.write_text(MACROS[name])
    first = interpreted(plugin, macro, muons)
    assert first.returncode == 0, first.stderr
    wanted = original.get(name, said(first.stdout))
    assert wanted
    assert said(first.stdout) == wanted
    assert "rror" not in first.stderr
    program = compiled(macro, tmp_path)
    second = subprocess.run([program], cwd=muons, capture_output=True, text=True, check=False)
    assert second.returncode == 0, second.stderr
    assert said(second.stdout) == wanted
    third = python(DECLARED, muons, macro, name)
    assert third.returncode == 0, third.stderr
    assert said(third.stdout) == wanted


def compiled(macro: Path, folder: Path) -> Path:
    """Return a program of a macro, as the page says that one is made."""
    source, program = folder / "analysis.cpp", folder / "analysis"
    source.write_text(f"{HEADERS}{macro.read_text()}\nint main() {{ {macro.stem}(); }}\n")
    root = installation()
    libraries = ["Core", "RIO", "Hist", "Tree", "TreePlayer", "ROOTVecOps", "ROOTDataFrame"]
    command = ["g++", *root.flags, f"-I{root.headers}", str(source), "-o", str(program)]
    command += [f"-L{root.libraries}", f"-Wl,-rpath,{root.libraries}"]
    command += [f"-l{name}" for name in libraries]
    done = subprocess.run(
        [*command, *shlex.split(of_plugin.flags())], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return program
