from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from streamed import SAMPLES

from rootae.codec.streams import stream, zstd
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from numpy.typing import NDArray

INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 300)


@pytest.mark.parametrize("name", SAMPLES)
def test_streams_are_a_round_trip(name: str) -> None:
    q = SAMPLES[name]
    back = stream.decode(stream.encode(q), len(q))
    assert back.dtype in (np.int32, np.int64)
    assert back.tolist() == q.tolist()


@given(arrays(np.int64, st.integers(0, 60), elements=INTEGERS))
def test_any_integers_are_a_round_trip(q: NDArray[Any]) -> None:
    assert stream.decode(stream.encode(q), len(q)).tolist() == q.tolist()


@given(arrays(np.int32, st.integers(0, 300), elements=st.integers(0, 1)))
def test_flags_are_a_round_trip(q: NDArray[Any]) -> None:
    assert stream.decode(stream.encode(q), len(q)).tolist() == q.tolist()


def test_a_constant_takes_a_few_bytes() -> None:
    assert len(stream.encode(np.full(10**5, 2**40))) < 10


def test_a_stream_of_no_integers_is_two_zeros() -> None:
    assert stream.encode(np.zeros(0, int)) == b"\0\0"
    assert len(stream.decode(b"\0\0", 0)) == 0
    for data in (b"\0\2", stream.encode(np.arange(300)), stream.encode(SAMPLES["bits"])):
        with pytest.raises(CorruptError, match="of no integers"):
            stream.decode(data, 0)


@given(st.binary(max_size=60), st.integers(0, 100))
def test_any_bytes_at_all_are_damage_or_n_numbers(data: bytes, n: int) -> None:
    numbers_or_damage(data, n)


def numbers_or_damage(data: bytes, n: int) -> None:
    try:
        numbers = stream.decode(data, n)
    except CorruptError:
        return
    assert len(numbers) == n


ARRAYS = arrays(np.int64, st.integers(0, 20), elements=INTEGERS)
NARROW = arrays(np.int64, st.integers(0, 40), elements=st.integers(0, 70_000))


@given(st.lists(ARRAYS | NARROW, max_size=6), st.integers(-(2**33), 2**33))
def test_several_streams_are_read_as_one_by_one(values: list[NDArray[Any]], shift: int) -> None:
    values = [q + shift for q in values]  # which may wrap
    parts, counts = [stream.encode(q) for q in values], [len(q) for q in values]
    together = stream.decode_all(parts, counts)
    assert together.dtype in (np.int32, np.int64)
    assert together.tolist() == [v for q in values for v in q.tolist()]
    apart = [stream.decode(p, n) for p, n in zip(parts, counts, strict=True)]
    assert together.tolist() == [v for q in apart for v in q.tolist()]


def test_streams_of_every_kind_and_width_are_read_together() -> None:
    values = [*SAMPLES.values()] * 2
    together = stream.decode_all([stream.encode(q) for q in values], [len(q) for q in values])
    assert together.tolist() == np.concatenate(values).tolist()


@pytest.mark.parametrize("low", [0, 2**30 - 1, 2**30, -(2**30), 2**31, -(2**31), -(2**63)])
def test_minima_near_the_ends_of_int32_do_not_overflow(low: int) -> None:
    values = [np.array([low, low + 1, low + 200]), np.array([0, 70_000]), np.array([low] * 5)]
    together = stream.decode_all([stream.encode(q) for q in values], [3, 2, 5])
    assert together.tolist() == np.concatenate(values).tolist()


@given(st.lists(st.tuples(st.binary(max_size=30), st.integers(0, 40)), max_size=4))
def test_any_bytes_as_several_streams_are_damage_or_as_many_numbers(
    pairs: list[tuple[bytes, int]],
) -> None:
    try:
        numbers = stream.decode_all([p for p, _ in pairs], [n for _, n in pairs])
    except CorruptError:
        return
    assert len(numbers) == sum(n for _, n in pairs)


@pytest.mark.parametrize("size", [0, 1, 99, 101])
def test_a_zstd_frame_of_another_size_is_damage(size: int) -> None:
    with pytest.raises(CorruptError):
        zstd.decompress(zstd.compress(b"x" * 100), size)


def test_what_was_read_stays_when_more_is_read() -> None:
    some, other = np.arange(5000) % 700, np.arange(5000) % 13
    first = stream.decode(stream.encode(some), 5000)
    stream.decode(stream.encode(other), 5000)
    assert first.tolist() == some.tolist()
    empty = stream.decode_all([stream.encode(other), stream.encode(np.full(9, 4))], [5000, 9])
    assert empty[-9:].tolist() == [4] * 9
