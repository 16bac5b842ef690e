"""A tree's header by pieces is uproot's, byte for byte, and takes time that grows with branches."""

from __future__ import annotations

import cProfile
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import uproot
from uproot.writing._cascadetree import Tree

from rootae.rootio.sink import RowBranch, RowWriter
from rootae.rootio.wide import WideTree

if TYPE_CHECKING:
    from pathlib import Path

PLACES = ("metadata_start", "basket_metadata_start", "tleaf_reference_number")
LISTS = ak.Array([[1.5, 2], [], [3]])


def branches(number: int) -> list[RowBranch]:
    """Return branches of many kinds: long names, arrays, and lists that one counts."""
    kinds = ["float32", "3 * float64", "bool", "int64", "uint8"]
    found = [RowBranch(f"x{i}" * (1 + i % 90), kinds[i % 5], "t" * (300 * (i % 7 == 0))) for i in
             range(number)]  # fmt: skip
    return [*found, RowBranch("y", "var * float32", counter="n"), *(
        RowBranch(f"z{i}", "var * float64", counter="n") for i in range(3))]  # fmt: skip


def written(path: Path, number: int, baskets: int = 12) -> Any:
    """Write a tree and return what uproot writes it with."""
    with uproot.recreate(path) as file:
        writer = RowWriter(file, "t", "a title", branches(number))
        assert writer._tree is not None
        cascade = writer._tree._cascading
        whole: dict[str, Any] = {"float32": np.ones(3, "f4"), "3 * float64": np.ones((3, 3))}
        whole |= {k: np.ones(3, k) for k in ("bool", "int64", "uint8")}
        rows = {b.name: whole.get(b.type, LISTS) for b in branches(number)}
        rows["y"] = ak.values_astype(LISTS, "float32")
        for _ in range(baskets):  # more than the header has places for at first
            writer.add(rows | {"n": np.array([2, 0, 1], "i4")}, 3)
            writer.close()
    return cascade


@pytest.mark.parametrize("number", [1, 40])
def test_the_header_is_uproots_own(tmp_path: Path, number: int) -> None:
    """Both ways to the same bytes and the same places in them."""
    cascade = written(tmp_path / "a.root", number)
    assert isinstance(cascade, WideTree)
    found = []
    for build in (Tree._build_out, WideTree._build_out):
        data = b"".join(build(cascade))
        places = [[d[p] for p in PLACES] for d in cascade._branch_data]
        found.append((data, places, cascade._metadata_start))
    assert found[0] == found[1]
    with uproot.open({tmp_path / "a.root": "t"}) as tree:
        assert tree["z1"].array().tolist() == LISTS.tolist() * 12


def test_another_layout_is_left_to_uproot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pieces put together are not what uproot writes, uproot's own are taken."""
    cascade = written(tmp_path / "a.root", 3)
    own = Tree._build_out
    monkeypatch.setattr(Tree, "_build_out", lambda self: [*own(self), b"more"])
    assert b"".join(cascade._build_out()) == b"".join([*own(cascade), b"more"])


def test_work_grows_with_branches_not_their_square(tmp_path: Path) -> None:
    """Eight times the branches take about eight times as many calls, not 64 times."""
    calls = []
    for number in (100, 800):
        cascade = written(tmp_path / f"{number}.root", number, 0)
        with cProfile.Profile() as profile:
            cascade._build_out()
        calls.append(sum(entry.callcount for entry in profile.getstats()))
    assert calls[1] < 10 * calls[0]
