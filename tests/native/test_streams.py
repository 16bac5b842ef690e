"""The native core reads streams as both readers in Python do, and takes the same for damage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from native.coded import same, spoilt
from reference.damage import Damaged
from reference.streams import stream as reference
from rounds import rounds
from streamed import SAMPLES, SHAPES, written

from native import coded
from rootae.codec.streams import stream, zstd
from rootae.codec.streams.registry import KINDS
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MADE = [
    (kind.name, q, data)
    for kind in KINDS.values()
    for q in SAMPLES.values()
    if (len(q) or not kind.code) and (data := written(kind, q)) is not None
]


def read(data: bytes, n: int) -> NDArray[Any] | None:
    try:
        return stream.decode(data, n)
    except CorruptError:
        return None


def read_slowly(data: bytes, n: int) -> NDArray[Any] | None:
    try:
        return reference(data, n)
    except Damaged:
        return None


def test_samples_are_of_every_kind() -> None:
    assert {name for name, _, _ in MADE} == {kind.name for kind in KINDS.values()}


def test_every_kind_is_read() -> None:
    for name, q, data in MADE:
        assert same(coded.stream(data, len(q)), q), name


@given(SHAPES)
def test_any_integers_are_read(shapes: tuple[NDArray[Any], ...]) -> None:
    for q in shapes:
        for kind in KINDS.values():
            data = written(kind, q)
            assert data is None or same(coded.stream(data, len(q)), q)


def test_every_cut_is_damage() -> None:
    for name, q, data in MADE:
        for size in range(len(data)):
            assert coded.stream(data[:size], len(q)) is None, f"{name} cut at {size}"


def test_bytes_behind_are_damage() -> None:
    for name, q, data in MADE:
        for more in (b"\0", b"\xff", data, zstd.compress(b""), b"\x50\x2a\x4d\x18\0\0\0\0"):
            assert coded.stream(data + more, len(q)) is None, name


def test_of_another_length_are_read_by_both_or_by_neither() -> None:
    for _, q, data in MADE:
        for n in {0, 1, 7, 8, 9, 255, len(q) // 2, len(q) - 1, len(q) + 1, len(q) + 256} - {-1}:
            assert same(coded.stream(data, n), read(data, n)), data.hex()


@given(st.binary(max_size=60), st.integers(0, 100))
def test_any_bytes_are_read_by_all_or_by_none(data: bytes, n: int) -> None:
    ours = coded.stream(data, n)
    assert same(ours, read(data, n))
    assert same(ours, read_slowly(data, n))


@rounds(1500, 40_000)
def test_any_change_is_damage_to_all_or_to_none(seed: int, rounds: int) -> None:
    rng, taken = np.random.default_rng(seed), 0
    for _ in range(rounds):
        _, q, data = MADE[rng.integers(len(MADE))]
        bad = spoilt(data, rng)
        ours = coded.stream(bad, len(q))
        assert same(ours, read(bad, len(q))), bad.hex()
        assert same(ours, read_slowly(bad, len(q))), bad.hex()
        taken += ours is not None
    assert 0 < taken < rounds


CONTENT = bytes(np.random.default_rng(0).integers(0, 9, 300, np.uint8))


def test_frames_of_any_level_and_size_are_read() -> None:
    for content in (b"", b"x", CONTENT, CONTENT * 3000, bytes(10**6)):
        for level in (1, 9, 22):
            data = zstd.compress(content, level)
            assert coded.frame(data, len(content)) == content
            for size in {len(content) - 1, len(content) + 1, 0} - {-1, len(content)}:
                assert coded.frame(data, size) is None


def test_two_frames_and_skippable_ones_are_damage() -> None:
    whole, skipped = zstd.compress(CONTENT), b"\x50\x2a\x4d\x18\1\0\0\0x"
    for data in (whole + zstd.compress(b""), whole + skipped, skipped + whole, b""):
        assert coded.frame(data, len(CONTENT)) is None
    assert coded.frame(whole[:150] + whole, len(CONTENT)) is None


@pytest.mark.parametrize(("number", "right"), [(0, True), (7, False)])
def test_a_frame_that_needs_a_dictionary_is_damage(number: int, right: bool) -> None:
    whole = zstd.compress(CONTENT)
    data = whole[:4] + bytes([whole[4] | 1]) + bytes([number]) + whole[5:]
    if not whole[4] >> 5 & 1:  # behind the window
        data = whole[:4] + bytes([whole[4] | 1, whole[5], number]) + whole[6:]
    assert (coded.frame(data, len(CONTENT)) == CONTENT) is right
    if right:
        assert zstd.decompress(data, len(CONTENT)) == CONTENT
    else:
        with pytest.raises(CorruptError):
            zstd.decompress(data, len(CONTENT))


@rounds(1500, 40_000)
def test_any_change_of_a_frame_is_damage_to_both_or_to_neither(seed: int, rounds: int) -> None:
    rng, taken = np.random.default_rng(seed), 0
    for content in (CONTENT, bytes(5000), CONTENT * 10):
        whole = zstd.compress(content)
        for _ in range(rounds // 3):
            bad = spoilt(whole, rng)
            try:
                theirs = zstd.decompress(bad, len(content))
            except CorruptError:
                theirs = None
            ours = coded.frame(bad, len(content))
            assert ours == theirs, bad.hex()
            taken += ours is not None
    assert taken < rounds
