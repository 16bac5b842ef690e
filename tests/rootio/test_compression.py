"""What a tree, or a file of its classes, says of itself has a checksum that every reader checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import uproot
from uproot.source.chunk import Chunk
from uproot.source.cursor import Cursor

from rootae.rootio.compression import packed_header

if TYPE_CHECKING:
    from pathlib import Path

PIECE = 9  # bytes that say how what is behind them was compressed
LONG = (1 << 24) + 1000  # more than a piece can have
HEADERS = {
    "short": b"a branch, " * 20,
    "long": np.random.default_rng(0).integers(0, 3, LONG, np.uint8).tobytes(),
}


def unpacked(packed: bytes, size: int) -> bytes:
    """Return what uproot makes of it."""
    chunk = Chunk.wrap(None, np.frombuffer(packed, np.uint8))
    got = uproot.compression.decompress(chunk, Cursor(0), {}, len(packed), size)
    return bytes(got.raw_data)


@pytest.mark.parametrize("name", HEADERS)
def test_it_comes_back(name: str) -> None:
    whole = HEADERS[name]
    packed = packed_header(whole)
    assert len(packed) < len(whole)
    assert unpacked(packed, len(whole)) == whole


def test_no_byte_of_it_can_be_another() -> None:
    whole = bytes(np.random.default_rng(0).integers(0, 60, 500, np.uint8))
    packed = bytearray(packed_header(whole))
    for at in range(PIECE, len(packed)):
        packed[at] ^= 0x41
        with pytest.raises(Exception, match=r"."):  # of whatever kind zstd's binding has
            unpacked(bytes(packed), len(whole))
        packed[at] ^= 0x41


def test_what_does_not_get_smaller_is_left_as_it_is() -> None:
    whole = np.random.default_rng(0).bytes(40)
    assert packed_header(whole) == whole
    for size in range(12, 60):  # where the checksum makes the difference
        packed = packed_header(b"x" * size)
        assert len(packed) < size or packed == b"x" * size


def test_trees_and_classes_of_a_file_have_it(packed: Path) -> None:
    with uproot.open(packed) as file:
        key, first = file.key("Events"), int(file.file.fSeekInfo)
        data = packed.read_bytes()
        length = int.from_bytes(data[first + 14 : first + 16], "big")
        for start in (key.fSeekKey + key.fKeylen, first + length):
            assert data[start : start + 2] == b"ZS"
            assert data[start + PIECE + 4] & 4
