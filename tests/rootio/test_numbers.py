"""Branches read basket by basket hold what uproot's arrays hold, whatever range is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import uproot
from samples import SHARED

from rootae.reader.decoded import DecodedSource
from rootae.reader.subset import SelectedTree
from rootae.rootio.numbers import read_numbers
from rootae.source.source import Source

if TYPE_CHECKING:
    from pathlib import Path

COUNTS = np.array([2, 0, 3, 1, 0, 0, 4, 1])
KINDS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "float32", "float64"]
RANGES = [(0, 24), (0, 0), (3, 11), (8, 16), (15, 17), (23, 24)]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of three baskets a branch."""
    path: Path = tmp_path_factory.mktemp("numbers") / "numbers.root"
    rng = np.random.default_rng(0)
    lists = {f"l_{k}": f"var * {k}" for k in KINDS}
    kinds: dict[str, Any] = {k: k for k in [*KINDS, "bool"]} | lists | {"text": "string"}
    kinds["fixed"] = np.dtype(("float32", (3,)))
    with uproot.recreate(path) as file:
        tree = file.mktree("t", kinds)
        for _ in range(3):
            flat = {k: rng.integers(0, 100, 8).astype(k) for k in KINDS}
            jagged = {
                f"l_{k}": ak.unflatten(rng.integers(0, 100, COUNTS.sum()).astype(k), COUNTS)
                for k in KINDS
            }
            others = {"bool": COUNTS > 1, "text": ak.Array([str(c) for c in COUNTS])}
            fixed = {"fixed": rng.normal(size=(8, 3)).astype("f4")}
            tree.extend(flat | jagged | others | fixed)
    return path


@pytest.mark.parametrize(("start", "stop"), RANGES)
def test_any_range_is_as_uproot_reads_it(path: Path, start: int, stop: int) -> None:
    with uproot.open(path) as file:
        tree = file["t"]
        for name in [*KINDS, "bool", *(f"l_{k}" for k in KINDS)]:
            read = read_numbers(tree[name], start, stop)
            assert read is not None
            flat, counts = read
            wanted = tree[name].array(entry_start=start, entry_stop=stop)
            if counts is not None:
                assert counts.tolist() == ak.num(wanted).tolist()
                wanted = ak.flatten(wanted)
            assert flat.dtype == ak.to_numpy(wanted).dtype
            assert flat.tolist() == wanted.tolist()


@pytest.mark.parametrize("name", ["text", "fixed"])
def test_what_is_no_number_an_entry_is_left_to_uproot(path: Path, name: str) -> None:
    with uproot.open(path) as file:
        assert read_numbers(file["t"][name], 0, 24) is None


def test_values_of_a_tree_are_the_same_either_way(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Source.open(path) as source:
        tree = source.tree("t")
        quick = tree.values(3, 20)
        monkeypatch.setattr("rootae.source.tree.read_numbers", lambda *_: None)
        for name, values in tree.values(3, 20).items():
            assert quick[name].flat.dtype == values.flat.dtype
            assert quick[name].flat.tolist() == values.flat.tolist()
            pair = quick[name].counts, values.counts
            mine, theirs = (None if x is None else x.tolist() for x in pair)
            assert mine == theirs


def test_of_selected_entries_those_are_read_that_were_selected(path: Path) -> None:
    at = np.array([1, 2, 9, 20, 23])
    with DecodedSource.open(path) as source:
        whole = source.tree("t")
        selected = SelectedTree(whole, whole.schema, at)
        found, every = selected.values(1, 4), whole.values(0, 24)
        for name in KINDS:
            assert found[name].flat.tolist() == every[name].flat[at[1:4]].tolist()


FILES = sorted(SHARED.glob("*/*.root")) or [SHARED]


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_branches_of_real_files_are_as_uproot_reads_them(path: Path) -> None:
    if path.is_dir() or not path.exists():
        pytest.skip("../shared/data is not there")
    with Source.open(path) as source:
        for name in source.tree_paths():
            tree = source.tree(name)
            for branch in tree.schema.columns:
                found = tree._numbers(branch, 0, tree.entries)
                if found is None:
                    continue
                array = tree.tree[branch.name].array(library="ak")
                counts = None if branch.counter is None else ak.num(array).tolist()
                flat = ak.to_numpy(array if counts is None else ak.flatten(array))
                assert found.flat.tobytes() == flat.astype(found.flat.dtype).tobytes()
                assert (None if found.counts is None else found.counts.tolist()) == counts
