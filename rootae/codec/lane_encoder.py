"""One lane of one block on its way to bytes, whose layout `rootae.codec.lane` says.

What others see of a lane, its codes and its values as they will be read, is known long before its
bytes are: to look for the shortest ones takes most of the time, and may be done by another thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.escapes import escapes_of
from rootae.codec.grids.registry import ExactFloat, ExactInteger, Grid
from rootae.codec.grids.special import SpecialGrid, changed
from rootae.codec.lane import BITS, CENTRED, CONTEXTS, DERIVED, PLAIN, PREDICTED, shift_of
from rootae.codec.streams import runs, stream
from rootae.codec.streams.kind import Effort
from rootae.errors import CorruptError
from rootae.schema.bounds.deviation import deviation

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from rootae.schema.bounds.bound import Bound

__all__ = ["Draft", "Encoded", "draft", "draft_derived", "draft_predicted"]

_QUICK = Effort(is_quick=True)
_NEARLY = 1.1  # of the bytes that contexts take: a thorough search does not save more
_PIECES, _PIECE = 8, 1 << 13  # values of a long lane that are looked at quickly
_ABOUT = 1.25  # of what these say, whose tables weigh more than those of the whole lane
_ESCAPED_AT_MOST = 0.02  # of a block's values; beyond it another mode is smaller


@dataclass(frozen=True)
class Encoded:
    """A lane's bytes.

    Arguments:
        blob: the bytes.
        mode: which mode was taken.
    """

    blob: bytes
    mode: int


@dataclass(frozen=True)
class Draft:
    """A lane as its reader will see it, and how to get at its bytes.

    Arguments:
        codes: the codes that networks see, shape (rows,).
        values: gives the values, shape (rows,), the column's dtype.
        encode: makes the bytes; any thread may do it.
    """

    codes: NDArray[Any]
    values: Callable[[], NDArray[Any]]
    encode: Callable[[], Encoded]


def draft(
    x: NDArray[Any],
    q: NDArray[Any],
    grid: Grid,
    bound: Bound,
    contexts: NDArray[Any] | None = None,
    centre: NDArray[Any] | None = None,
) -> Draft:
    """Code a lane, plainly or by contexts, whichever is smaller.

    Arguments:
        x: the original values, shape (rows,), the column's dtype.
        q: their codes on the grid.
        grid: the lane's grid.
        bound: the lane's bound.
        contexts: the context of each value, or None.
        centre: the code that each value's code is centred on, or None.
    """
    boolean = x.dtype.kind == "b"  # a byte other than 0 and 1 has no code
    wrong, is_exact = np.zeros(0, np.intp), isinstance(grid, ExactFloat | ExactInteger)
    if boolean or not is_exact:
        wrong = _wrong(x, grid.inverse(q), grid, bound)
    if not boolean and _are_many(wrong, x):
        return Draft(np.zeros(len(x), np.int64), lambda: x, lambda: _as_bits(x))

    def values() -> NDArray[Any]:
        return x if is_exact else _escaped(grid.inverse(q), x, wrong)

    def encode() -> Encoded:
        shift = shift_of(q) if isinstance(grid, ExactFloat) else 0
        bodies = {PLAIN: q >> shift if shift else q}
        if centre is not None:
            bodies[CENTRED] = bodies[PLAIN] - (centre >> shift)
        mode, data = _smallest(bodies, contexts)
        return Encoded(escapes_of(x, wrong) + bytes([shift]) + data, mode)

    return Draft(q, values, encode)


def draft_derived(
    x: NDArray[Any], value: NDArray[Any], q: NDArray[Any], grid: Grid, bound: Bound
) -> Draft:
    """Code a lane that follows from others: its exceptions only, unless there are many.

    Arguments:
        x, q, grid, bound: as of any lane.
        value: what follows, shape (rows,), the column's dtype.
    """
    wrong = _wrong(x, value, grid, bound)
    if _are_many(wrong, x):
        return draft(x, q, grid, bound)

    def encode() -> Encoded:
        return Encoded(escapes_of(x, wrong), DERIVED)

    return Draft(q, lambda: _escaped(value, x, wrong), encode)


def draft_predicted(rows: int) -> Draft:
    """Code a lane without a bound: nothing at all."""
    return Draft(np.zeros(rows, np.int64), _no_values, lambda: Encoded(b"\0", PREDICTED))


def _no_values() -> NDArray[Any]:
    msg = "a lane looks at the values of one without a bound: the plan is damaged"
    raise CorruptError(msg)


def _are_many(wrong: NDArray[np.intp], x: NDArray[Any]) -> bool:
    return len(wrong) > _ESCAPED_AT_MOST * len(x) and len(wrong) > 8


def _escaped(y: NDArray[Any], x: NDArray[Any], wrong: NDArray[np.intp]) -> NDArray[Any]:
    """Put escapes in their places; what is given is left as it is."""
    if not len(wrong):
        return y
    y = y.copy()
    y[wrong] = x[wrong]
    return y


def _as_bits(x: NDArray[Any]) -> Encoded:
    """Code the bits of floats: on the lane's grid too many are wrong."""
    bits = ExactFloat(x.dtype.name).forward(x)
    shift = shift_of(bits)
    data = escapes_of(x, np.zeros(0, np.intp)) + bytes([shift]) + stream.encode(bits >> shift)
    return Encoded(data, BITS)


def _smallest(bodies: dict[int, NDArray[Any]], contexts: NDArray[Any] | None) -> tuple[int, bytes]:
    """Return the smallest way to code a lane: a mode, and the bytes.

    By contexts it is mostly much smaller: the others are then only looked at quickly.
    """
    last = bodies[max(bodies)]
    known = runs.encode(last, contexts) if contexts is not None else None
    found = [
        (mode, stream.encode(body))
        for mode, body in bodies.items()
        if known is None or _may_be_smaller(body, len(known))
    ]
    found += [(CONTEXTS, known)] if known is not None else []
    return min(found, key=lambda pair: len(pair[1]))


def _may_be_smaller(q: NDArray[Any], rival: int) -> bool:
    """Say whether a lane's codes, or some of them if they are many, come near to some bytes."""
    rows = len(q)
    if rows > 2 * _PIECES * _PIECE:
        starts = np.linspace(0, rows - _PIECE, _PIECES).astype(int).tolist()
        some = np.concatenate([q[a : a + _PIECE] for a in starts])
        if len(stream.encode(some, _QUICK)) * rows > _ABOUT * rival * len(some):
            return False
    return len(stream.encode(q, _QUICK)) < _NEARLY * rival


def _wrong(x: NDArray[Any], y: NDArray[Any], grid: Grid, bound: Bound) -> NDArray[np.intp]:
    """Return the rows whose values may not come back so."""
    wrong = deviation(x, y, bound)[1]
    return np.flatnonzero(wrong | changed(grid, x, y) if isinstance(grid, SpecialGrid) else wrong)
