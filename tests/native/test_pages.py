"""The native core's own decoder of pcodec's pages, beside pcodec and the second reader."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from native.coded import same, spoilt
from pcodec import ChunkConfig, DeltaSpec, ModeSpec, PagingSpec, wrapped
from reference.damage import Damaged
from reference.pages import page as reference

from native import coded
from rootae.codec.streams.kinds.pco import Pco
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = wrapped.FileCompressor()
ORDERS = range(8)
WIDTHS = [2, 4, 8]


def body(u: NDArray[Any], order: int = 0, level: int = 9) -> bytes:
    config = ChunkConfig(
        compression_level=level,
        delta_spec=DeltaSpec.try_consecutive(order) if order else DeltaSpec.no_op(),
        mode_spec=ModeSpec.classic(),
        paging_spec=PagingSpec.exact_page_sizes([len(u)]),
    )
    chunk = FILE.chunk_compressor(u, config)
    return b"".join([bytes([u.itemsize]), b"\4\1", chunk.write_meta(), chunk.write_page(0)])


def shapes(n: int, width: int, rng: np.random.Generator) -> list[NDArray[Any]]:
    """Return numbers whose pages have few and many bins, and offsets of no bits up to all."""
    most = 2 ** (8 * width) - 1
    wide = np.exp(rng.normal(size=n) * 6).astype(np.uint64)
    all_of_them = [
        rng.integers(0, most, n, dtype=np.uint64, endpoint=True),
        np.cumsum(rng.integers(0, 9, n)).astype(np.uint64),
        rng.choice(rng.integers(0, most, 7, dtype=np.uint64), n),
        wide % np.uint64(most),
        np.full(n, most, np.uint64),
    ]
    return [u.astype(f"u{width}") for u in all_of_them]


def read(data: bytes, n: int) -> NDArray[Any] | None:
    out = np.empty(n, np.uint64)
    try:
        if data[:1] not in (b"\2", b"\4", b"\x08"):
            return None
        Pco().decode(data, out)
    except CorruptError:
        return None
    return out


def read_slowly(data: bytes, n: int) -> NDArray[Any] | None:
    try:
        return reference(data[1:], 8 * data[0], n)
    except Damaged:
        return None


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("order", ORDERS)
def test_numbers_of_any_width_and_order_are_read(width: int, order: int) -> None:
    rng = np.random.default_rng(0)
    batches = {255, 256, 257, 256 + order, 257 + order, 511 + order, 512, 3000}
    for n in sorted({1, 2, 5, order, order + 1} - {0} | batches):
        for u in shapes(n, width, rng):
            for level in (1, 9):
                assert same(coded.page(body(u, order, level), n), u), f"{n} of {u[:3]}"


def test_many_bins_and_many_numbers_are_read() -> None:
    rng = np.random.default_rng(0)
    u = rng.permutation(np.repeat(rng.integers(0, 2**40, 4000, np.uint64), 20))
    for level in (8, 12):
        assert same(coded.page(body(u, 0, level), len(u)), u)


@functools.cache
def made() -> list[tuple[bytes, int]]:
    rng = np.random.default_rng(0)
    return [
        (body(u, order), n)
        for width in WIDTHS
        for order in (0, 1, 2, 7)
        for n in (1, order + 1, 256, 300)
        for u in shapes(n, width, rng)
    ]


@pytest.mark.parametrize(
    ("seed", "rounds"), [(0, 2000), pytest.param(1, 100_000, marks=pytest.mark.slow)]
)
def test_any_change_is_damage_to_all_or_to_none(seed: int, rounds: int) -> None:
    rng, taken = np.random.default_rng(seed), 0
    for _ in range(rounds):
        data, n = made()[rng.integers(len(made()))]
        bad = data[:3] + spoilt(data[3:], rng)
        more = max(1, n + int(rng.integers(-8, 9)) * (rng.integers(8) == 0))
        ours = coded.page(bad, more)
        assert same(ours, read(bad, more)), f"{more} of {bad.hex()}"
        assert same(ours, read_slowly(bad, more)), f"{more} of {bad.hex()}"
        taken += ours is not None
    assert 0 < taken < rounds


def test_every_cut_is_damage() -> None:
    for data, n in made():
        for size in range(0, len(data), 1 + len(data) // 60):
            assert coded.page(data[:size], n) is None
        assert coded.page(data[:-1], n) is None
