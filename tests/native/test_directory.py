"""Directories are read natively as in Python, and refused alike; so are checksums."""

from __future__ import annotations

import ctypes
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from codec.plan.test_check import TABLES, TREE
from hypothesis import given
from hypothesis import strategies as st
from native.core import surface
from native.plans import CORRUPT, TAKEN, Known

from rootae.codec.block import Block
from rootae.codec.directory import Directory, directory
from rootae.codec.layout import Layout
from rootae.codec.plan.plan import Plan
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Callable

ID = bytes(range(32))
LAYOUT = Layout(TREE)  # two groups, one with latents
BLOBS, LANES = LAYOUT.blobs, len(LAYOUT.within)
KNOWN = Known(Plan((TREE,)).to_json().encode(), TABLES, [(1, 4), (2, 2)])


def native(head: bytes) -> list[int] | None:
    """Return all numbers of a directory, None if it is refused."""
    numbers = np.zeros(len(head) + 100, np.uint64)
    written = np.zeros(1, np.uintp)
    found, why = KNOWN.call("surface_directory", head, ctypes.c_size_t(len(head)), numbers, written)
    assert found in (TAKEN, CORRUPT)
    assert (found == TAKEN) == (not why)
    return numbers[: int(written[0])].tolist() if found == TAKEN else None


def python(head: bytes) -> list[int] | None:
    try:
        found = Directory.read(head, LAYOUT, "here")
    except CorruptError:
        return None
    parts = [found.rows, found.most, found.sizes, found.sums, found.starts, found.modes]
    content = [*found.content], [*found.content.values()]
    return [found.entries, *(int(n) for part in (*parts, *content) for n in part)]


uint32 = st.integers(0, 2**32 - 1)


@st.composite
def heads(draw: st.DrawFn) -> bytes:
    blobs = draw(st.lists(st.binary(max_size=9), min_size=BLOBS, max_size=BLOBS))
    rows = draw(st.lists(st.integers(0, 2**31), min_size=2, max_size=2))
    most = draw(st.lists(uint32, min_size=2, max_size=2))
    modes = bytes(draw(st.lists(st.integers(0, 255), min_size=LANES, max_size=LANES)))
    block = Block(draw(st.integers(0, 2**40 - 1)), (*rows,), (*most,), tuple(blobs), modes)
    return directory(block, ID, draw(st.dictionaries(uint32, uint32, max_size=4)))


def summed(head: bytes) -> bytes:
    """Return a directory with the right checksum."""
    return head[:-4] + zlib.crc32(head[:-4]).to_bytes(4, "little")


@given(heads())
def test_directories_say_the_same(head: bytes) -> None:
    found = native(head)
    assert found is not None
    assert found == python(head)


@given(heads(), st.data())
def test_any_change_is_damage_to_both_or_to_neither(head: bytes, data: st.DataObject) -> None:
    changed, at = bytearray(head), data.draw(st.integers(0, len(head) - 1))
    changed[at] ^= data.draw(st.integers(1, 255))
    assert native(bytes(changed)) is None
    sound = summed(bytes(changed))
    assert native(sound) == python(sound)


@given(heads(), st.data())
def test_any_length_is_damage_to_both_or_to_neither(head: bytes, data: st.DataObject) -> None:
    cut = head[: data.draw(st.integers(0, len(head)))] + data.draw(st.binary(max_size=9))
    for one in (cut, summed(cut)):
        assert native(one) == python(one)


@given(st.binary(max_size=300))
def test_no_bytes_are_a_directory(head: bytes) -> None:
    assert native(head) is None
    assert python(head) is None


ENTRIES = {2**40 - 1: True, 2**40: False, 2**64 - 1: False}
ROWS = {2**31: True, 2**31 + 1: False, 2**64 - 1: False}


@pytest.mark.parametrize(("at", "number", "right"), [
    *((32, n, right) for n, right in ENTRIES.items()),
    *((40, n, right) for n, right in ROWS.items()), *((48, n, right) for n, right in ROWS.items()),
])  # fmt: skip
def test_impossible_numbers_are_damage(at: int, number: int, right: bool) -> None:
    block = Block(5, (5, 0), (0, 0), (b"",) * BLOBS, bytes(LANES))
    head = bytearray(directory(block, ID))
    head[at : at + 8] = number.to_bytes(8, "little")
    sound = summed(bytes(head))
    assert native(sound) == python(sound)
    assert (native(sound) is not None) == right


@pytest.mark.parametrize("count", [1, 2**29, 2**31, 2**32 - 1])
def test_more_branches_than_there_are_bytes_are_damage(count: int) -> None:
    block = Block(5, (5, 0), (0, 0), (b"",) * BLOBS, bytes(LANES))
    head = directory(block, ID)
    sound = summed(head[:-8] + count.to_bytes(4, "little") + head[-4:])
    assert native(sound) is None
    assert python(sound) is None


@given(st.binary(max_size=300), st.integers(0, 300))
def test_checksums_are_zlib_s(data: bytes, cut: int) -> None:
    checksum: Callable[..., int] = surface().surface_crc32
    checksum.restype = ctypes.c_uint32  # type: ignore[attr-defined]
    before = zlib.crc32(data[:cut])
    rest = data[cut:]
    assert checksum(rest, ctypes.c_size_t(len(rest)), ctypes.c_uint32(before)) == zlib.crc32(data)
    many = data * 50
    assert checksum(many, ctypes.c_size_t(len(many)), 0) == zlib.crc32(many)
