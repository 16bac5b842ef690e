"""Branches of users that are called like rootae's own, in ordinary and in compressed files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import uproot
from samples import write_columns

import rootae
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from pathlib import Path

X = np.sort(np.random.default_rng(0).normal(size=30_000)).round(2)
COLUMNS = {"x": X, "mu__rae": X[::-1].copy(), "y__rae": (X > 0).astype("u1")}


@pytest.mark.parametrize("name", ["mu__rae", "y__rae", "x"])
def test_they_are_ordinary_branches_of_ordinary_files(tmp_path: Path, name: str) -> None:
    path = write_columns(tmp_path / "in.root", COLUMNS)
    with uproot.open(path) as plain, rootae.open(path) as file:
        for tree in (plain["t"], file["t"]):
            assert tree.keys() == list(COLUMNS)
            assert np.array_equal(tree[name].array(library="np"), COLUMNS[name])


@pytest.mark.parametrize("own", ["mu__rae", "rootae_block", "rootae_entry"])
def test_their_tree_is_left_as_it_is_and_the_others_are_coded(tmp_path: Path, own: str) -> None:
    with uproot.recreate(tmp_path / "in.root") as file:
        for path, columns in (("t", {"x": X, own: X}), ("d/u", {"x": X})):
            file.mktree(path, dict.fromkeys(columns, "f8")).extend(columns)
    summary = rootae.compress(tmp_path / "in.root", tmp_path / "out.root", family="plain")
    assert own in str(summary.to_json())
    rootae.verify(tmp_path / "out.root", tmp_path / "in.root")
    with rootae.open(tmp_path / "out.root") as file:
        assert set(file.bounds) == {"d/u"}
        assert file["t"].keys() == ["x", own]
        assert np.array_equal(file["t"][own].array(library="np"), X)
        assert np.array_equal(file["d/u"]["x"].array(library="np"), X)
    rootae.decompress(tmp_path / "out.root", tmp_path / "back.root", backend="uproot")
    with uproot.open(tmp_path / "back.root") as file:
        assert np.array_equal(file["t"][own].array(library="np"), X)


def test_a_file_that_holds_nothing_is_not_called_sound(tmp_path: Path) -> None:
    with uproot.recreate(tmp_path / "empty.root"):
        pass
    with pytest.raises(CorruptError, match=r"empty.root holds nothing.*closed"):
        rootae.verify(tmp_path / "empty.root")
