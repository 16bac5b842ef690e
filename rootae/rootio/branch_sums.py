"""Checksums of branches' uncompressed content, however it lies in baskets.

`export/FORMAT.md` is the normative description; the two change together.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from uproot.behaviors.TBranch import TBranch

from rootae.rootio.baskets import basket_ends, entry_places, read_branch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

__all__ = ["BranchSums", "Sum", "UnsaidError", "data_branches", "is_settled", "number_of"]

_TEXT = "TLeafC"
_NUMBERS = {f"TLeaf{x}" for x in ("O", "B", "S", "I", "L", "G", "F", "D", "F16", "D32")}
_ELEMENT, _BITS = "TBranchElement", 15
_MEMBERS = {kind + places for kind in range(1, 20) for places in (0, 20, 40)} - {_BITS}
_COUNTING = (3, 4)  # types of branches that hold the sizes of collections, which are split
_ITEMS = re.compile(
    r"(unsigned )?(char|short|int|long)|bool|float|double|string"
    r"|(U?(Char|Short|Int|Long|Long64)|Bool|Float|Double)_t"
)
_LONG = 255  # before the length of a text that takes four bytes
_HEAD = 6  # bytes that say how long a vector is in bytes, and of which version


class UnsaidError(ValueError):
    """A basket does not say where its entries begin, and they are not all equally long."""


@dataclass
class Sum:
    """The checksum of some entries: of their bytes, and of their sizes where these differ.

    Arguments:
        data: crc32 of the bytes.
        sizes: crc32 of the sizes, None where all entries have one.
    """

    data: int = 0
    sizes: int | None = None

    def add(self, data: NDArray[Any], sizes: NDArray[Any] | None = None) -> None:
        """Add entries: their bytes, and how many each has."""
        self.data = zlib.crc32(np.ascontiguousarray(data).data, self.data)
        if sizes is not None and len(sizes):
            self.sizes = zlib.crc32(sizes.astype("<u4").data, self.sizes or 0)

    @property
    def value(self) -> int:
        """Return both in one."""
        if self.sizes is None:
            return self.data
        return zlib.crc32(self.sizes.to_bytes(4, "little"), self.data)


def number_of(name: str) -> int:
    """Return the 32 bits that stand for a branch's name.

    Example:
        >>> hex(number_of("Jet_pt"))
        '0xb539e201'
    """
    return zlib.crc32(name.encode(errors="surrogateescape"))


def data_branches(branches: Iterable[Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the branches that have baskets, and all below, with their paths.

    Arguments:
        branches: as uproot has them.
        above: the path of what they are below, with a slash at the end.
    """
    for branch in branches:
        name, below = f"{above}{branch.name}", list(branch.branches)
        if not below or int(branch.num_baskets):
            yield name, branch
        yield from data_branches(below, f"{name}/")


def is_settled(branch: Any) -> bool:
    """Say whether a branch's bytes stay the same whoever copies it: ROOT may write objects anew.

    Arguments:
        branch: the uproot branch.
    """
    kinds = [str(leaf.classname) for leaf in branch.member("fLeaves")]
    if branch.classname == "TBranch":
        return kinds == [_TEXT] or set(kinds) <= _NUMBERS
    return bool(branch.classname == _ELEMENT and _is_settled(branch))


def _is_settled(branch: Any) -> bool:
    if branch.member("fStreamerType") in _MEMBERS:
        return str(branch.name).rpartition(".")[2] != "fUniqueID"
    if branch.member("fType") in _COUNTING:
        return True
    return _ITEMS.fullmatch(_items(branch)) is not None


def _items(branch: Any) -> str:
    """Return what a branch of a vector, or of vectors of these, holds in the end."""
    held = str(branch.member("fClassName")).replace("std::", "")
    while held.startswith("vector<") and held.endswith(">"):
        held = held.removeprefix("vector<").removesuffix(">").strip()
    return held


