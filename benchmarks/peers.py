"""What people use today, at the same bounds: mantissas cut, SZ3, ZFP, and a grid with pcodec.

A `Peer` turns one column into bytes and back. SZ3 and ZFP know absolute bounds only, so relative
ones are absolute on the logarithm; signs, zeros and values that are not ordinary numbers go beside
it. Integers and exact columns take their lossless modes. `broken` counts what misses the bound.
"""

from __future__ import annotations

import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import uproot

from rootae.codec import lane, lane_encoder
from rootae.codec.grids.absolute import AbsGrid
from rootae.codec.grids.registry import grid_for
from rootae.codec.streams import stream
from rootae.schema.bounds.deviation import deviation
from rootae.source.tree import ROWS_AT_MOST

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from rootae.schema.bounds.bound import Bound

ROOT = {
    "ZLIB-1": uproot.ZLIB(1),
    "LZ4-4": uproot.LZ4(4),
    "ZSTD-5": uproot.ZSTD(5),
    "LZMA-9": uproot.LZMA(9),
}
_EXACT = 2.0**53  # whole numbers up to here are doubles


@dataclass(frozen=True)
class Peer:
    """Codes one column.

    Arguments:
        name: what it is called.
        encode: bytes of a column's values, shape (rows,), under a bound.
        decode: values from bytes, dtype, number of rows and bound.
    """

    name: str
    encode: Callable[[NDArray[Any], Bound], bytes]
    decode: Callable[[bytes, np.dtype[Any], int, Bound], NDArray[Any]]


def broken(x: NDArray[Any], y: NDArray[Any], bound: Bound) -> int:
    """Count the values that do not keep a bound."""
    return int(deviation(x, y, bound)[1].sum()) if x.shape == y.shape else max(len(x), 1)


def mantissa_bits(x: NDArray[Any], bound: Bound) -> int | None:
    """Return the fewest mantissa bits that keep a bound, None where nothing can be cut."""
    if x.dtype.kind != "f" or bound.kind == "exact":
        return None
    fits = (n for n in range(np.finfo(x.dtype).nmant) if not broken(x, cut_mantissa(x, n), bound))
    return next(fits, None)


def cut_mantissa(x: NDArray[Any], kept: int | None) -> NDArray[Any]:
    """Round a column to some mantissa bits."""
    if kept is None:
        return x
    integer = np.dtype(f"u{x.dtype.itemsize}")
    drop = np.finfo(x.dtype).nmant - kept
    half, mask = integer.type(1 << (drop - 1)), ~integer.type((1 << drop) - 1)
    y = ((x.view(integer) + half) & mask).view(x.dtype)
    finite = np.isfinite(x)
    return y if finite.all() else np.where(finite, y, x)


