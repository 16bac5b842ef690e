from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootae.codec.streams.cursor import Cursor, join, split, svarint, varint
from rootae.errors import CorruptError


@given(st.integers(0, 2**64 - 1))
def test_varints_are_a_round_trip(value: int) -> None:
    cursor = Cursor(varint(value))
    assert cursor.varint() == value
    assert cursor.rest() == b""


@given(st.integers(-(2**63), 2**63 - 1))
def test_signed_varints_are_a_round_trip(value: int) -> None:
    assert Cursor(svarint(value)).svarint() == value


@given(st.lists(st.integers(0, 2**64 - 1), max_size=9))
def test_varints_follow_one_another(values: list[int]) -> None:
    cursor = Cursor(b"".join(map(varint, values)))
    assert [cursor.varint() for _ in values] == values


@pytest.mark.parametrize("data", [b"\x80" * 11, b"\xff" * 9 + b"\x02", b"\x80" * 10 + b"\x01"])
def test_integers_of_over_64_bits_are_damage(data: bytes) -> None:
    with pytest.raises(CorruptError):
        Cursor(data).varint()


@given(st.binary(max_size=12), st.sampled_from(["byte", "varint", "svarint", "rest"]))
def test_any_bytes_are_read_or_damage(data: bytes, member: str) -> None:
    cursor = Cursor(data)
    try:
        getattr(cursor, member)()
    except CorruptError:
        return
    assert cursor.at <= len(data)


@pytest.mark.parametrize("n", [-1, 4, 2**62])
def test_more_bytes_than_there_are_are_damage(n: int) -> None:
    cursor = Cursor(b"abc")
    with pytest.raises(CorruptError):
        cursor.take(n)
    assert cursor.rest() == b"abc"


def test_an_integer_that_ends_early_is_damage() -> None:
    for data in (b"", b"\x80", b"\xff" * 3):
        with pytest.raises(CorruptError, match="early"):
            Cursor(data).varint()


@given(st.lists(st.binary(max_size=300), max_size=9))
def test_joined_parts_come_apart_again(parts: list[bytes]) -> None:
    assert split(join(parts)) == parts


def test_more_parts_than_bytes_are_damage() -> None:
    with pytest.raises(CorruptError):
        split(varint(2**40))


def test_bytes_behind_joined_parts_are_damage() -> None:
    with pytest.raises(CorruptError, match="1 bytes follow"):
        split(join([b"a", b"bc"]) + b"d")


@pytest.mark.parametrize("data", [b"\x80\x00", b"\xff\x00", b"\x81\x80\x00"])
def test_an_integer_is_no_longer_than_it_has_to_be(data: bytes) -> None:
    with pytest.raises(CorruptError, match="say nothing"):
        Cursor(data).varint()


@given(st.binary(max_size=40))
def test_any_bytes_come_apart_or_are_damage(data: bytes) -> None:
    try:
        parts = split(data)
    except CorruptError:
        return
    assert sum(map(len, parts)) < len(data)
