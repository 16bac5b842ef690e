"""Columns over several whole blocks, decoded to where they will lie: nothing is copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.container.blocks import StoredTree
    from rootae.schema.column import Column

__all__ = ["Joined"]


class Joined:
    """Memory for columns over some blocks.

    Arguments:
        stored: the tree's blocks.
        columns: the columns.
        span: the blocks' numbers.

    Raises:
        CorruptError: a block's directory is damaged.
    """

    def __init__(self, stored: StoredTree, columns: Sequence[Column], span: range) -> None:
        groups = dict.fromkeys(c.group for c in columns)
        self._span = span
        self._ends = {g: np.cumsum([0, *(stored.rows_of(b, g) for b in span)]) for g in groups}
        self._group = {c.name: c.group for c in columns}
        self._flat = {
            c.name: np.empty((self._ends[c.group][-1], *c.inner_shape), np.dtype(c.dtype))
            for c in columns
        }
        self._counts: dict[str, list[NDArray[np.int64]]] = {c.name: [] for c in columns}

    def memory(self, block: int) -> dict[str, NDArray[Any]]:
        """Return where a block's values go, by column."""
        i = block - self._span.start
        parts = {g: slice(ends[i], ends[i + 1]) for g, ends in self._ends.items()}
        return {name: flat[parts[self._group[name]]] for name, flat in self._flat.items()}

    def add(self, found: Mapping[str, Values]) -> None:
        """Take down the next block's columns, whose values lie in its memory."""
        for name, values in found.items():
            if values.counts is not None:
                self._counts[name].append(values.counts)

    def values(self) -> dict[str, Values]:
        """Return all columns; those that one counts share the lengths of their lists."""
        known: dict[tuple[int, ...], NDArray[np.int64]] = {}
        return {n: Values(flat, self._lengths(n, known)) for n, flat in self._flat.items()}

    def _lengths(
        self, name: str, known: dict[tuple[int, ...], NDArray[np.int64]]
    ) -> NDArray[np.int64] | None:
        counts = self._counts[name]
        if len(counts) < 2:
            return counts[0] if counts else None
        key = tuple(map(id, counts))
        if key not in known:
            known[key] = np.concatenate(counts)
        return known[key]
