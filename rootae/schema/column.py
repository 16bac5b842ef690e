"""Columns of a tree that can be coded, the branches they come in, and reserved names."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rootae.schema.leaf import Leaf

__all__ = ["EVENT", "INNER", "SIZES", "Branch", "Column", "branch_of"]

EVENT = ""  # the name of the group of event scalars
SIZES = "@size"  # a vector has no counter: its sizes are a column of that name
INNER = "@inner"  # a vector of vectors is counted by the sizes of these, which its own sizes count


@dataclass(frozen=True)
class Column:
    """A numeric branch that can be coded.

    Arguments:
        name: the branch's name.
        dtype: numpy name of the values' type in native byte order, such as ``float32``.
        inner_shape: fixed inner dimensions, ``(3, 3)`` for ``float[3][3]``; each element is a lane.
        counter: the branch that counts the objects of a jagged column, None for one value an entry.
        typename: the type as uproot names it, such as ``float[]``.
        title: the branch's title.
        is_counter: other columns take their lengths from this one.
        leaf: its leaf, where ROOT would not make the same one of all this.
    """

    name: str
    dtype: str
    inner_shape: tuple[int, ...] = ()
    counter: str | None = None
    typename: str = ""
    title: str = ""
    is_counter: bool = False
    leaf: Leaf | None = None

    @property
    def lanes(self) -> int:
        """Return how many integer lanes one row of the column makes."""
        return math.prod(self.inner_shape)

    @property
    def has_branch(self) -> bool:
        """Say whether the column is a branch, not only the sizes of one."""
        return branch_of(self.name) == self.name

    @property
    def is_vector(self) -> bool:
        """Say whether the column is a vector of numbers, or of arrays of numbers."""
        return self.has_branch and str(self.counter).endswith(SIZES)

    @property
    def is_nested(self) -> bool:
        """Say whether the column is a vector of vectors."""
        return str(self.counter).endswith(INNER)

    def sizes(self) -> tuple[Column, ...]:
        """Return the columns that hold a vector's sizes, and those of its vectors."""
        if self.is_vector:
            return (Column(str(self.counter), "int64"),)
        if self.is_nested:
            outer = f"{self.name}{SIZES}"
            return Column(outer, "int64"), Column(str(self.counter), "int64", counter=outer)
        return ()

    @property
    def group(self) -> str:
        """Return the name of the group: the counter, or empty for event scalars."""
        return EVENT if self.counter is None else self.counter


@dataclass(frozen=True)
class Branch:
    """Any branch of a tree as the output has to show it.

    Arguments:
        name: the branch's name.
        typename: its type as uproot names it.
        title: its title.
        coded: it became a coded column; otherwise it passed through.
        counter: the branch that counts its elements, if any.
    """

    name: str
    typename: str
    title: str
    coded: bool
    counter: str | None = None


def branch_of(column: str) -> str:
    """Return the branch that a column is of, or is the sizes of.

    Example:
        >>> branch_of("v"), branch_of("v@size"), branch_of("v@inner")
        ('v', 'v', 'v')
    """
    return column.removesuffix(INNER).removesuffix(SIZES)
