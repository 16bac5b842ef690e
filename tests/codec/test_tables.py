"""A codec's tables come back, and what is none is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootae.codec.streams import stream, zstd
from rootae.codec.tables import pack, unpack
from rootae.errors import CorruptError

INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.integers(-200, 200)


@given(st.lists(st.lists(INTEGERS, max_size=20), max_size=5))
def test_any_whole_numbers_come_back(tables: list[list[int]]) -> None:
    found = unpack(pack([np.array(t, np.int64) for t in tables]))
    assert [t.tolist() for t in found] == tables
    assert all(t.dtype == np.int64 for t in found)


@pytest.mark.parametrize(("most", "width"), [(127, 1), (128, 2), (-(2**31), 4), (2**31, 8)])
def test_a_table_takes_as_few_bytes_a_number_as_its_largest_needs(most: int, width: int) -> None:
    cursor = stream.Cursor(pack([np.array([0, most])]))
    size = cursor.varint()
    (part,) = stream.split(zstd.decompress(cursor.rest(), size))
    assert part[0] == width
    assert len(part) == 1 + 2 * width


@pytest.mark.parametrize("part", [b"", b"\3\0\0\0", b"\2\0", b"\4\0\0\0\0\0", b"\0"])
def test_what_holds_no_whole_numbers_is_refused(part: bytes) -> None:
    joined = stream.join([part])
    with pytest.raises(CorruptError, match="no whole numbers"):
        unpack(stream.varint(len(joined)) + zstd.compress(joined, 1))


def test_more_numbers_than_any_codec_has_are_refused_before_they_take_memory() -> None:
    joined = stream.join([b"\1" + bytes(2**23), b"\1" + bytes(2**23 + 1)])
    with pytest.raises(CorruptError, match="over 16777216 numbers"):
        unpack(stream.varint(len(joined)) + zstd.compress(joined, 1))
    with pytest.raises(CorruptError, match="announces 67108865 bytes"):
        unpack(stream.varint(2**26 + 1))