class BranchSums:
    """The checksums of one branch over ranges of entries.

    Arguments:
        branch: the uproot branch.
    """

    def __init__(self, branch: Any) -> None:
        self._branch = branch
        leaves = branch.member("fLeaves")
        self._is_text = [str(x.classname) for x in leaves] == [_TEXT]
        self._is_counted = any(x.member("fLeafCount") is not None for x in leaves)
        held = str(branch.member("fClassName", none_if_missing=True) or "").replace("std::", "")
        self._head = _HEAD if held.startswith("vector<") else 0
        self._is_uneven = bool(self._head) or held == "string"
        self._last: tuple[int, Any] = -1, None

    def over(self, start: int, stop: int) -> int:
        """Return the checksum of some entries.

        Raises:
            Exception: whatever uproot raises where a basket cannot be read.
            UnsaidError: a basket does not say where entries begin.
        """
        found, ends = Sum(), basket_ends(self._branch)
        first = int(np.searchsorted(ends[1:], start, "right"))
        last = int(np.searchsorted(ends[:-1], stop))
        for number in range(first, last):
            begin, end = (int(x) for x in ends[number : number + 2])
            found.add(*self._cut(number, max(start, begin) - begin, min(stop, end) - begin))
        return found.value

    def _cut(self, number: int, start: int, stop: int) -> tuple[NDArray[Any], Any]:
        """Return the bytes of some entries of a basket, and their sizes."""
        data, places = self._basket(number)
        if places is None:
            begin, end = (int(x) for x in basket_ends(self._branch)[number : number + 2])
            width, rest = divmod(len(data), end - begin)
            if rest or self._is_uneven:
                msg = "a basket does not say where its entries begin"
                raise UnsaidError(msg)
            return data[start * width : stop * width], None
        places = places[start : stop + 1].astype(np.int64)
        data, sizes = data[places[0] : places[-1]], np.diff(places)
        if self._is_text:
            empty = sizes == 0  # ROOT leaves out the byte that says so
            data, sizes = np.insert(data, (places[:-1] - places[0])[empty], 0), sizes + empty
        elif self._head and len(sizes):
            if sizes.min() < self._head:
                msg = "a vector is too short"
                raise ValueError(msg)
            heads = (places[:-1] - places[0])[:, None] + np.arange(self._head)
            data, sizes = np.delete(data, heads.ravel()), sizes - self._head
        return data, sizes

    def _basket(self, number: int) -> tuple[NDArray[Any], Any]:
        """Return a basket's bytes, and where its entries begin and end if it says so."""
        if self._last[0] != number:
            basket = TBranch.basket(self._branch, number)
            data, places = np.asarray(basket.data), entry_places(self._branch, basket)
            entries = int(np.diff(basket_ends(self._branch)[number : number + 2])[0])
            if places is None and (self._is_text or self._is_counted):
                places = self._told(data, number)  # as where hadd met an empty file first
            if places is not None and not (len(places) == entries + 1 and _ascend(places, data)):
                msg = "a basket does not hold the entries that it should"
                raise ValueError(msg)
            self._last = number, (data, places)
        found: tuple[NDArray[Any], Any] = self._last[1]
        return found

    def _told(self, data: NDArray[Any], number: int) -> NDArray[np.int64]:
        """Return where entries begin by what counts them, or by the lengths before texts."""
        begin, end = (int(x) for x in basket_ends(self._branch)[number : number + 2])
        if self._is_text:
            return _text_places(data.tobytes(), end - begin)
        (leaf,) = self._branch.member("fLeaves")
        name = leaf.member("fLeafCount").member("fName")
        try:
            counts = read_branch(self._branch.tree[name], begin, end).astype(np.int64)
        except Exception as error:
            msg = f"a basket does not say where its entries begin, nor does {name}: {error}"
            raise UnsaidError(msg) from error
        sizes = counts * (int(leaf.member("fLenType")) * int(leaf.member("fLen")))
        return np.concatenate([[0], np.cumsum(sizes)])


def _text_places(data: bytes, entries: int) -> NDArray[np.int64]:
    """Return where texts begin, each of which has its length before it."""
    places = [0]
    for _ in range(entries):
        at = places[-1]
        size = data[at] if at < len(data) else 0
        if size == _LONG:
            size = int.from_bytes(data[at + 1 : at + 5], "big") + 4
        places.append(at + 1 + size)
    return np.array(places, np.int64)


def _ascend(places: NDArray[Any], data: NDArray[Any]) -> bool:
    return bool(places[0] >= 0 and places[-1] <= len(data) and (np.diff(places) >= 0).all())
