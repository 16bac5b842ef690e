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

from rootae.codec.escapes import read_escapes
from rootae.codec.grids.registry import ExactFloat, Grid
from rootae.codec.streams import runs, stream
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "BITS",
    "CENTRED",
    "CONTEXTS",
    "DERIVED",
    "PLAIN",
    "PREDICTED",
    "Decoded",
    "decode",
    "shift_of",
]

PLAIN, CONTEXTS, BITS, DERIVED, PREDICTED, CENTRED = range(6)


@dataclass(frozen=True)
class Decoded:
    """A decoded lane: the codes that networks see, and the values, shape (rows,) each."""

    codes: NDArray[Any]
    values: NDArray[Any]


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
        blob: what `lane_encoder` made.
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