def basket_bytes(columns: dict[str, NDArray[Any]], compression: Any) -> int:
    """Return the bytes of all baskets of a flat tree written by uproot."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.root"
        with uproot.recreate(path, compression=compression) as file:
            tree = file.mktree("t", {k: v.dtype for k, v in columns.items()})
            tree.extend(columns)
        with uproot.open(path) as file:
            return sum(b.compressed_bytes for b in file["t"].branches)


def _sz3(x: NDArray[Any], tolerance: float) -> bytes:
    from pysz import sz, szConfig, szErrorBoundMode

    halves = x.dtype == np.int64 and bool((np.abs(x.astype(np.float64)) > _EXACT).any())
    x = x.view(np.int32) if halves else x  # SZ3 takes no wider integers
    config = szConfig(*x.shape)
    config.errorBoundMode = szErrorBoundMode.ABS
    config.absErrorBound = 0.5 if x.dtype.kind == "i" else tolerance  # 0 is lossless
    packed: bytes = sz.compress(x, config)[0].tobytes()
    return bytes([halves]) + packed


def _un_sz3(blob: bytes, dtype: np.dtype[Any], rows: int) -> NDArray[Any]:
    from pysz import sz

    halves, body = blob[0], np.frombuffer(blob, np.uint8, offset=1)
    shape, inner = (rows << halves,), np.dtype(np.int32) if halves else dtype
    y: NDArray[Any] = sz.decompress(body, inner, shape)[0].view(dtype)
    return y


def _zfp(x: NDArray[Any], tolerance: float) -> bytes:
    import zfpy

    bounded = {"tolerance": tolerance} if tolerance else {}  # without any it is lossless
    return bytes(zfpy.compress_numpy(x, **bounded))


def _un_zfp(blob: bytes, _dtype: np.dtype[Any], _rows: int) -> NDArray[Any]:
    import zfpy

    y: NDArray[Any] = zfpy.decompress_numpy(blob)
    return y


def _inner(dtype: np.dtype[Any], bound: Bound) -> np.dtype[Any]:
    """Return the type that SZ3 or ZFP is given: logarithms, or 4 or 8 bytes of the same kind."""
    if dtype.kind == "f":
        return np.dtype("f8") if bound.kind == "rel" and bound.error < 1e-4 else dtype
    small = dtype.itemsize < 4 or dtype == np.int32
    return np.dtype("i4" if small else "i8")


def _odd(x: NDArray[Any]) -> NDArray[np.intp]:
    """Return where NaN, infinities and -0.0 stand: they are kept verbatim."""
    if x.dtype.kind != "f":
        return np.zeros(0, np.intp)
    return np.flatnonzero(~np.isfinite(x) | ((x == 0) & np.signbit(x)))


def _logarithms(x: NDArray[Any], dtype: np.dtype[Any], error: float) -> tuple[NDArray[Any], float]:
    """Return logarithms of magnitudes and their tolerance, roundings taken off."""
    logs = np.log(np.where(x == 0, 1, np.abs(x)), dtype=np.float64).astype(dtype)
    rounding = 2 * float(np.spacing(np.abs(logs).max(initial=1))) + np.finfo(x.dtype).eps
    return logs, float(np.log1p(error)) - rounding


def _absolute(
    name: str,
    pack: Callable[[NDArray[Any], float], bytes],
    unpack: Callable[[bytes, np.dtype[Any], int], NDArray[Any]],
) -> Peer:
    """Make a peer of a coder that knows absolute bounds."""

    def encode(x: NDArray[Any], bound: Bound) -> bytes:
        if not len(x):
            return b""
        odd = _odd(x)
        beside = [zlib.compress(odd.tobytes()), x[odd].tobytes()]
        inner, tolerance = _inner(x.dtype, bound), bound.error
        x = np.where(np.isfinite(x), x, 0) if len(odd) else x
        if bound.kind == "rel" and x.dtype.kind == "f":
            beside += [zlib.compress(np.packbits(mask).tobytes()) for mask in (x < 0, x == 0)]
            x, tolerance = _logarithms(x, inner, bound.error)
        return stream.join([*beside, pack(np.ascontiguousarray(x, inner), tolerance)])

    def decode(blob: bytes, dtype: np.dtype[Any], rows: int, bound: Bound) -> NDArray[Any]:
        if not rows:
            return np.zeros(0, dtype)
        odd, values, *masks, body = stream.split(blob)
        y = unpack(body, _inner(dtype, bound), rows)
        if masks:
            negative, zero = (
                np.unpackbits(np.frombuffer(zlib.decompress(m), np.uint8), count=rows).view(bool)
                for m in masks
            )
            y = np.exp(y)
            np.negative(y, out=y, where=negative)
            y[zero] = 0
        y = y.astype(dtype)
        y[np.frombuffer(zlib.decompress(odd), np.intp)] = np.frombuffer(values, dtype)
        return y

    return Peer(name, encode, decode)


def _grid_encode(x: NDArray[Any], bound: Bound) -> bytes:
    grid = grid_for(bound, x[:: len(x) // ROWS_AT_MOST + 1])
    blocks = [x[a : a + ROWS_AT_MOST] for a in range(0, len(x), ROWS_AT_MOST)]
    seen = [lane_encoder.on_grid(b, grid, bound) for b in blocks]
    coded = [
        lane_encoder.encode(b, one.codes, one.wrong, grid)
        for b, one in zip(blocks, seen, strict=True)
    ]
    blobs = [bytes([one.mode]) + one.blob for one in coded]
    step = grid.step if isinstance(grid, AbsGrid) else 0.0
    return stream.join([np.float64(step).tobytes(), *blobs])


def _grid_decode(blob: bytes, dtype: np.dtype[Any], rows: int, bound: Bound) -> NDArray[Any]:
    head, *blobs = stream.split(blob)
    y = np.empty(rows, dtype)
    grid = grid_for(bound, y[:0])  # only the step of an absolute grid depends on values
    if isinstance(grid, AbsGrid):
        grid = AbsGrid(dtype.name, float(np.frombuffer(head)[0]))
    for i, one in enumerate(blobs):
        block = y[i * ROWS_AT_MOST : (i + 1) * ROWS_AT_MOST]
        block[:] = lane.decode(one[0], one[1:], len(block), grid).values
    return y


SZ3 = _absolute("SZ3", _sz3, _un_sz3)
ZFP = _absolute("ZFP", _zfp, _un_zfp)
GRID = Peer("grid + pcodec", _grid_encode, _grid_decode)
PEERS = (SZ3, ZFP, GRID)
