"""Branches of numbers, one or a list of them an entry, read basket by basket.

uproot's arrays take several times as long where a tree has many branches of few entries. What is in
any way out of the ordinary is left to uproot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from uproot.behaviors.TBranch import TBranch
from uproot.interpretation.jagged import AsJagged
from uproot.interpretation.numerical import AsDtype

from rootae.rootio.baskets import basket_ends, omits_places, span_of
from rootae.rootio.branch_values import interpretation

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["read_numbers"]


def read_numbers(
    branch: Any, start: int, stop: int
) -> tuple[NDArray[Any], NDArray[np.int64] | None] | None:
    """Read a branch over a range of entries.

    Arguments:
        branch: the uproot branch, or the field of an RNTuple.
        start, stop: the entries.

    Returns:
        Values of shape (rows,), and how many each entry has, shape (entries,), None where it has
        one; None where uproot has to read the branch, or to say what is wrong with it.
    """
    stored = _dtype(branch)
    if stored is None:
        return None
    is_jagged, ends = isinstance(branch.interpretation, AsJagged), basket_ends(branch)
    flats, lengths = [np.zeros(0, stored)], [np.zeros(0, np.int64)]
    for i in span_of(ends, start, stop):
        first, last = int(ends[i]), int(ends[i + 1])
        basket = branch.basket(i)
        data, entries = np.asarray(basket.data), last - first
        places = _places(basket.byte_offsets, stored.itemsize, entries, is_jagged=is_jagged)
        if places is None or places[-1] * stored.itemsize != len(data):
            return None
        low, high = max(start - first, 0), min(stop, last) - first
        flats.append(data.view(stored)[places[low] : places[high]])
        lengths.append(np.diff(places[low : high + 1]))
    counts = np.concatenate(lengths)
    if len(counts) != stop - start:
        return None
    flat = np.concatenate(flats).astype(stored.newbyteorder("="))
    return flat, counts if is_jagged else None


def _dtype(branch: Any) -> np.dtype[Any] | None:
    """Return how numbers are stored, if a branch holds nothing else."""
    if not isinstance(branch, TBranch) or omits_places(branch):
        return None
    how = branch.interpretation
    if type(how) is AsJagged:
        if how.header_bytes:
            return None
        how = how.content
    if type(how) is not AsDtype or interpretation(branch) is not None:
        return None
    stored, shown = how.from_dtype, how.to_dtype
    same = stored.newbyteorder("=") == shown.newbyteorder("=")
    return stored if same and stored.kind in "biuf" else None


def _places(
    offsets: NDArray[Any] | None, size: int, entries: int, *, is_jagged: bool
) -> NDArray[np.int64] | None:
    """Return the number of the value where each entry of a basket begins, and the last one ends."""
    if not is_jagged:
        return np.arange(entries + 1) if offsets is None else None
    if offsets is None or len(offsets) != entries + 1 or offsets[0]:
        return None
    places, rest = np.divmod(offsets.astype(np.int64), size)
    return None if rest.any() or (np.diff(places) < 0).any() else places
