"""Rows of a side tree's branches of bytes: found, and read in parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rootae.rootio.baskets import basket_ends, basket_key

__all__ = ["Packed", "Row", "Rows"]

_AT_MOST = 64 << 20  # bytes of unpacked baskets that are kept


class Packed:
    """The baskets that were unpacked last: where many rows share one, it is unpacked once."""

    def __init__(self) -> None:
        self._baskets: dict[tuple[str, int], Any] = {}
        self._size = 0

    def basket(self, branch: Any, number: int) -> Any:
        """Return a basket."""
        key = str(branch.name), number
        found = self._baskets.pop(key, None)
        if found is None:
            found = branch.basket(number)
            self._size += found.data.nbytes
        self._baskets[key] = found
        while self._size > _AT_MOST and len(self._baskets) > 1:
            self._size -= self._baskets.pop(next(iter(self._baskets))).data.nbytes
        return found


class Rows:
    """A branch of bytes, in which rows are found.

    As rootae writes it, a row is the only one of a basket that is not compressed, and parts are
    read where they lie in the file. Baskets that another program packed anew are read whole.

    Arguments:
        branch: the branch.
        packed: where baskets of the latter kind are kept.
    """

    def __init__(self, branch: Any, packed: Packed) -> None:
        self._branch = branch
        self._packed = packed
        self._apart = branch.num_baskets - len(branch.embedded_baskets)

    def row(self, row: int) -> Row:
        """Return one row."""
        ends = basket_ends(self._branch)
        number = int(np.searchsorted(ends, row, "right")) - 1
        first, last = (int(x) for x in ends[number : number + 2])
        if last - first == 1 and number < self._apart:
            key = basket_key(self._branch, number)
            if key.data_compressed_bytes == key.data_uncompressed_bytes:
                source = self._branch.file.source
                return Row(None, source, int(key.data_cursor.index))
        basket = self._packed.basket(self._branch, number)
        low, high = (int(x) for x in basket.byte_offsets[row - first : row - first + 2])
        return Row(basket.data[low:high].tobytes())


@dataclass(frozen=True)
class Row:
    """One row of a branch of bytes, of which parts are read.

    Arguments:
        whole: its bytes, if its basket was unpacked.
        source: where it is read otherwise.
        start: where it begins there.
    """

    whole: bytes | None
    source: Any = None
    start: int = 0

    def read(self, start: int, size: int) -> bytes:
        """Return some of its bytes."""
        if self.whole is not None:
            return self.whole[start : start + size]
        chunk = self.source.chunk(self.start + start, self.start + start + size)
        return bytes(chunk.raw_data) if size else b""
