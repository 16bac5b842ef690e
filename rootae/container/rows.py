"""Rows of a side tree's branch of bytes: found, and read in parts, many of them at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.rootio.baskets import basket_ends, basket_keys
from rootae.rootio.ranges import read_ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Piece", "Rows"]

_AT_MOST = 64 << 20  # bytes of unpacked baskets that are kept

Piece = tuple[int, int, int]  # row, where it begins in that, and its bytes


class Rows:
    """A branch of bytes, of whose rows parts are read.

    As rootae writes it, a row is the only one of a basket that is not compressed, and parts are
    read where they lie in the file. Baskets that another program packed anew are read whole.

    Arguments:
        branch: the branch.
    """

    def __init__(self, branch: Any) -> None:
        self._branch = branch
        self._apart = branch.num_baskets - len(branch.embedded_baskets)
        self._packed = _Packed(branch)
        self._places: dict[int, int | None] = {}  # where rows begin in the file, None if packed

    def read(self, pieces: Sequence[Piece]) -> list[memoryview]:
        """Return pieces of rows, with as few requests as can be; none is copied.

        Arguments:
            pieces: which; shorter ones come back where the row, or the file, ends before.
        """
        self._find(dict.fromkeys(row for row, _, _ in pieces))
        found = [memoryview(b"")] * len(pieces)
        lying: list[tuple[int, tuple[int, int]]] = []
        for i, (row, start, size) in enumerate(pieces):
            place = self._places.get(row)
            if place is None:
                found[i] = memoryview(self._packed.row(row))[start : start + size]
            elif size:
                lying.append((i, (place + start, place + start + size)))
        read = read_ranges(self._branch.file.source, [place for _, place in lying])
        for (i, _), data in zip(lying, read, strict=True):
            found[i] = data
        return found

    def _find(self, rows: dict[int, None]) -> None:
        """Find where rows begin that are the only ones of baskets as they are."""
        ends = basket_ends(self._branch)
        wanted = {}
        for row in (r for r in rows if r not in self._places):
            number = int(np.searchsorted(ends, row, "right")) - 1
            if ends[number + 1] - ends[number] == 1 and number < self._apart:
                wanted[number] = row
        keys = basket_keys(self._branch, list(wanted))
        for row, key in zip(wanted.values(), keys, strict=True):
            packed = key.data_compressed_bytes != key.data_uncompressed_bytes
            self._places[row] = None if packed else int(key.data_cursor.index)


class _Packed:
    """The baskets that were unpacked last: where many rows share one, it is unpacked once."""

    def __init__(self, branch: Any) -> None:
        self._branch = branch
        self._baskets: dict[int, Any] = {}
        self._size = 0

    def row(self, row: int) -> bytes:
        """Return a whole row."""
        ends = basket_ends(self._branch)
        number = int(np.searchsorted(ends, row, "right")) - 1
        basket, first = self._basket(number), int(ends[number])
        low, high = (int(x) for x in basket.byte_offsets[row - first : row - first + 2])
        return bytes(basket.data[low:high].tobytes())

    def _basket(self, number: int) -> Any:
        found = self._baskets.pop(number, None)
        if found is None:
            found = self._branch.basket(number)
            self._size += found.data.nbytes
        self._baskets[number] = found
        while self._size > _AT_MOST and len(self._baskets) > 1:
            self._size -= self._baskets.pop(next(iter(self._baskets))).data.nbytes
        return found
