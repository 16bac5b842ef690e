"""A block's directory comes back as it was written, and damage to it is noticed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootae.codec.block import Block
from rootae.codec.directory import Directory, beginning, block_id, directory
from rootae.codec.layout import Layout
from rootae.errors import CorruptError, UnsupportedError

ID = bytes(range(32))


class Sizes(Layout):
    """What a directory needs of a layout: how many groups, blobs and lanes there are."""

    def __init__(self, groups: int, blobs: int, lanes: int) -> None:
        self.groups = {f"n{number}": number for number in range(groups)}
        self.lane_blobs = list(range(lanes))
        self.blobs = blobs


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    lanes = draw(st.integers(0, 6))
    blobs = draw(st.lists(st.binary(max_size=20), min_size=lanes, max_size=lanes + 2))
    rows = draw(st.lists(st.integers(0, 2**31), max_size=3))
    most = draw(st.lists(st.integers(0, 2**31), min_size=len(rows), max_size=len(rows)))
    entries = draw(st.integers(0, 2**40 - 1))
    modes = bytes(draw(st.lists(st.integers(0, 255), min_size=lanes, max_size=lanes)))
    return Block(entries, tuple(rows), tuple(most), tuple(blobs), modes)


def layout_of(block: Block) -> Sizes:
    return Sizes(len(block.rows), len(block.blobs), len(block.modes))


@given(blocks())
def test_a_directory_says_what_was_written(block: Block) -> None:
    head = directory(block, ID)
    found = Directory.read(head, layout_of(block), "here")
    assert beginning(head) == (ID, block.entries)
    assert (found.entries, found.rows, found.modes) == (block.entries, block.rows, block.modes)
    assert found.most == block.most
    assert found.sizes.tolist() == [len(b) for b in block.blobs]
    together = b"".join(block.blobs)
    cut = [together[a:b] for a, b in zip(found.starts[:-1], found.starts[1:], strict=True)]
    assert cut == list(block.blobs)


@given(blocks(), st.data())
def test_a_changed_byte_is_damage(block: Block, data: st.DataObject) -> None:
    head = bytearray(directory(block, ID))
    at = data.draw(st.integers(0, len(head) - 1))
    head[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CorruptError, match=r"here: .* damaged"):
        Directory.read(bytes(head), layout_of(block), "here")


@given(blocks(), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_another_plan_s_directory_is_damage(
    block: Block, groups: int, blobs: int, lanes: int
) -> None:
    right = layout_of(block)
    other = Sizes(len(right.groups) + groups, right.blobs + blobs, len(right.lane_blobs) + lanes)
    if 12 * groups + 8 * blobs + lanes:
        with pytest.raises(CorruptError, match="bytes: the file is damaged"):
            Directory.read(directory(block, ID), other, "here")


def test_impossible_numbers_are_damage() -> None:
    huge = Block(5, (2**31 + 1,), (1,), (), b"")
    with pytest.raises(CorruptError, match="announces 2147483649 rows"):
        Directory.read(directory(huge, ID), Sizes(1, 0, 0), "here")
    with pytest.raises(CorruptError, match="impossible number of entries"):
        beginning(directory(Block(2**40, (), (), (), b""), ID))
    with pytest.raises(CorruptError, match="impossible number of entries"):
        beginning(ID)


def test_a_blob_of_four_gigabytes_is_refused() -> None:
    class Large(bytes):
        def __len__(self) -> int:
            return 1 << 32

    with pytest.raises(UnsupportedError, match="a column takes 4294967296 bytes"):
        directory(Block(1, (1,), (1,), (Large(),), b"\0"), ID)


def test_a_block_s_id_is_never_nothing() -> None:
    rng = np.random.default_rng(0)
    assert all(block_id(rng.bytes(8)) > 0 for _ in range(100))
