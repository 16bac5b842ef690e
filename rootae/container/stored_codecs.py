"""The codecs of a file, each stored twice: whichever copy is whole is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

from rootae.errors import CorruptError

if TYPE_CHECKING:
    from rootae.codec.codec import Codec

__all__ = ["Row", "StoredCodecs"]

Row: TypeAlias = "Codec | CorruptError"  # or what is wrong with it


class StoredCodecs(Mapping[bytes, "Codec"]):
    """Codecs by digest; the second copy is read only where the first is damaged or lacks one.

    Arguments:
        first, second: read a copy's rows, which are in the same order, or raise CorruptError.
    """

    def __init__(self, first: Callable[[], list[Row]], second: Callable[[], list[Row]]) -> None:
        self._second = second
        self._both = False
        self._rows = _rows(first)
        if any(isinstance(row, CorruptError) for row in self._rows):
            self._read_second()

    def _read_second(self) -> None:
        again: list[Row] = [] if self._both else _rows(self._second)
        pairs = zip_longest(self._rows, again)
        self._rows = [_better(row, other) for row, other in pairs]
        self._both = True

    @property
    def _found(self) -> dict[bytes, Codec]:
        return {r.digest: r for r in self._rows if not isinstance(r, CorruptError)}

    def _damage(self) -> CorruptError | None:
        return next((r for r in self._rows if isinstance(r, CorruptError)), None)

    def __getitem__(self, digest: bytes) -> Codec:
        if digest not in self._found:
            self._read_second()
        found, damage = self._found.get(digest), self._damage()
        if found is None and damage is not None:
            raise damage
        return self._found[digest]

    def __iter__(self) -> Iterator[bytes]:
        damage = self._damage()
        if damage is not None:
            raise damage
        return iter(self._found)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _rows(read: Callable[[], list[Row]]) -> list[Row]:
    """Return a copy's rows, or one that says what is wrong with all of them."""
    try:
        return read()
    except CorruptError as error:
        return [error]


def _better(*rows: Row | None) -> Row:
    """Return the first that is a codec, or what is wrong."""
    there = [row for row in rows if row is not None]
    return next((row for row in there if not isinstance(row, CorruptError)), there[0])
