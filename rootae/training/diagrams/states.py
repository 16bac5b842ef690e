"""The numbers of a diagram's states, which are free: those that make its tables small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["in_order"]


def in_order(tables: Sequence[NDArray[np.int64]], widths: Sequence[int]) -> list[NDArray[np.int64]]:
    """Number the states between a diagram's steps in the order in which its tables name them.

    Many first tables are 0, 1, 2, ... then, and rows of the next ones stand as their bins do.

    Arguments:
        tables: states after each step, (states before) x width, row by row; those of the last one
            are contexts, and stay.
        widths: columns of each.

    Returns:
        The tables of the same contexts.

    Example:
        >>> first, last = in_order([np.array([2, 0, 1]), np.array([5, 6, 7, 8, 3, 4])], [3, 2])
        >>> first.tolist(), last.tolist()
        ([0, 1, 2], [3, 4, 5, 6, 7, 8])
    """
    made = [np.asarray(t) for t in tables]
    for k, width in enumerate(widths[1:], 1):
        states, first = np.unique(made[k - 1], return_index=True)
        named = states[np.argsort(first)]
        number = np.empty(int(named.max(initial=-1)) + 1, np.int64)
        number[named] = np.arange(len(named))
        made[k - 1] = number[made[k - 1]]
        made[k] = made[k].reshape(-1, width)[named].reshape(-1)
    return made
