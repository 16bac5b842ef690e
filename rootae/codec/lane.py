"""One lane of one block as bytes: codes, and what the grid could not keep.

The mode stands in the block's directory: 0 plain, 1 contexts, 2 bits, 3 derived, 4 predicted,
5 centred. The bytes:

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
from rootae.codec.grids.special import changed
from rootae.codec.streams import runs, stream
from rootae.codec.streams.kind import Effort
from rootae.errors import CorruptError
from rootae.schema.bounds.deviation import deviation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.schema.bounds.bound import Bound

__all__ = [
    "BITS",
    "CENTRED",
    "CONTEXTS",
    "DERIVED",
    "PLAIN",
    "PREDICTED",
    "Decoded",
    "Encoded",
    "decode",
    "encode",
    "encode_derived",
    "encode_predicted",
    "shift_of",
]

PLAIN, CONTEXTS, BITS, DERIVED, PREDICTED, CENTRED = range(6)
_QUICK = Effort(is_quick=True)
_NEARLY = 1.1  # of the bytes that contexts take: a thorough search does not save more
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
        wrong = _wrong(x, grid.inverse(q), grid, bound)
    if not boolean and len(wrong) > _ESCAPED_AT_MOST * len(x) and len(wrong) > 8:
        bits = ExactFloat(x.dtype.name).forward(x)
        shift, body = _shifted(bits)
        return Encoded(
            escapes_of(x, wrong[:0]) + shift + stream.encode(body), BITS, np.zeros(len(x), np.int64)
        )
    shift, body = _shifted(q) if isinstance(grid, ExactFloat) else (b"\0", q)
    bodies = {PLAIN: body}
    if centre is not None:
        bodies[CENTRED] = body - (centre >> shift[0])
    mode, data = _smallest(bodies, contexts)
    return Encoded(escapes_of(x, wrong) + shift + data, mode, q)


def _smallest(bodies: dict[int, NDArray[Any]], contexts: NDArray[Any] | None) -> tuple[int, bytes]:
    """Return the smallest way to code a lane: a mode, and the bytes.

    By contexts it is mostly much smaller: the others are then only looked at quickly.
    """
    last = bodies[max(bodies)]
    known = runs.encode(last, contexts) if contexts is not None else None
    found: list[tuple[int, bytes]] = []
    for mode, body in bodies.items():
        if known is None or len(stream.encode(body, _QUICK)) < _NEARLY * len(known):
            found.append((mode, stream.encode(body)))
    found += [(CONTEXTS, known)] if known is not None else []
    return min(found, key=lambda pair: len(pair[1]))


def encode_derived(
    x: NDArray[Any], value: NDArray[Any], q: NDArray[Any], grid: Grid, bound: Bound
) -> Encoded:
    """Code a lane that follows from others: its exceptions only, unless there are many."""
    wrong = _wrong(x, value, grid, bound)
    if len(wrong) > _ESCAPED_AT_MOST * len(x) and len(wrong) > 8:
        return encode(x, q, grid, bound)
    return Encoded(escapes_of(x, wrong), DERIVED, q)


def _wrong(x: NDArray[Any], y: NDArray[Any], grid: Grid, bound: Bound) -> NDArray[np.intp]:
    """Return the rows whose values may not come back so."""
    return np.flatnonzero(deviation(x, y, bound)[1] | changed(grid, x, y))


def encode_predicted(rows: int) -> Encoded:
    """Code a lane without a bound: nothing at all."""
    return Encoded(b"\0", PREDICTED, np.zeros(rows, np.int64))


def decode(
    mode: int,
    blob: bytes,
    rows: int,
    grid: Grid,
    contexts: NDArray[Any] | None = None,
    centre: NDArray[Any] | None = None,
    derived: NDArray[Any] | None = None,
) -> Decoded:
    """Decode a lane.

    Arguments:
        mode: how it is coded.
        blob: what `encode` made.
        rows: the number of values.
        grid: the lane's grid.
        contexts: the context of each value, or the codes of a predicted lane, shape (rows,).
        centre: the codes that a lane's codes are centred on, shape (rows,).
        derived: the values of a derived lane, shape (rows,), which are changed in place.

    Raises:
        CorruptError: the blob does not fit.
    """
    cursor = stream.Cursor(blob)
    at, raw = read_escapes(cursor, rows, grid.dtype)
    if mode in (DERIVED, PREDICTED) and cursor.rest():
        msg = "bytes follow a lane that needs none: the block is damaged"
        raise CorruptError(msg)
    if mode == DERIVED:
        values = _there(derived, "rule")
        codes = np.zeros(0, np.int64)
    elif mode == PREDICTED:
        codes = _there(contexts, "stage")
        values = grid.inverse(codes)
    else:
        if mode == BITS and np.dtype(grid.dtype).kind != "f":
            msg = f"a lane of {grid.dtype} is in the mode of floats: the block is damaged"
            raise CorruptError(msg)
        own = ExactFloat(grid.dtype) if mode == BITS else grid
        codes = _codes(mode, cursor, rows, own, contexts, centre)
        values = own.inverse(codes)
        codes = np.zeros(rows, np.int64) if mode == BITS else codes
    if len(at):  # codes stay as they are
        values = values.copy() if np.may_share_memory(values, codes) else values
        values[at] = raw
    return Decoded(codes, values)


def _codes(
    mode: int,
    cursor: stream.Cursor,
    rows: int,
    grid: Grid,
    contexts: NDArray[Any] | None,
    centre: NDArray[Any] | None,
) -> NDArray[Any]:
    shift, data = _shift(cursor), cursor.rest()
    narrow = isinstance(grid, ExactFloat) and grid.dtype == "float32"
    if mode in (PLAIN, BITS):
        return _unshift(stream.decode(data, rows), shift, narrow=narrow)
    if mode == CENTRED:
        body, middle = stream.decode(data, rows), _there(centre, "centre")
        return _unshift(body + (middle >> shift), shift, narrow=narrow)
    if mode == CONTEXTS:
        body = runs.decode(data, _there(contexts, "contexts"))
        whole = body if centre is None else body + (centre >> shift)
        return _unshift(whole, shift, narrow=narrow)
    msg = f"a lane has the unknown mode {mode}: the block is damaged"
    raise CorruptError(msg)


def _there(found: NDArray[Any] | None, what: str) -> NDArray[Any]:
    if found is None:
        msg = f"a lane is in a mode that needs its {what}, and has none: the block is damaged"
        raise CorruptError(msg)
    return found


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


def _fits(q: NDArray[Any]) -> bool:
    """Say whether integers fit into 32 bits."""
    return q.dtype == np.int32 or not len(q) or -(1 << 31) <= q.min() <= q.max() < 1 << 31


def _unshift(q: NDArray[Any], shift: int, *, narrow: bool) -> NDArray[Any]:
    """Undo a shift: negative codes are complements of magnitudes with as many low ones.

    Codes that are the bits of a float of four bytes are as narrow: modulo 2^32.
    """
    if not shift:
        return q.astype(np.int32, copy=False) if narrow else q
    # the sign is that of all 64 bits
    wide: NDArray[Any] = q.astype(np.int32 if narrow and shift < 32 and _fits(q) else np.int64)
    low = wide >> (8 * wide.itemsize - 1)
    low &= (1 << shift) - 1
    wide <<= shift
    wide |= low
    return wide.astype(np.int32, copy=False) if narrow else wide
