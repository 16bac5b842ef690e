"""Of pcodec, what export/FORMAT.md has, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pcodec import ChunkConfig, DeltaSpec, ModeSpec, PagingSpec, wrapped
from reference.pages import page

from rootae.codec.streams import stream
from rootae.codec.streams.kind import THOROUGH
from rootae.codec.streams.kinds.pco import Pco
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = wrapped.FileCompressor()
RNG = np.random.default_rng(0)
RECURRING = np.concatenate(  # soon after one another
    [RNG.permutation(np.repeat(u, 2)) for u in RNG.integers(0, 2**31, (10, 60), np.uint32)]
)
SMOOTH = np.rint(3e8 * (1 + np.sin(np.arange(2000) / 9))).astype(np.uint32)
MULTIPLES = RNG.integers(0, 2**20, 900).astype(np.uint32) * np.uint32(1000)


def body(u: NDArray[Any], delta: Any = None, mode: Any = None) -> bytes:
    config = ChunkConfig(
        compression_level=9,
        delta_spec=delta or DeltaSpec.no_op(),
        mode_spec=mode or ModeSpec.classic(),
        paging_spec=PagingSpec.exact_page_sizes([len(u)]),
    )
    chunk = FILE.chunk_compressor(u, config)
    return bytes(b"\4" + FILE.write_header() + chunk.write_meta() + chunk.write_page(0))


def read(data: bytes, n: int) -> NDArray[np.uint32]:
    out = np.empty(n, np.uint32)
    Pco().decode(data, out)
    return out


@pytest.mark.parametrize("order", range(1, 8))
def test_consecutive_differences_of_any_order_are_read(order: int) -> None:
    for n in (1, order, order + 1, 256, 257, 256 + order, 1500):
        u = SMOOTH[:n]
        data = body(u, DeltaSpec.try_consecutive(order))
        assert read(data, n).tolist() == u.tolist() == page(data[1:], 32, n).tolist()


@pytest.mark.parametrize(
    ("u", "delta", "mode", "half", "value"),
    [
        (RECURRING, DeltaSpec.try_lookback(), None, 0xF0, 0x20),
        (SMOOTH, DeltaSpec.try_conv1(2), None, 0xF0, 0x30),
        (MULTIPLES, None, ModeSpec.try_int_mult(1000), 0x0F, 0x01),
        (RECURRING, None, ModeSpec.try_dict(), 0x0F, 0x04),
    ],
    ids=["lookback", "conv1", "int_mult", "dict"],
)
def test_what_else_pcodec_can_do_is_damage(
    u: NDArray[Any], delta: DeltaSpec | None, mode: ModeSpec | None, half: int, value: int
) -> None:
    data = body(u, delta, mode)
    assert data[3] & half == value, "pcodec did not take it"
    with pytest.raises(CorruptError, match="begins with"):
        read(data, len(u))


@pytest.mark.parametrize(
    ("at", "value"),
    [(0, 1), (0, 8), (1, 3), (1, 5), (2, 0), (2, 2), (4, 0x00), (4, 0x09)],
)
def test_another_header_order_or_flag_is_damage(at: int, value: int) -> None:
    data = bytearray(body(SMOOTH, DeltaSpec.try_consecutive(1)))
    assert data[4] & 15 == 1
    data[at] = value if at < 4 else data[at] & 0xF0 | value
    with pytest.raises(CorruptError):
        stream.decode(bytes([1, 0]) + bytes(data), len(SMOOTH))


def test_recurring_values_are_written_without_lookback() -> None:
    u = RECURRING.astype(np.uint64)
    config = body(RECURRING, DeltaSpec.auto())
    assert config[3] == 0x20, "pcodec looks back no more: take another sample"
    data = Pco().encode(u, int(u.max()), 1 << 62, THOROUGH)
    assert data is not None
    assert data[3] in (0x00, 0x10)
    assert read(data, len(u)).tolist() == u.tolist()
