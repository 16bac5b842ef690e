"""Other groups' objects, seen through a column of indices: `Jet_genJetIdx` leads to `GenJet_*`.

The linked values stand beside a group's own lanes, under the numbers that follow theirs: centres
and diagrams look at them as at any lane that was decoded before. Nothing of them is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rootae.codec.grids.registry import AnyGrid
from rootae.codec.indices import LaneIndex
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from numpy.typing import NDArray


__all__ = ["Link", "Places", "follow", "places"]


@dataclass(frozen=True)
class Link:
    """One lane of another group, as the rows of this one see it.

    Arguments:
        by: the own lane that counts the other group's objects of the same entry, from 0; any
            number that is none of them means that there is nothing to see, and zero is seen.
        group: the other group.
        column, element: the other lane.
        grid: the other lane's grid, which has no tables; the codes that are looked at are on it.
    """

    by: LaneIndex
    group: str
    column: str
    element: int
    grid: AnyGrid


class Places(NamedTuple):
    """Where rows of one group find objects of another.

    Arguments:
        rows: those that find any, shape (found,).
        objects: the other group's row for each of these, shape (found,).
        total: rows of the one group.
        others: rows of the other.
    """

    rows: NDArray[np.intp]
    objects: NDArray[np.int64]
    total: int
    others: int


def places(by: NDArray[Any], mine: NDArray[np.int64], theirs: NDArray[np.int64]) -> Places:
    """Find for each row of one group the other group's object that it leads to.

    Arguments:
        by: index of the other object in its entry, shape (rows,), integers.
        mine: objects of this group in each entry, shape (entries,).
        theirs: objects of the other group in each entry, shape (entries,).

    Raises:
        CorruptError: the counts are not those of the rows.
    """
    if mine.sum() != len(by) or len(mine) != len(theirs):
        msg = "groups that see one another have other counts than rows: the block is damaged"
        raise CorruptError(msg)
    first = np.cumsum(theirs) - theirs
    index = by.astype(np.int64, copy=False)
    rows = np.flatnonzero((index >= 0) & (index < np.repeat(theirs, mine)))
    objects = (np.repeat(first, mine) + index)[rows]
    return Places(rows, objects, len(by), int(theirs.sum()))


def follow(found: Places, values: NDArray[Any]) -> NDArray[Any]:
    """Return another group's values for each row of this one.

    Arguments:
        found: where they are.
        values: the other group's values, one an object.

    Returns:
        Values of shape (rows,), zero where there is no such object.

    Raises:
        CorruptError: there are not as many values as objects.

    Example:
        >>> one, two = np.array([2, 1]), np.array([1, 2])
        >>> follow(places(np.array([0, -1, 1]), one, two), np.array([5.0, 6.0, 7.0])).tolist()
        [5.0, 0.0, 7.0]
    """
    if found.others != len(values):
        msg = "groups that see one another have other counts than rows: the block is damaged"
        raise CorruptError(msg)
    seen = np.zeros(found.total, values.dtype)
    seen[found.rows] = values[found.objects]
    return seen
