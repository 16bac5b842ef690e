"""Branches of fewer, more or no entries, and trees that say another number than their branches."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest
import uproot

import rootae
from rootae.checks.passthrough import differences
from rootae.errors import UnsupportedError
from rootae.rootio.process import process
from rootae.rootio.process.job import Job
from rootae.source.source import Source
from rootae.writer import root_compressed

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

MAKER = """
import os, array
f = ROOT.TFile(sys.argv[1], "recreate")
x, n, y, w = (array.array(c, [0] * 9) for c in "fifi")
def tree(name, entries):
    t = ROOT.TTree(name, name)
    t.Branch("x", x, "x/F"); t.Branch("n", n, "n/I"); t.Branch("y", y, "y[n]/F")
    for i in range(entries):
        x[0], n[0] = i * 7919 % 97, i % 5
        for k in range(n[0]): y[k] = k
        t.Fill()
    return t
def later(t, name, leaves, entries):
    b = t.Branch(name, w if leaves.endswith("I") else y, leaves)
    for i in range(entries):
        w[0], y[0] = i % 10, i % 7
        t.GetBranch("n").GetEntry(min(i, t.GetEntries() - 1))
        b.Fill()
t = tree("T", 20000)
later(t, "fewer", "fewer/I", 15000); later(t, "none", "none/I", 0)
later(t, "more", "more/I", 21000); later(t, "z", "z[n]/F", 900)
t.Write()
for name, entries in (("beyond", 330), ("below", 200)):
    t = tree(name, 300); t.SetEntries(entries); t.Write()
f.Close(); sys.stdout.flush(); os._exit(0)
"""
ENTRIES = {"x": 20000, "n": 20000, "y": 20000, "fewer": 15000, "none": 0, "more": 21000, "z": 900}


@pytest.fixture(scope="module")
def uneven(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of trees whose branches have other numbers of entries."""
    path = tmp_path_factory.mktemp("uneven") / "uneven.root"
    root_script(MAKER, path)
    return path


def entries(path: Path, tree: str = "T") -> dict[str, int]:
    """Return the entries of a tree's branches as uproot has them."""
    return {b.name: int(b.num_entries) for b in rootae.open(path)[tree].branches}


@pytest.mark.parametrize("fast", [True, False])
def test_they_come_back_with_their_own_entries(
    uneven: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fast: bool
) -> None:
    small, back = tmp_path / "small.root", tmp_path / "back.root"
    if not fast:  # as ROOT copies where it cannot copy baskets
        monkeypatch.setattr(root_compressed, "Job", functools.partial(Job, fast=False))
    rootae.compress(uneven, small, family="plain")
    rootae.decompress(small, back)
    assert set(rootae.open(small).bounds["T"]) == {"x", "y"}  # n counts z too
    assert entries(uneven) == entries(small) == entries(back) == ENTRIES
    for tree in ("beyond", "below"):
        assert entries(small, tree) == entries(back, tree) == dict.fromkeys("xny", 300)
        assert uproot.open(back)[tree].num_entries == uproot.open(uneven)[tree].num_entries
    with Source.open(uneven) as before, Source.open(back) as after:
        assert not differences(before, after, {})


def test_without_root_they_are_named(
    uneven: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "installed", lambda: False)
    monkeypatch.setattr("rootae.writer.backend.installed", lambda: False)
    with pytest.raises(UnsupportedError, match=r"T:fewer \(15000 entries, not the tree's 20000\)"):
        rootae.compress(uneven, tmp_path / "no.root", family="plain")


def test_a_tree_of_nothing_else_is_left_as_it_is(uneven: Path, tmp_path: Path) -> None:
    report = rootae.compress(f"{uneven}:beyond", tmp_path / "copy.root", family="plain")
    assert (tmp_path / "copy.root").read_bytes() == uneven.read_bytes()
    assert [t.why for t in report.trees if t.path == "beyond"] == ["no numeric branch"]
