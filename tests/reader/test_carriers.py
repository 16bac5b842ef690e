"""Placeholders do not lie: what a coded column is asked, it answers as the decoded column."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import uproot
from samples import jagged, write_columns

import rootae
from rootae.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from uproot.interpretation.jagged import AsJagged
    from uproot.interpretation.numerical import AsDtype

ENTRIES = 40_000
OWN = [uproot.AsDtype("?"), uproot.AsDtype("u1"), "u1", uproot.AsJagged(uproot.AsDtype("u1"))]
WAYS: dict[str, Callable[[Any, Any], Any]] = {
    "array": lambda tree, how: tree["HLT"].array(how),
    "keyword": lambda tree, how: tree["HLT"].array(interpretation=how, library="np"),
    "nothing": lambda tree, how: tree["HLT"].array(how, entry_start=5, entry_stop=5),
    "arrays": lambda tree, how: tree.arrays({"HLT": how}, library="np"),
    "pairs": lambda tree, how: tree.arrays([("HLT", how)], library="ak"),
    "iterate": lambda tree, how: list(tree.iterate({"HLT": how}, library="np")),
    "steps": lambda tree, how: tree.num_entries_for("1 MB", {"HLT": how}),
}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Any]]:
    """Return a tree of many columns of all shapes, and the same coded."""
    folder, rng = tmp_path_factory.mktemp("carriers"), np.random.default_rng(3)
    few, many = rng.poisson(0.5, ENTRIES), rng.poisson(5, ENTRIES)
    arrays = {
        "HLT": rng.random(ENTRIES) < 0.3,
        "x": rng.normal(size=ENTRIES).round(1).astype("f4"),
        "m": rng.normal(size=(ENTRIES, 3)).round(1).astype("f4"),
        "few_pt": jagged(few, rng.normal(size=few.sum()).round(1).astype("f4")),
        "many_pt": jagged(many, rng.normal(size=many.sum()).round(1)),
    }
    source = write_columns(folder / "in.root", arrays, title="as it was")
    rootae.compress(source, folder / "out.root", family="plain")
    with uproot.open(source) as a, uproot.open(folder / "out.root") as b:
        yield a["t"], b["t"]


@pytest.mark.parametrize("how", OWN, ids=repr)
@pytest.mark.parametrize("way", WAYS)
def test_an_interpretation_of_one_s_own_is_refused_by_name(
    pair: tuple[Any, Any], way: str, how: str | AsJagged | AsDtype
) -> None:
    with pytest.raises(ArgumentError, match=r"out.root:t: column HLT is coded") as caught:
        WAYS[way](pair[1], how)
    assert "\n" not in str(caught.value)
    WAYS[way](pair[0], "?" if how == "u1" else uproot.AsDtype("?"))


def test_what_shows_bytes_of_a_carrier_is_refused_too(pair: tuple[Any, Any]) -> None:
    branch = pair[1]["HLT"]
    for call in (branch.debug, branch.debug_array, branch.basket):
        with pytest.raises(ArgumentError, match="column HLT"):
            call(0)


def test_interpretations_of_other_trees_are_refused_and_its_own_taken(
    pair: tuple[Any, Any], packed: Path
) -> None:
    a, b = pair
    with uproot.open(packed) as other, pytest.raises(ArgumentError, match="column x"):
        b["x"].array(other["Events"]["MET_pt"].interpretation)
    with pytest.raises(ArgumentError, match="column x"):
        b["x"].array(a["x"].interpretation)
    mine = b.arrays({"x": b["x"].interpretation}, library="np")["x"]
    assert np.array_equal(mine, a["x"].array(library="np"))


def test_branches_of_ordinary_files_are_read_as_one_likes(pair: tuple[Any, Any]) -> None:
    own = pair[0]["x"].array(uproot.AsDtype(">i4"), library="np")
    assert np.array_equal(own.view("i4"), pair[0]["x"].array(library="np").view("i4"))


def test_sizes_are_those_of_blobs_and_of_decoded_columns(pair: tuple[Any, Any]) -> None:
    tree = pair[1]
    for name in tree.keys():  # noqa: SIM118  a tree is no mapping of names only
        branch = tree[name]
        assert branch.uncompressed_bytes == branch.array().nbytes - 8 * ("_pt" in name), name
        assert branch.compressed_bytes < branch.uncompressed_bytes
        assert branch.compression_ratio > 1
        parts = [branch.basket_uncompressed_bytes(i) for i in range(branch.num_baskets)]
        assert sum(parts) == pytest.approx(branch.uncompressed_bytes, abs=len(parts))
    with rootae.open(tree.file.file_path) as file:
        blobs = file["t"].compressed_bytes
        stored = file.container.stored("t")
        assert blobs == sum(sum(stored.sizes(b).values()) for b in range(len(stored.entries)))
    assert tree.compressed_bytes == blobs
    assert tree.uncompressed_bytes == sum(b.uncompressed_bytes for b in tree.branches)


@pytest.mark.parametrize(
    "names", [["HLT"], ["few_pt"], ["many_pt"], ["m"], ["HLT", "x", "few_pt", "many_pt", "m"]]
)
def test_steps_are_about_as_large_as_they_were_asked_to_be(
    pair: tuple[Any, Any], names: list[str]
) -> None:
    for asked, size in (("50 kB", 50_000), ("0.2 MB", 200_000)):
        sizes = [part.nbytes for part in pair[1].iterate(names, step_size=asked)]
        assert max(sizes) < 1.1 * size
        assert all(s > 0.8 * size for s in sizes[:-1])
        entries = pair[1].num_entries_for(asked, names)
        assert len(next(pair[1].iterate(names, step_size=asked))) == min(entries, ENTRIES)


def test_likenesses_travel_to_other_processes(pair: tuple[Any, Any]) -> None:
    tree = pair[1]
    again = pickle.loads(pickle.dumps(tree))
    assert type(again) is type(tree)
    assert again.classname == "TTree"
    assert again["x"].classname == "TBranch"
    assert again["many_pt"].uncompressed_bytes == tree["many_pt"].uncompressed_bytes
    assert ak.array_equal(again["x"].array(), tree["x"].array())
    with pytest.raises(ArgumentError, match="column HLT"):
        again["HLT"].array("u1")


def test_dask_reads_columns_under_their_own_types_only(pair: tuple[Any, Any]) -> None:
    dask = pytest.importorskip("dask_awkward")
    assert dask is not None
    paths = {pair[1].file.file_path: "t"}
    lazy = uproot.dask(paths, step_size="100 kB")
    assert ak.array_equal(lazy["x"].compute(), pair[0]["x"].array())
    assert lazy.npartitions > 1
