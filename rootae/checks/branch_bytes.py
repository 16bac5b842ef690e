"""Branches held against others by their uncompressed bytes, however these lie in baskets."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.rootio.baskets import entry_places
from rootae.rootio.kinds import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Sums", "branch_differences", "derived_differences", "joined"]

Sums = dict[tuple[int, ...], tuple[Any, int, int, int]]  # what a branch is, two sums, entries
_BASKETS = "_cursor_baskets"
_TEXT = "TLeafC"


def branch_differences(branch: Any, other: Any) -> list[str]:
    """Compare the bytes of a branch and of all below it, and name those that differ."""
    is_long = branch.num_entries == other.num_entries
    if not is_long or _described(branch) != _described(other) or not _equal_bytes(branch, other):
        return [str(branch.name)]
    pairs = zip(branch.branches, other.branches, strict=True)
    return [name for pair in pairs for name in branch_differences(*pair)]


def joined(branches: Iterable[Any], before: Sums, where: tuple[int, ...] = ()) -> Sums:
    """Return checksums of branches, and of all below them, behind those of another file.

    Arguments:
        branches: as uproot has them.
        before: what this gave for the files before, empty for the first one.
        where: the place of the branches' mother.

    Raises:
        Exception: whatever uproot raises where a basket cannot be decompressed.
    """
    found: Sums = {}
    for number, branch in enumerate(branches):
        place, kind = (*where, number), _described(branch)
        first, data, sizes, entries = before.get(place, (kind, 0, 0, 0))
        data, sizes = _checksum(branch, data, sizes)
        same = kind if first == kind else (kind[0], "another")
        found[place] = same, data, sizes, entries + int(branch.num_entries)
        found |= joined(branch.branches, before, place)
    return found


def _described(branch: Any) -> tuple[Any, ...]:
    """Return what a branch is, whatever the number of its entries."""
    leaves = [_leaf(x) for x in branch.member("fLeaves")]
    held = branch.member("fClassName", none_if_missing=True)
    names = [b.name for b in branch.branches]
    return branch.name, branch.title, branch.classname, held, leaves, names


def _leaf(leaf: Any) -> tuple[Any, ...]:
    kind, sized = leaf.classname, leaf.classname != _TEXT  # of texts it is that of the longest
    told = (leaf.member(m) for m in ("fName", "fTitle", "fIsUnsigned"))
    return kind, *told, leaf.member("fLen") if sized else None


def _equal_bytes(branch: Any, other: Any) -> bool:
    try:
        return _checksum(branch) == _checksum(other)
    except Exception:  # of a basket that cannot be decompressed
        return False


def _checksum(branch: Any, data: int = 0, sizes: int = 0) -> tuple[int, int]:
    """Return checksums of all bytes of a branch, and of the sizes of its entries, after others.

    Baskets may leave out where entries begin if another branch counts them, which says the same.
    """
    if not hasattr(branch, _BASKETS):  # a TBranchObject: uproot leaves it to what that is made of
        setattr(branch, _BASKETS, getattr(branch.bases[0], _BASKETS))
    counted = any(x.member("fLeafCount") is not None for x in branch.member("fLeaves"))
    texts = [x.classname for x in branch.member("fLeaves")] == [_TEXT]
    for number in range(branch.num_baskets):
        basket = branch.basket(number)
        held, offsets = basket.data, entry_places(branch, basket)
        if texts and offsets is not None:
            held, offsets = _with_lengths(held, offsets)
        data = zlib.crc32(held.tobytes(), data)
        if offsets is not None and not counted:
            sizes = zlib.crc32(np.diff(offsets).tobytes(), sizes)
    return data, sizes


def _with_lengths(data: Any, offsets: Any) -> tuple[Any, Any]:
    """Give empty texts the byte that says how long they are, which ROOT leaves out."""
    empty = np.diff(offsets) == 0
    whole = np.insert(np.asarray(data), offsets[:-1][empty], 0)
    return whole, offsets + np.concatenate([[0], np.cumsum(empty)]).astype(offsets.dtype)


def derived_differences(key: Any, other: Any) -> list[str]:
    """Compare trees of a class that ROOT does not have: all their bytes but where baskets lie.

    Arguments:
        key, other: their keys as uproot has them.
    """
    try:
        trees = tree_of(key), tree_of(other)
        texts = [_without_places(k, tree) for k, tree in zip((key, other), trees, strict=True)]
    except Exception:  # of a class that the file does not describe
        return [f"its class {key.fClassName} cannot be read"]
    wrong = [] if texts[0] == texts[1] else ["what it says of itself"]
    pairs = zip(*(tree.branches for tree in trees), strict=True)
    return wrong + [name for pair in pairs for name in branch_differences(*pair)]


def _without_places(key: Any, tree: Any) -> bytes:
    chunk, cursor = key.get_uncompressed_chunk_cursor()
    text = bytes(chunk.raw_data[cursor.index :])
    for places in _places(tree.branches):
        text = text.replace(places, bytes(len(places)), 1)
    return text


def _places(branches: Iterable[Any]) -> Iterator[bytes]:
    for branch in branches:
        places = branch.member("fBasketSeek")[: int(branch.member("fWriteBasket"))]
        if places.any():
            yield np.asarray(places, ">i8").tobytes()
        yield from _places(branch.branches)
