"""Branches that only ROOT can read pass through as they are; damaged ones stop everything."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
import uproot
from samples import jagged, write_columns

import rootae
from rootae.checks.passthrough import differences
from rootae.errors import BoundError, UnreadableError, UnsupportedError
from rootae.rootio.process import process
from rootae.source.source import Source
from rootae.source.unreadable import only_by_root

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

NO_OFFSETS = """
import os, array
f = ROOT.TFile(sys.argv[1], "recreate", "", 101)
t = ROOT.TTree("Events", "no offsets in its baskets")
features = ROOT.ROOT.TIOFeatures()
features.Set("kGenerateOffsetMap")
t.SetIOFeatures(features)
n, pt, met = array.array("i", [0]), array.array("f", [0] * 8), array.array("f", [0])
t.Branch("nJet", n, "nJet/I", 800)  # 100 entries a basket, or a few
t.Branch("Jet_pt", pt, "Jet_pt[nJet]/F", 700)
t.Branch("MET_pt", met, "MET_pt/F")
t.SetAutoFlush(0)
r = ROOT.TRandom3(3)
for i in range(30000):
    n[0], met[0] = i % 5, r.Exp(30)
    for k in range(n[0]): pt[k] = int(r.Exp(40))
    t.Fill()
t.Write()
f.Close(); sys.stdout.flush(); os._exit(0)
"""
VALUES = """
import os, json
f = ROOT.TFile.Open(sys.argv[1]); t = f.Get("Events")
print(json.dumps([x for e in t for x in e.Jet_pt])); sys.stdout.flush(); os._exit(0)
"""


@pytest.fixture(scope="module")
def odd(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a branch whose baskets end elsewhere than its counter's."""
    path = tmp_path_factory.mktemp("odd") / "odd.root"
    root_script(NO_OFFSETS, path)
    with pytest.raises(ValueError, match="wrong number of entries"):
        uproot.open(path)["Events/Jet_pt"].array()
    return path


@pytest.fixture(scope="module")
def small(odd: Path) -> tuple[Path, rootae.Report]:
    """Return it compressed, and the report."""
    path, codec = odd.with_name("small.root"), odd.with_name("codec.root")
    rootae.train([odd], codec, family="plain")  # with it columns are coded whether it pays or not
    return path, rootae.compress(odd, path, codec=codec)


def damaged(path: Path, copy: Path, branch: str) -> Path:
    """Copy a file, and change bytes of one branch's first basket."""
    shutil.copy(path, copy)
    with uproot.open(path) as file, copy.open("r+b") as out:
        out.seek(int(file["Events"][branch].member("fBasketSeek")[0]) + 110)
        out.write(b"\xff" * 16)
    return copy


def test_what_only_root_can_read_passes_through(
    odd: Path, small: tuple[Path, rootae.Report], root_script: Script
) -> None:
    path, report = small
    assert "Events:Jet_pt: not coded: only ROOT can read it" in report.notes
    with rootae.open(path) as file, uproot.open(odd) as original:
        assert set(file.bounds["Events"]) == {"MET_pt"}  # the counter stays with what it counts
        met = file["Events/MET_pt"].array(library="np")
        assert met.tobytes() == original["Events/MET_pt"].array(library="np").tobytes()
    before, after = (root_script(VALUES, p).stdout for p in (odd, path))
    assert before == after
    assert before.count(",") > 50_000


def test_it_is_given_back(
    odd: Path, small: tuple[Path, rootae.Report], root_script: Script, tmp_path: Path
) -> None:
    again = tmp_path / "again.root"
    rootae.decompress(small[0], again)
    with Source.open(odd) as a, Source.open(again) as b:
        assert differences(a, b, {"Events": ["MET_pt"]}) == []
    assert root_script(VALUES, again).stdout == root_script(VALUES, odd).stdout


def test_verify_holds_its_bytes(
    odd: Path, small: tuple[Path, rootae.Report], tmp_path: Path
) -> None:
    assert rootae.verify(small[0], against=odd).columns == 1
    counts = np.arange(30_000, dtype=np.int32) % 5
    jets = jagged(counts, np.zeros(int(counts.sum()), np.float32))  # of the same name only
    met = np.zeros(30_000, np.float32)
    write_columns(tmp_path / "other.root", {"Jet_pt": jets, "MET_pt": met}, tree="Events")
    with pytest.raises(BoundError, match=r"Events:Jet_pt, .* did not come back"):
        rootae.verify(tmp_path / "other.root", against=odd)


def test_a_codec_is_trained_on_the_rest(odd: Path, tmp_path: Path) -> None:
    codec = rootae.train([odd], tmp_path / "codec.root", family="plain")
    assert [c.name for c in codec.plan.trees[0].columns] == ["nJet", "MET_pt"]


def test_uproot_names_what_it_would_lose(odd: Path, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="Events:Jet_pt"):
        rootae.compress(odd, tmp_path / "out.root", family="plain", backend="uproot")
    assert not list(tmp_path.iterdir())


def test_a_counter_takes_what_it_counts_along(odd: Path) -> None:
    with Source.open(odd) as source:
        source.aside["Events"] = frozenset({"nJet"})
        schema = source.tree("Events").schema
    assert [c.name for c in schema.columns] == ["MET_pt"]
    assert [name for name, _ in schema.unsupported] == ["nJet", "Jet_pt"]


@pytest.mark.parametrize(("branch", "backend"), [("nJet", "auto"), ("Jet_pt", "root")])
def test_damage_stops_everything(odd: Path, branch: str, backend: str, tmp_path: Path) -> None:
    path = damaged(odd, tmp_path / "damaged.root", branch)
    with pytest.raises(UnreadableError, match="the file is damaged"):
        rootae.compress(path, tmp_path / "out.root", family="plain", backend=backend)
    assert list(tmp_path.iterdir()) == [path]


def test_without_root_the_advice_is_to_install_it(
    odd: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "installed", lambda: False)
    with pytest.raises(UnreadableError, match=r"pip install 'rootae\[root\]'") as caught:
        rootae.compress(odd, tmp_path / "out.root", family="plain")
    assert (caught.value.tree, caught.value.branch) == ("Events", "Jet_pt")


def test_a_branch_that_is_not_there_is_not_set_aside(odd: Path) -> None:
    with Source.open(odd) as source, pytest.raises(UnreadableError, match="nor can ROOT"):
        only_by_root(source, UnreadableError("cannot read", "Events", "nope"))
