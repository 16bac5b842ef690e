"""Columns as an expression sees them: numbers, lists of numbers or texts; and elements of lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.errors import ArgumentError
from rootae.formula.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["element", "is_text", "without"]


def is_text(value: Any) -> bool:
    """Say whether a value is a text, or a column of such."""
    if isinstance(value, ak.Array):
        return bool(value.layout.parameter("__array__") == "string")
    return isinstance(value, str)


def element(array: Any, at: Sequence[int]) -> tuple[Any, NDArray[np.bool_]]:
    """Return a column, or one of its elements in each entry.

    Arguments:
        array: the column as uproot gives it.
        at: positions in lists, from the outermost on.

    Returns:
        The values, zero where there is no such element, and a flag an entry that says where.

    Raises:
        ArgumentError: it holds neither numbers nor texts, or nothing of so many dimensions.
    """
    value = ak.to_packed(ak.Array(array))
    missing = np.zeros(len(value), np.bool_)
    if is_text(value):
        if at:
            msg = "it holds texts: these have no elements"
            raise ArgumentError(msg)
        return value, missing
    _refuse_others(value)
    if value.ndim == 1 and tuple(at) == (0,):  # as TTree::Draw allows it
        at = ()
    for position in at:
        value, lost = _at(value, position)
        missing |= lost
    return _simple(value), missing


def _refuse_others(value: Any) -> None:
    layout = value.layout
    while layout.is_list and layout.parameter("__array__") is None:
        layout = layout.content
    if not layout.is_numpy or layout.parameter("__array__") is not None:
        msg = f"it holds {str(ak.type(value).content)[:60]}, and neither numbers nor lists of these"
        raise ArgumentError(msg)


def _simple(value: Any) -> Any:
    """Make numbers numpy's, and all lists ones of any length, which broadcast by entry only."""
    if value.ndim > 1:
        return plain(ak.from_regular(value, axis=None))
    return plain(ak.to_numpy(value))


def _at(value: Any, position: int) -> tuple[Any, Any]:
    if value.ndim == 1:
        msg = "it has one value an entry, or more indices than dimensions"
        raise ArgumentError(msg)
    inner = ak.type(value).content
    if isinstance(inner, ak.types.RegularType):
        if position >= inner.size:
            msg = f"it has {inner.size} elements: the last one is [{inner.size - 1}]"
            raise ArgumentError(msg)
        return value[:, position], False
    chosen = ak.firsts(value[ak.local_index(value, axis=1) == position], axis=1)
    missing = ak.to_numpy(ak.is_none(chosen))
    return ak.drop_none(ak.fill_none(chosen, 0 if chosen.ndim == 1 else [], axis=0)), missing


def without(lists: Any, missing: NDArray[np.bool_]) -> Any:
    """Return lists of numbers, empty in some entries, and without any further lists in them."""
    while lists.ndim > 2:
        lists = ak.flatten(lists, axis=2)
    if missing.any():
        kept, _ = ak.broadcast_arrays(~missing, lists)
        return lists[kept]
    return lists
