"""The second check of blocks: what lies in the finished file is what was checked before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rootae.codec.block import Block
from rootae.errors import CorruptError
from rootae.reader.cache import forget
from rootae.schema.bounds.bound import EXACT
from rootae.schema.bounds.deviation import held

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rootae.reader.tree import CodedTree
    from rootae.schema.bounds.bound import Bound
    from rootae.schema.values import Values

__all__ = ["Written", "hold_written"]


@dataclass
class Written:
    """What a tree's blocks were when every value of theirs had been held against its bound.

    Arguments:
        blocks: the fingerprint of each.
        errors: the largest error of each column.
        smallest: number of the block with the fewest entries.
        values: what that block was made of, by column.
    """

    blocks: list[bytes] = field(default_factory=list)
    errors: dict[str, float] = field(default_factory=dict)
    smallest: int = -1
    values: dict[str, Values] = field(default_factory=dict)
    _entries: int = 0

    def add(
        self,
        block: Block,
        codec: bytes,
        values: Mapping[str, Values],
        errors: Mapping[str, float],
    ) -> None:
        """Take down one block.

        Arguments:
            block: the block, which was checked.
            codec: the id of its codec.
            values: what it was made of.
            errors: the largest error of each column.
        """
        if self.smallest < 0 or block.entries < self._entries:
            self.smallest, self._entries = len(self.blocks), block.entries
            self.values = dict(values)
        self.blocks.append(_fingerprint(block, codec))
        for name, error in errors.items():
            self.errors[name] = max(self.errors.get(name, 0.0), error)


def hold_written(
    mine: CodedTree,
    written: Written,
    bounds: Mapping[str, Bound],
    where: str,
    advance: Callable[[int], None],
) -> dict[str, float]:
    """Hold a file's blocks against what was checked before they were written.

    All bytes are read and compared; values, which were checked, are decoded in one block only, to
    prove that this file's own codec and directory give them back.

    Arguments:
        mine: the coded columns of the tree in the finished file.
        written: what was checked.
        bounds: of the coded columns.
        where: file and tree, for messages.
        advance: told the number of entries that are done.

    Returns:
        The largest error of each column.

    Raises:
        BoundError: a value is outside its bound.
        CorruptError: a block is another than the one that was checked.
    """
    stored = mine.stored
    if len(stored.entries) != len(written.blocks):
        msg = f"{where} has {len(stored.entries)} blocks, {len(written.blocks)} were written"
        raise CorruptError(msg)
    for block, checked in enumerate(written.blocks):
        mine.check_places(block)
        found = stored.directory(block)
        (blobs,) = stored.fetch([(block, range(len(found.sizes)))])
        there = Block(found.entries, found.rows, found.most, tuple(blobs), found.modes)
        if _fingerprint(there, stored.codec_of(block).digest) != checked:
            msg = f"{where}, block {block}: it is another than was checked before it was written"
            raise CorruptError(msg)
        advance(found.entries)
    if written.blocks:
        start, stop = (int(x) for x in stored.starts[written.smallest : written.smallest + 2])
        for name, returned in mine.decode([*written.values], start, stop).items():
            held(written.values[name], returned, bounds.get(name, EXACT), (where, name))
        forget(mine)
    return {name: written.errors.get(name, 0.0) for name in bounds}


def _fingerprint(block: Block, codec: bytes) -> bytes:
    """Return the sha256 of everything that a block is decoded from."""
    whole = hashlib.sha256(codec)
    sizes = [block.entries, *block.rows, *block.most, *map(len, block.blobs)]
    whole.update(b"".join(n.to_bytes(8, "little") for n in sizes))
    for part in (block.modes, *block.blobs):
        whole.update(part)
    return whole.digest()
