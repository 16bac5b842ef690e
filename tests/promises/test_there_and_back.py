"""Trees of random schema and every shared file, there and back: ROOT reads the same of both.

A thousand trees: ``ROOTAE_TREES=1000 pytest tests/promises/test_there_and_back.py``. Shared files
that take a minute and more: ``ROOTAE_TABLE=1`` and ``-m slow``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from leaves import told
from samples import SHARED
from trees import Drawn, make
from ways import BACKENDS, CODED, COPIED, STOPPED, Way, held, is_named, sent

import rootae
from rootae.rootio.process import process

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

TREES = int(os.environ.get("ROOTAE_TREES", "8"))
IN_A_FILE = 4
FILES = range(max(TREES // IN_A_FILE, 2))
LONG = (  # of a thousand branches, or of many entries
    *("cms_nanoaod_v15_tt", "cms_nanoaod_dy_specialtree", "cms_nanoaod_dimuon", "cms_nanoaod_v5"),
    *("nano_dy_empty", "atlas_physlite", "lhcb_z0_0", "lhcb_z0_1", "lhcb_z0_2", "ttbar"),
    "ttbar_nanoaod",
)
NO_OFFSETS = {"n": "/I", "pt": "[n]/F", "x": "/D", "y": "/D", "z": "/D", "u": "/D", "s": "/C"}


@pytest.fixture(scope="module")
def ways(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[Way]]:
    """Return what came of random files on each way, by file: modest ones and others in turn."""
    folder = tmp_path_factory.mktemp("random")
    drawn = {folder / f"{i}.root": Drawn(i, modest=i % 2 == 0).file(IN_A_FILE) for i in FILES}
    make(drawn)
    found = held([way for path in drawn for way in sent(path, folder)])
    return {i: [way for way in found if way.path.stem == str(i)] for i in FILES}


@pytest.mark.slow
@pytest.mark.parametrize("number", FILES)
def test_random_trees_come_back_as_they_were(ways: dict[int, list[Way]], number: int) -> None:
    lost = [(way.name, *way.lost) for way in ways[number] if way.lost]
    assert lost == []


@pytest.mark.slow
@pytest.mark.parametrize("number", FILES)
def test_root_takes_all_of_them_and_uproot_the_modest_ones(
    ways: dict[int, list[Way]], number: int
) -> None:
    stopped = [way for way in ways[number] if way.outcome == STOPPED]
    assert not [way.said for way in stopped if "bug" in way.said[0]]
    whole = [way.name for way in ways[number] if way.outcome == CODED]
    copied = {way.there for way in ways[number] if way.outcome == COPIED}
    whole += [f"{a} -> {b}" for a in copied for b in BACKENDS]
    needed = {"root -> root"}
    if number % 2 == 0:
        needed |= {f"{a} -> {b}" for a in BACKENDS for b in BACKENDS}
    assert needed <= set(whole), [way.said for way in stopped]


@pytest.mark.slow
def test_baskets_that_leave_out_where_entries_begin_come_back(
    root_script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        process, "_has_crashed", lambda done: done.returncode and pytest.fail(done.stderr)
    )
    key = next(k for k in Drawn(9, modest=True).file(1)["keys"] if k["kind"] == "TTree")
    leaves = {"kind": "leaves", "style": "cut", "share": 1, "most": 4, "title": None}
    branches = [{**leaves, "name": n, "list": f"{n}{what}"} for n, what in NO_OFFSETS.items()]
    key |= {"name": "t", "where": [], "seed": 7, "entries": 30000, "branches": branches}
    key["offsets"] = False
    path, small = tmp_path / "in.root", tmp_path / "small.root"
    make({path: {"title": "", "keys": [key]}})
    rootae.train([path], tmp_path / "codec.root", family="plain", keep_plain=["pt"])
    report = rootae.compress(path, small, backend="root", codec=tmp_path / "codec.root")
    rootae.decompress(small, tmp_path / "back.root", backend="root")
    files = [found for found in told(path, small, tmp_path / "back.root") if found is not None]
    assert len(files) == 3
    assert report.trees[0].coded
    for name in ("pt", "s"):
        before, *after = (found[f"t;1:{name}", f"bytes of leaf {name}"] for found in files)
        assert after == [before, before] != [["unreadable"]] * 2
    with pytest.raises(rootae.UnsupportedError, match="t:s"):
        rootae.compress(path, tmp_path / "no.root", family="plain", backend="uproot")


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(str(p.relative_to(SHARED)) for p in SHARED.rglob("*.root")))
def test_a_shared_file_comes_back_as_it_was(root_script: Script, name: str, tmp_path: Path) -> None:
    if (SHARED / name).stem in LONG and "ROOTAE_TABLE" not in os.environ:
        pytest.skip("ROOTAE_TABLE=1 asks for files that take long")
    found = held(sent(SHARED / name, tmp_path))
    lost = [(way.name, *way.lost) for way in found if way.lost]
    assert lost == []


def test_a_difference_is_named_by_its_tree_and_branch() -> None:
    notes = ["deep/t: v, w: std::vector<float> became float[]", "u: a and 3 more: b became c"]
    assert is_named("deep/t;1:v: bytes: x became y", notes)
    assert not is_named("deep/t;1:x: bytes: x became y", notes)
    assert is_named("u;1:z: bytes: x became y", notes)
    assert not is_named("u;1:z: bytes: x became y", [])
    assert not is_named("u;1: weight: 1 became 2", notes)
    assert is_named("u;1: weight: 1 became 2", ["u: its weight was not kept"])
