"""Bookkeeping branches read basket by basket are what uproot reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import uproot

from rootae.rootio.baskets import read_branch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SIZES = (3, 0, 5, 1)
ENTRIES = sum(SIZES)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return a tree of several baskets."""
    path = tmp_path_factory.mktemp("baskets") / "b.root"
    rng = np.random.default_rng(0)
    types = {"u": "uint32", "i": "int64", "id": np.dtype((np.uint8, 4)), "b": "var * uint8"}
    types |= {"f": "var * float32"}
    with uproot.recreate(path) as file:
        tree = file.mktree("t", types)
        for size in [n for n in SIZES if n]:
            counts = rng.integers(0, 5, size)
            total = int(counts.sum())
            tree.extend(
                {
                    "u": rng.integers(0, 2**32, size).astype("u4"),
                    "i": rng.integers(-(2**62), 2**62, size),
                    "id": rng.integers(0, 256, (size, 4)).astype("u1"),
                    "b": ak.unflatten(rng.integers(0, 256, total).astype("u1"), counts),
                    "f": ak.unflatten(rng.random(total).astype("f4"), counts),
                }
            )
    with uproot.open(path) as file:
        yield file["t"]


def assert_same(found: NDArray[Any], expected: NDArray[Any]) -> None:
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    for a, b in zip(found, expected, strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("name", ["u", "i", "id", "b"])
@pytest.mark.parametrize("start", range(ENTRIES))
def test_ranges_are_those_of_uproot(tree: Any, name: str, start: int) -> None:
    for stop in range(start + 1, ENTRIES + 1):
        expected = tree[name].array(entry_start=start, entry_stop=stop, library="np")
        assert_same(read_branch(tree[name], start, stop), expected)


@pytest.mark.parametrize("name", ["u", "id", "b"])
def test_the_whole_branch_is_read_by_default(tree: Any, name: str) -> None:
    assert_same(read_branch(tree[name]), tree[name].array(library="np"))


def test_numbers_come_in_native_order_and_can_be_changed(tree: Any) -> None:
    found = read_branch(tree["u"])
    assert found.dtype.isnative
    found[0] += 1


def test_an_empty_range_is_empty(tree: Any) -> None:
    assert read_branch(tree["u"], 2, 2).shape == (0,)
    assert read_branch(tree["b"], 2, 2).shape == (0,)


def test_lists_of_something_else_than_bytes_are_refused(tree: Any) -> None:
    with pytest.raises(ValueError, match="f holds something else"):
        read_branch(tree["f"])


def test_a_basket_of_fewer_entries_than_it_says_is_refused(
    tree: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = tree["u"]
    monkeypatch.setitem(branch.__dict__, "_rootae_ends", np.array([0, 3, 7, 9]))
    with pytest.raises(ValueError, match="u holds something else than its 4 entries"):
        read_branch(branch)
