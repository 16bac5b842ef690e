"""A block of entries as it is stored."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Block"]


@dataclass(frozen=True)
class Block:
    """A whole number of entries of one tree, coded.

    Arguments:
        entries: how many.
        rows: rows of each group, in the plan's order.
        most: the most of them that a counter counts at once; 0 in the group of events.
        blobs: the bytes of latents and lanes, see `rootae.codec.layout`.
        modes: the mode of each lane, see `rootae.codec.lane`.
    """

    entries: int
    rows: tuple[int, ...]
    most: tuple[int, ...]
    blobs: tuple[bytes, ...]
    modes: bytes

    @property
    def nbytes(self) -> int:
        """Return the bytes of all blobs."""
        return sum(map(len, self.blobs))
