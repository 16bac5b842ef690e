"""What a tree holds: its columns in groups that share a counter."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rootae.schema.column import EVENT, Branch, Column

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Group", "TreeSchema", "groups_of"]


@dataclass(frozen=True)
class TreeSchema:
    """A tree's columns that can be coded and its branches that can only pass through.

    Arguments:
        path: the tree's path in the file, without cycle.
        title: the tree's title.
        columns: numeric branches, in the tree's order.
        passing: names of branches that can be rewritten but not coded (strings).
        unsupported: names of branches that could neither be coded nor rewritten, with their type.
        order: names of all branches, in the tree's order.
        needed: columns that count what is unsupported: they stay in the tree with it.
        weight: the tree's weight.
    """

    path: str
    title: str
    columns: tuple[Column, ...]
    passing: tuple[Branch, ...] = ()
    unsupported: tuple[tuple[str, str], ...] = ()
    order: tuple[str, ...] = ()
    needed: frozenset[str] = frozenset()
    weight: float = 1.0

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or None."""
        return self._by_name.get(name)

    @functools.cached_property
    def _by_name(self) -> dict[str, Column]:
        return {c.name: c for c in reversed(self.columns)}

    def counters_of(self, names: Iterable[str]) -> set[str]:
        """Return what counts some columns, and what counts that."""
        counters = {c.name: c.counter for c in self.columns}
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            counter = counters.get(waiting.pop())
            if counter is not None and counter not in found:
                found.add(counter)
                waiting.append(counter)
        return found

    def title_of(self, name: str) -> str | None:
        """Return a column's title, or None if there is no such column."""
        column = self.column(name)
        return None if column is None else column.title


@dataclass(frozen=True)
class Group:
    """Columns that share one number of rows an entry: one counter's, or the event's scalars."""

    name: str
    columns: tuple[Column, ...]


def groups_of(columns: tuple[Column, ...]) -> tuple[Group, ...]:
    """Gather columns into groups, event scalars first.

    Example:
        >>> a, b = Column("nJet", "int32"), Column("Jet_pt", "float32", counter="nJet")
        >>> [g.name for g in groups_of((b, a))]
        ['', 'nJet']
    """
    names = sorted({c.group for c in columns}, key=lambda n: (n != EVENT, n))
    return tuple(Group(n, tuple(c for c in columns if c.group == n)) for n in names)
