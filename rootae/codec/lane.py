"""One lane of one block as bytes: codes, and what the grid could not keep.

    uint8    mode: 0 plain, 1 contexts, 2 bits, 3 derived, 4 predicted, 5 centred
    varint   n, the number of escapes; if n > 0:
             varint and stream: length and the differences of their rows
             varint and zstd:   length and their values, little endian, verbatim
    then, by mode:
    plain      uint8 shift, a stream of codes >> shift
    centred    uint8 shift, a stream of (codes >> shift) - (centre >> shift)
    contexts   uint8 shift, the runs (see `streams.runs`) of what `centred` holds where the plan
               gives the lane a centre, of what `plain` holds elsewhere
    bits       uint8 shift, a stream of the exact float grid's codes >> shift;
               networks that look at the lane see zeros
    derived    nothing: the values follow from other lanes
    predicted  nothing: the codes follow from a network (lanes without a bound)

Differences are modulo 2^64. A shift undoes itself exactly: negative codes are complements of
magnitudes with as many low ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.escapes import escapes_of, read_escapes
from rootae.codec.grids.registry import ExactFloat, ExactInteger, Grid
from rootae.codec.streams import runs, stream
from rootae.errors import CorruptError
from rootae.schema.bounds import Bound, deviation

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = [
    "Decoded",
    "Encoded",
    "decode",
    "encode",
    "encode_derived",
    "encode_predicted",
    "shift_of",
]

PLAIN, CONTEXTS, BITS, DERIVED, PREDICTED, CENTRED = range(6)
_ESCAPED_AT_MOST = 0.02  # of a block's values; beyond it another mode is smaller


@dataclass(frozen=True)
class Encoded:
    """A lane's blob.

    Arguments:
        blob: the bytes.
        mode: which mode was taken.
        codes: the codes that networks see, shape (rows,).
    """

    blob: bytes
    mode: int
    codes: NDArray[Any]


@dataclass(frozen=True)
class Decoded:
    """A decoded lane: the codes that networks see, and the values, shape (rows,) each."""

    codes: NDArray[Any]
    values: NDArray[Any]


def encode(
    x: NDArray[Any],
    q: NDArray[Any],
    grid: Grid,
    bound: Bound,
    contexts: NDArray[Any] | None = None,
    centre: NDArray[Any] | None = None,
) -> Encoded:
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
    wrong = np.zeros(0, np.intp)
    if boolean or not isinstance(grid, ExactFloat | ExactInteger):
        wrong = np.flatnonzero(deviation(x, grid.inverse(q), bound)[1])
    if not boolean and len(wrong) > _ESCAPED_AT_MOST * len(x) and len(wrong) > 8:
        bits = ExactFloat(x.dtype.name).forward(x)
        shift, body = _shifted(bits)
        head = bytes([BITS]) + escapes_of(x, wrong[:0])
        return Encoded(head + shift + stream.encode(body), BITS, np.zeros(len(x), np.int64))
    shift, body = _shifted(q) if isinstance(grid, ExactFloat) else (b"\0", q)
    mode, data = PLAIN, stream.encode(body)
    if centre is not None:
        body = body - (centre >> shift[0])
        centred = stream.encode(body)
        if len(centred) < len(data):
            mode, data = CENTRED, centred
    if contexts is not None:
        conditional = runs.encode(body, contexts)
        if len(conditional) < len(data):
            mode, data = CONTEXTS, conditional
    return Encoded(bytes([mode]) + escapes_of(x, wrong) + shift + data, mode, q)


def encode_derived(
    x: NDArray[Any], value: NDArray[Any], q: NDArray[Any], grid: Grid, bound: Bound
) -> Encoded:
    """Code a lane that follows from others: its exceptions only, unless there are many."""
    wrong = np.flatnonzero(deviation(x, value, bound)[1])
    if len(wrong) > _ESCAPED_AT_MOST * len(x) and len(wrong) > 8:
        return encode(x, q, grid, bound)
    return Encoded(bytes([DERIVED]) + escapes_of(x, wrong), DERIVED, q)


def encode_predicted(rows: int) -> Encoded:
    """Code a lane without a bound: nothing at all."""
    return Encoded(bytes([PREDICTED, 0]), PREDICTED, np.zeros(rows, np.int64))


def decode(
    blob: bytes,
    rows: int,
    grid: Grid,
    contexts: Callable[[], NDArray[Any]],
    derived: Callable[[], NDArray[Any]],
    centre: Callable[[], NDArray[Any] | None] = lambda: None,
) -> Decoded:
    """Decode a lane.

    Arguments:
        blob: what `encode` made.
        rows: the number of values.
        grid: the lane's grid.
        contexts: gives the contexts, or the codes of a predicted lane, when they are needed.
        derived: gives the values of a derived lane when they are needed.
        centre: gives the codes that a lane's codes are centred on, or None.

    Raises:
        CorruptError: the blob does not fit.
    """
    cursor = stream.Cursor(blob)
    mode = cursor.byte()
    at, raw = read_escapes(cursor, rows, grid.dtype)
    if mode in (PLAIN, BITS):
        shift = _shift(cursor)
        codes = _unshift(stream.decode(cursor.rest(), rows), shift)
    elif mode in (CENTRED, CONTEXTS):
        shift, data, middle = _shift(cursor), cursor.rest(), centre()
        if mode == CENTRED and middle is None:
            msg = "a lane is centred but has no centre: the block is damaged"
            raise CorruptError(msg)
        body = runs.decode(data, contexts()) if mode == CONTEXTS else stream.decode(data, rows)
        codes = _unshift(body if middle is None else body + (middle >> shift), shift)
    elif mode == PREDICTED:
        codes = contexts()
    elif mode == DERIVED:
        values = derived()
        values[at] = raw
        return Decoded(np.zeros(0, np.int64), values)
    else:
        msg = f"a lane has the unknown mode {mode}: the block is damaged"
        raise CorruptError(msg)
    values = (ExactFloat(grid.dtype) if mode == BITS else grid).inverse(codes)
    if mode == BITS:
        codes = np.zeros(rows, np.int64)
    if len(at):
        values[at] = raw
    return Decoded(codes, values)


def shift_of(q: NDArray[Any]) -> int:
    """Count the low bits that no code's magnitude uses."""
    used = int(np.bitwise_or.reduce(np.where(q < 0, ~q, q))) if len(q) else 0
    return (used & -used).bit_length() - 1 if used else 0


def _shifted(q: NDArray[Any]) -> tuple[bytes, NDArray[Any]]:
    shift = shift_of(q)
    return bytes([shift]), q >> shift


def _shift(cursor: stream.Cursor) -> int:
    shift = cursor.byte()
    if shift > 63:
        msg = f"a lane is shifted by {shift} bits: the block is damaged"
        raise CorruptError(msg)
    return shift


def _unshift(q: NDArray[Any], shift: int) -> NDArray[Any]:
    if not shift:
        return q
    wide = q.astype(np.int64)
    return np.where(wide < 0, ~(~wide << shift), wide << shift)
