from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rootae import streams
from rootae.errors import CorruptError

RNG = np.random.default_rng(0)
SAMPLES = {
    "empty": np.zeros(0, np.int64),
    "constant": np.full(9, -5),
    "bits": RNG.integers(0, 2, 900),
    "bytes": np.repeat(RNG.integers(0, 9, 30), 40),
    "small": RNG.integers(-300, 300, 500),
    "sorted": np.cumsum(RNG.integers(0, 9, 700)),
    "wide": RNG.integers(-(2**63), 2**63 - 1, 60),
    "extremes": np.array([-(2**63), 2**63 - 1, 0, -1]),
}
INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 300)


@pytest.mark.parametrize("name", SAMPLES)
def test_streams_are_a_round_trip(name):
    q = SAMPLES[name]
    back = streams.decode(streams.encode(q), len(q))
    assert back.dtype in (np.int32, np.int64)
    assert back.tolist() == q.tolist()


@given(arrays(np.int64, st.integers(0, 60), elements=INTEGERS))
def test_any_integers_are_a_round_trip(q):
    assert streams.decode(streams.encode(q), len(q)).tolist() == q.tolist()


@given(arrays(np.int32, st.integers(0, 300), elements=st.integers(0, 1)))
def test_flags_are_a_round_trip(q):
    assert streams.decode(streams.encode(q), len(q)).tolist() == q.tolist()


def test_a_constant_takes_a_few_bytes():
    assert len(streams.encode(np.full(10**5, 2**40))) < 10


@pytest.mark.parametrize("name", SAMPLES)
def test_a_stream_cut_at_any_byte_is_damage_or_n_numbers(name):
    q = SAMPLES[name]
    whole = streams.encode(q)
    for size in range(len(whole)):
        numbers_or_damage(whole[:size], len(q))


@pytest.mark.parametrize("name", SAMPLES)
def test_flipped_bytes_are_damage_or_n_numbers(name):
    q = SAMPLES[name]
    whole, rng = streams.encode(q), np.random.default_rng(1)
    for _ in range(400):
        data = bytearray(whole)
        for at in rng.integers(0, len(data), rng.integers(1, 4)):
            data[at] = rng.integers(0, 256)
        numbers_or_damage(bytes(data), len(q))


@given(st.binary(max_size=60), st.integers(0, 100))
def test_any_bytes_at_all_are_damage_or_n_numbers(data, n):
    numbers_or_damage(data, n)


def numbers_or_damage(data, n):
    try:
        numbers = streams.decode(data, n)
    except CorruptError:
        return
    assert len(numbers) == n


@given(st.integers(0, 2**64 - 1))
def test_varints_are_a_round_trip(value):
    assert streams.Cursor(streams.varint(value)).varint() == value


@given(st.integers(-(2**63), 2**63 - 1))
def test_signed_varints_are_a_round_trip(value):
    assert streams.Cursor(streams.svarint(value)).svarint() == value


@pytest.mark.parametrize("data", [b"\x80" * 11, b"\xff" * 9 + b"\x02", b"\x80" * 10 + b"\x01"])
def test_integers_of_over_64_bits_are_damage(data):
    with pytest.raises(CorruptError):
        streams.Cursor(data).varint()


@given(st.lists(st.binary(max_size=300), max_size=9))
def test_joined_parts_come_apart_again(parts):
    assert streams.split(streams.join(parts)) == parts


def test_more_parts_than_bytes_are_damage():
    with pytest.raises(CorruptError):
        streams.split(streams.varint(2**40))


@pytest.mark.parametrize("size", [0, 1, 99, 101])
def test_a_zstd_frame_of_another_size_is_damage(size):
    with pytest.raises(CorruptError):
        streams.unzstd(streams.zstd(b"x" * 100), size)
