"""Columns of Float16_t and Double32_t on their way back: packed again, or plain numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.rootio.leaves import plain_name, usual_leaf
from rootae.rootio.packed import packing_of, range_of
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from rootae.codec.plan.plan import TreePlan
    from rootae.schema.column import Column
    from rootae.schema.leaf import Leaf

__all__ = ["Repacked"]

_CODES = {"TLeafF16": "f", "TLeafD32": "d"}


class Repacked:
    """Which columns ROOT can pack again so that every value comes back bit for bit.

    Arguments:
        columns: the coded columns of a tree.
        plans: how they are coded: what is within a bound only is not packed again.
    """

    def __init__(self, columns: Iterable[Column], plans: Iterable[TreePlan]) -> None:
        lanes = (x for plan in plans for group in plan.groups for x in group.lanes)
        lossy = {x.column for x in lanes if not x.bound.is_exact}
        self._found = {c.name: (c, c.leaf) for c in columns if c.leaf and c.leaf.kind in _CODES}
        packings = {n: packing_of(leaf.title, c.dtype) for n, (c, leaf) in self._found.items()}
        self._packings = {n: p for n, p in packings.items() if p is not None and n not in lossy}

    def look(self, arrays: Mapping[str, Any]) -> None:
        """See some entries of all columns, as awkward arrays by name."""
        for name, packing in list(self._packings.items()):
            if not packing.keeps(Values.from_array(arrays[name], self._found[name][0]).flat):
                del self._packings[name]

    @property
    def leaves(self) -> dict[str, str]:
        """Return ROOT's lists of leaves of those that are packed again."""
        return {n: _list(*self._found[n]) for n in self._packings}

    @property
    def leaf_names(self) -> dict[str, tuple[str, str]]:
        """Return the names and titles that these leaves have for ROOT."""
        leaves = {n: self._found[n][1] for n in self._packings}
        return {n: (leaf.name, _title(leaf)) for n, leaf in leaves.items()}

    @property
    def plain(self) -> list[str]:
        """Return the names of those that are not packed again."""
        return [n for n in self._found if n not in self._packings]


def _list(column: Column, leaf: Leaf) -> str:
    sizes = usual_leaf(column).title.removeprefix(column.name)
    text = range_of(leaf.title, column.dtype)
    return f"{plain_name(column)}{sizes}/{_CODES[leaf.kind]}{text}"


def _title(leaf: Leaf) -> str:
    """Return a leaf's title; ROOT puts a slash before those that are nothing but a range."""
    code = _CODES[leaf.kind]
    bare = leaf.title.startswith(f"{code}[") and "," in leaf.title and f"/{code}" not in leaf.title
    return f"/{leaf.title}" if bare else leaf.title
