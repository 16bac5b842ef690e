"""Columns of Float16_t and Double32_t on their way back: packed again, or plain numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rootae.packed import packing_of
from rootae.schema import Values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from rootae.plan import TreePlan
    from rootae.schema import Column

__all__ = ["LEAVES", "Repacked"]

LEAVES = re.compile(r"(\w+)((?:\[\w+\])*)/(\w)((?:\[.*\])?)")  # x[n][3]/d[0,1,12]
_CODES = {"f": "float32", "d": "float64"}


class Repacked:
    """Which columns ROOT can pack again so that every value comes back bit for bit.

    Arguments:
        columns: the coded columns of a tree.
        plans: how they are coded: what is within a bound only is not packed again.
    """

    def __init__(self, columns: Iterable[Column], plans: Iterable[TreePlan]) -> None:
        lanes = (x for plan in plans for group in plan.groups for x in group.lanes)
        lossy = {x.column for x in lanes if x.bound != "exact"}
        self._columns = {c.name: c for c in columns if _code(c) == c.dtype}
        found = {n: packing_of(c.title, c.dtype) for n, c in self._columns.items()}
        self._packings = {n: p for n, p in found.items() if p is not None and n not in lossy}

    def look(self, arrays: Mapping[str, Any]) -> None:
        """See some entries of all columns, as awkward arrays by name."""
        for name, packing in list(self._packings.items()):
            if not packing.keeps(Values.from_array(arrays[name], self._columns[name]).flat):
                del self._packings[name]

    @property
    def leaves(self) -> dict[str, str]:
        """Return ROOT's lists of leaves of those that are packed again."""
        return {n: self._columns[n].title for n in self._packings}

    @property
    def plain(self) -> list[str]:
        """Return the names of those that are not."""
        return [n for n in self._columns if n not in self._packings]


def _code(column: Column) -> str | None:
    """Return the dtype of a column whose title is a list of one packed leaf, or None."""
    match = LEAVES.fullmatch(column.title)
    return _CODES.get(match[3]) if match is not None else None
