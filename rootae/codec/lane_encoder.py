"""One lane of one block on its way to bytes, whose layout `rootae.codec.lane` says.

What others see of a lane, its codes and its values as they will be read, is known long before its
bytes are: to look for the shortest ones takes most of the time, and may be done by another thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rootae.codec.escapes import escapes_of
from rootae.codec.grids.registry import ExactFloat, ExactInteger, Grid
from rootae.codec.grids.special import changed
from rootae.codec.lane import BITS, CENTRED, CONTEXTS, DERIVED, PLAIN, PREDICTED, shift_of
from rootae.codec.streams import runs, stream
from rootae.codec.streams.kind import Effort
from rootae.schema.bounds.deviation import deviation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.schema.bounds.bound import Bound

__all__ = [
    "Encoded",
    "Seen",
    "are_many",
    "by_rule",
    "encode",
    "encode_derived",
    "encode_predicted",
    "on_grid",
]

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


class Seen(NamedTuple):
    """A lane as its reader will see it.

    Arguments:
        codes: those that contexts see, shape (rows,).
        values: shape (rows,), the column's dtype.
        wrong: rows whose values are escapes; None where the lane is stored by its bits.
    """

    codes: NDArray[Any]
    values: NDArray[Any]
    wrong: NDArray[np.intp] | None


def on_grid(x: NDArray[Any], grid: Grid, bound: Bound) -> Seen:
    """Put values on their grid; where too many of them do not come back, their bits are stored.

    Arguments:
        x: the original values, shape (rows,), the column's dtype.
        grid: the lane's grid.
        bound: the lane's bound.
    """
    q = grid.forward(x)
    boolean = x.dtype.kind == "b"  # a byte other than 0 and 1 has no code
    is_exact = isinstance(grid, ExactFloat | ExactInteger)
    if is_exact and not boolean:
        return Seen(q, x, np.zeros(0, np.intp))
    y = grid.inverse(q)
    wrong = _wrong(x, y, grid, bound)
    if not boolean and are_many(wrong, x):
        return Seen(np.zeros(len(x), np.int64), x, None)
    return Seen(q, x if is_exact else _escaped(y, x, wrong), wrong)


def by_rule(x: NDArray[Any], value: NDArray[Any], grid: Grid, bound: Bound) -> Seen | None:
    """Have values follow from others; None where that gives too many exceptions.

    Arguments:
        x, grid, bound: as of any lane.
        value: what follows, shape (rows,), the column's dtype.
    """
    wrong = _wrong(x, value, grid, bound)
    if are_many(wrong, x):
        return None
    return Seen(np.zeros(0, np.int64), _escaped(value, x, wrong), wrong)


def encode(
    x: NDArray[Any],
    q: NDArray[Any],
    wrong: NDArray[np.intp] | None,
    grid: Grid,
    contexts: NDArray[Any] | None = None,
    centre: NDArray[Any] | None = None,
) -> Encoded:
    """Code a lane, plainly or by contexts, whichever is smaller, or by its bits.

    Arguments:
        x: the original values, shape (rows,), the column's dtype.
        q, wrong: as they are `Seen`.
        grid: the lane's grid.
        contexts: the context of each value, or None.
        centre: the code that each value's code is centred on, or None.
    """
    if wrong is None:
        return _as_bits(x)
    shift = shift_of(q) if isinstance(grid, ExactFloat) else 0
    bodies = {PLAIN: q >> shift if shift else q}
    if centre is not None:
        bodies[CENTRED] = bodies[PLAIN] - (centre >> shift if shift else centre)
    mode, data = _smallest(bodies, contexts)
    return Encoded(escapes_of(x, wrong) + bytes([shift]) + data, mode)


def encode_derived(x: NDArray[Any], wrong: NDArray[np.intp]) -> Encoded:
    """Code a lane that follows from others: its exceptions only."""
    return Encoded(escapes_of(x, wrong), DERIVED)


def encode_predicted() -> Encoded:
    """Code a lane without a bound: nothing at all."""
    return Encoded(b"\0", PREDICTED)


def are_many(wrong: NDArray[np.intp], x: NDArray[Any]) -> bool:
    """Say whether a lane has more escapes than pay."""
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
    return np.flatnonzero(wrong | changed(grid, x, y))
