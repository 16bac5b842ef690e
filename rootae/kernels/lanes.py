"""Passes over whole lanes as they are written: compiled where the extension was built, else numpy.

The extension is the native core's `include/rootae/writer.h`. Both give the same numbers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.kernels import gather

if TYPE_CHECKING:
    from numpy.typing import NDArray

try:
    _compiled: Any = import_module("rootae._native")
except ImportError:  # no compiler was at hand
    _compiled = None

__all__ = ["BOUNDS", "differences", "distinct", "is_compiled", "raw", "sort_by_context"]

_TYPES = "?bhiqBHIQfd"  # in the order of rootae.h
BOUNDS = {"exact": 0, "abs": 1, "rel": 2, "none": 3}  # as in writer.h


def is_compiled() -> bool:
    """Say whether the compiled passes are in use."""
    return _compiled is not None


def differences(
    original: NDArray[Any], returned: NDArray[Any], kind: str, error: float
) -> tuple[float, NDArray[np.bool_]] | None:
    """Compare values with what they came back as, in one pass: `deviation` says what is found.

    Arguments:
        original, returned: values of one shape and dtype.
        kind: of the bound.
        error: its number.

    Returns:
        The largest error and a mask of what breaks the bound; None where this is not compiled, or
        not for such arrays.
    """
    at = _TYPES.find(original.dtype.char.replace("l", "q").replace("L", "Q"))
    known = at >= 0 and kind in BOUNDS and original.dtype.isnative
    if _compiled is None or not known or returned.dtype != original.dtype:
        return None
    if original.shape != returned.shape:
        return None
    wrong = np.empty(original.shape, np.bool_)
    x, y, out = (raw(z) for z in (original, returned, wrong))
    largest, _ = _compiled.deviation(at, original.itemsize, BOUNDS[kind], error, x, y, out)
    return largest, wrong


def distinct(u: NDArray[Any], most: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]] | None:
    """Find the values that occur among unsigned integers.

    Arguments:
        u: shape (n,), of two, four or eight bytes.
        most: how many there may be.

    Returns:
        The values, ascending; how often each occurs; each number's place among the values, shape
        (n,). None where there are more than `most`.

    Example:
        >>> values, counts, places = distinct(np.array([7, 300, 7], np.uint16), 2)
        >>> values.tolist(), counts.tolist(), places.tolist()
        ([7, 300], [2, 1], [0, 1, 0])
    """
    if _compiled is None or len(u) >= 1 << 32:
        ordered = np.sort(u)
        starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(u)])
        if len(starts) > most:
            return None
        values = ordered[starts]
        counts = np.diff(starts, append=len(u)).astype(np.uint32)
        return values, counts, np.searchsorted(values, u).astype(np.uint32)
    most = min(most, len(u))
    values, counts = np.empty(most, u.dtype), np.empty(most, np.uint32)
    places = np.empty(len(u), np.uint32)
    numbers = np.ascontiguousarray(u)
    k = _compiled.distinct(u.itemsize, len(u), most, numbers, values, counts, places)
    return None if k > most else (values[:k].copy(), counts[:k].copy(), places)


def sort_by_context(
    q: NDArray[Any], contexts: NDArray[Any], merge: int
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Sort integers by context; those of one context stay in their order.

    Arguments:
        q: integers of four or eight bytes, shape (rows,).
        contexts: uint8 or uint16, shape (rows,).
        merge: how many low bits of contexts to drop, at most 8.

    Returns:
        The integers, shape (rows,), and how many each context has, as `gather.count` does.

    Example:
        >>> q, c = np.array([5, 80, 6]), np.array([0, 1, 0], np.uint8)
        >>> [x.tolist() for x in sort_by_context(q, c, 0)]
        [[5, 6, 80], [2, 1]]
    """
    if _compiled is None or q.itemsize not in (4, 8) or contexts.dtype.char not in "BH":
        counts = gather.count(contexts, merge)
        return q[np.argsort(contexts >> merge, kind="stable")], counts
    counts = np.empty(1 << 8 * contexts.itemsize >> merge, np.int64)
    out = np.empty(len(q), q.dtype)
    by, numbers = np.ascontiguousarray(contexts), np.ascontiguousarray(q)
    _compiled.sort_by_context(q.itemsize, by.itemsize, merge, len(q), numbers, by, out, counts)
    return out, counts[: int(by.max(initial=0) >> merge) + 1]


def raw(x: NDArray[Any]) -> NDArray[np.uint8]:
    """Return an array's bytes, one value behind the other: Python knows no buffers of booleans."""
    return np.require(x, requirements=("C", "A")).reshape(-1).view(np.uint8)
