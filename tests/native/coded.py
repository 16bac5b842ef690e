"""Streams, pages, runs and lanes as the native core reads them: numbers, or None for damage."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, NamedTuple

import cramjam
import numpy as np
from native.core import CORRUPT, surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["GRID", "OF_BITS", "RULE", "TYPES", "Lane", "Stored", "frame", "lane", "page"]
__all__ += ["runs", "same", "spoilt", "stream"]

INTEGERS = [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
TYPES = ["bool", *INTEGERS, "float32", "float64"]  # in the native core's order
GRID, OF_BITS, RULE = range(3)  # what applies to a lane's codes
SIZE, DAMAGED, GUARD = ctypes.c_size_t, 2**64 - 1, 0x5A


def _unpack(data: int, size: int, out: int, room: int) -> int:
    """Decompress frames into memory, as an embedder does."""
    memory = (ctypes.c_uint8 * room).from_address(out)
    try:
        return int(cramjam.zstd.decompress_into(ctypes.string_at(data, size), memoryview(memory)))
    except cramjam.DecompressionError:
        return DAMAGED


zstd = ctypes.CFUNCTYPE(SIZE, ctypes.c_void_p, SIZE, ctypes.c_void_p, SIZE)(_unpack)


def _called(name: str, data: bytes, *rest: Any) -> bool:
    """Say whether a function found its bytes right; arrays are passed on as their addresses."""
    function: Callable[..., int] = getattr(surface(), name)
    arrays = [ctypes.c_void_p(x.ctypes.data) if isinstance(x, np.ndarray) else x for x in rest]
    wrong = function(data, SIZE(len(data)), *arrays)
    assert wrong in (0, CORRUPT)
    return not wrong


def _guarded(n: int, dtype: type[Any]) -> NDArray[Any]:
    return np.full(n + 1, GUARD, dtype)


def _whole(is_right: bool, out: NDArray[Any]) -> NDArray[Any] | None:
    """Return what was read, for which nothing behind it may have been written."""
    assert out[-1] == GUARD
    return out[:-1] if is_right else None


def stream(data: bytes, n: int) -> NDArray[np.int64] | None:
    """Read a stream of n integers."""
    out = _guarded(n, np.int64)
    return _whole(_called("rootae_test_stream", data, zstd, SIZE(n), out), out)


def page(body: bytes, n: int) -> NDArray[np.uint64] | None:
    """Read the body of a stream of the kind 1, of n >= 1 numbers."""
    out = _guarded(n, np.uint64)
    return _whole(_called("rootae_test_page", body, SIZE(n), out), out)


def frame(data: bytes, n: int) -> bytes | None:
    """Read a zstd frame of n bytes."""
    out = _guarded(n, np.uint8)
    found = _whole(_called("rootae_test_frame", data, zstd, SIZE(n), out), out)
    return None if found is None else found.tobytes()


def runs(data: bytes, contexts: NDArray[Any]) -> NDArray[np.int64] | None:
    """Read runs in contexts of one, two or four bytes."""
    n, width = SIZE(len(contexts)), SIZE(contexts.itemsize)
    out = _guarded(len(contexts), np.int64)
    return _whole(_called("rootae_test_runs", data, zstd, contexts, width, n, out), out)


class Stored(NamedTuple):
    """A lane as it is stored, and what its codes are made of besides.

    Arguments:
        mode, blob, rows: as in a block.
        dtype: of the column.
        by_bits: whether its own grid is `bits`.
        contexts, centre, predicted: shape (rows,), or None.
    """

    mode: int
    blob: bytes
    rows: int
    dtype: str
    by_bits: bool = False
    contexts: NDArray[Any] | None = None
    centre: NDArray[np.int64] | None = None
    predicted: NDArray[np.int64] | None = None


class Lane(NamedTuple):
    """A decoded lane.

    Arguments:
        codes: shape (rows,).
        applies: `GRID`, `OF_BITS` or `RULE`.
        at, raw: rows and values of its escapes.
    """

    codes: NDArray[np.int64]
    applies: int
    at: NDArray[np.int64]
    raw: NDArray[Any]


def lane(stored: Stored) -> Lane | None:
    """Read a lane."""
    rows, size = stored.rows, np.dtype(stored.dtype).itemsize
    codes, at = _guarded(rows, np.int64), _guarded(rows, np.int64)
    raw = _guarded(rows * size, np.uint8)
    applies, escapes = np.zeros(1, np.int32), np.zeros(1, np.uint64)
    plan = (stored.mode, SIZE(rows), TYPES.index(stored.dtype), int(stored.by_bits))
    width = SIZE(1 if stored.contexts is None else stored.contexts.itemsize)
    given = (stored.contexts, width, stored.centre, stored.predicted)
    out = (codes, applies, escapes, at, raw)
    if not _called("rootae_test_lane", stored.blob, zstd, *plan, *given, *out):
        return None
    assert codes[-1] == at[-1] == raw[-1] == GUARD
    k = int(escapes[0])
    return Lane(codes[:-1], int(applies[0]), at[:k], raw[: k * size].view(stored.dtype))


def same(one: NDArray[Any] | None, other: NDArray[Any] | None) -> bool:
    """Say whether two readers found the same numbers, or both found damage."""
    if one is None or other is None:
        return one is other
    return bool(np.array_equal(one.astype(np.int64), other.astype(np.int64)))


def spoilt(data: bytes, rng: np.random.Generator) -> bytes:
    """Return bytes with a few of them changed, mostly first ones, or some missing or too many."""
    bad = bytearray(data)
    for _ in range(rng.integers(1, 4)):
        at = rng.integers(min(len(bad), 24 if rng.integers(3) else 10**9))
        bad[at] = rng.integers(256) if rng.integers(2) else bad[at] ^ 1 << rng.integers(8)
    match rng.integers(12):
        case 0:
            del bad[rng.integers(len(bad)) :]
        case 1:
            bad += bytes(rng.integers(1, 3))
    return bytes(bad)
