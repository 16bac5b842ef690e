"""A block of entries as it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Block"]


@dataclass(frozen=True)
class Block:
    """A whole number of entries of one tree, coded.

    Arguments:
        entries: how many.
        rows: rows of each group, by name.
        latents: each group's latents.
        columns: each column's blob.
        lanes: bytes and mode of each lane by group, for the record (empty when read back).
    """

    entries: int
    rows: dict[str, int]
    latents: dict[str, bytes]
    columns: dict[str, bytes]
    lanes: dict[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        """Return the bytes of all blobs."""
        return sum(map(len, self.latents.values())) + sum(map(len, self.columns.values()))
