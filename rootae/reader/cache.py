"""Decoded blocks, kept for a while: each opened file has its own, all share one limit."""

from __future__ import annotations

import itertools
import threading
import weakref
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from rootae.codec.decoder import Decoder

__all__ = ["FileBlocks", "blocks_of", "cache", "forget"]

Key: TypeAlias = "tuple[int, int]"  # a number for the opened tree, and the block
_BLOCKS = "_rootae_blocks"  # where a file keeps them
_AT_LEAST = 2  # blocks that are kept, whatever they take


class BlockCache:
    """Bounds what the decoded blocks of all files take together; it holds none of them itself.

    Arguments:
        limit: bytes of decoded values to keep.
        at_once: bytes to keep of the blocks that one request spans: columns are asked for one
            after the other, and each would find the blocks gone that the last one decoded.
    """

    def __init__(self, limit: int = 128 << 20, at_once: int = 2 << 30) -> None:
        self.limit = limit
        self.at_once = at_once
        self.lock = threading.RLock()
        self._size = 0
        self._sizes: OrderedDict[Key, int] = OrderedDict()  # what was used last comes last
        self._owners: weakref.WeakValueDictionary[Key, FileBlocks] = weakref.WeakValueDictionary()

    def note(self, owner: FileBlocks, key: Key, size: int, span: range) -> None:
        """Take down that a block was used, and drop those that were not for the longest time.

        Arguments:
            owner: what holds it.
            key: which.
            size: its bytes.
            span: the blocks of the same tree that are being read with it.
        """
        self._size += size - self._sizes.pop(key, 0)
        self._sizes[key] = size
        self._owners[key] = owner
        while self._size > self.limit and len(self._sizes) > _AT_LEAST:
            oldest = next(iter(self._sizes))
            # a request goes through its blocks in order: none behind the first is older
            if oldest[0] == key[0] and oldest[1] in span and self._size <= self.at_once:
                break
            self._drop(oldest)

    def forget(self, key: Key) -> None:
        """Strike a block out."""
        self._size -= self._sizes.pop(key, 0)
        self._owners.pop(key, None)

    def _drop(self, key: Key) -> None:
        owner = self._owners.get(key)
        self.forget(key)
        if owner is not None:
            owner.drop(key)

    def clear(self) -> None:
        """Drop all blocks of all files."""
        with self.lock:
            for key in list(self._sizes):
                self._drop(key)


cache = BlockCache()


class FileBlocks:
    """The decoded blocks of one opened file; they are gone with it.

    Arguments:
        limits: what bounds them together with those of other files.
    """

    _numbers = itertools.count()

    def __init__(self, limits: BlockCache = cache) -> None:
        self._limits = limits
        self._blocks: dict[Key, Decoder] = {}

    def __reduce__(self) -> tuple[type[FileBlocks], tuple[()]]:
        """Travel to other processes as an empty one."""
        return FileBlocks, ()

    def number(self) -> int:
        """Return a number that no other opened tree has."""
        return next(self._numbers)

    def get(self, key: Key) -> Decoder | None:
        """Return a block's decoder if it is kept."""
        return self._blocks.get(key)

    def keep(self, key: Key, decoder: Decoder, span: range) -> None:
        """Keep a block's decoder, which has just been used.

        Arguments:
            key: which block.
            decoder: its decoder.
            span: the blocks of the same tree that are being read with it.
        """
        with self._limits.lock:
            self._blocks[key] = decoder
            self._limits.note(self, key, decoder.nbytes, span)

    def drop(self, key: Key) -> None:
        """Let go of one block."""
        self._blocks.pop(key, None)

    def clear(self) -> None:
        """Let go of all blocks."""
        with self._limits.lock:
            for key in list(self._blocks):
                self._limits.forget(key)
                self.drop(key)


def forget(opened: Any) -> None:
    """Let go of the blocks that were decoded of a file.

    Arguments:
        opened: the file, or anything that uproot took from it.
    """
    blocks_of(opened.file).clear()


def blocks_of(file: Any) -> FileBlocks:
    """Return what keeps an opened file's decoded blocks, until it is closed."""
    if _BLOCKS not in file.__dict__:
        blocks = file.__dict__.setdefault(_BLOCKS, FileBlocks())
        file.source.__dict__["__exit__"] = _Closing(file.source, blocks)
    found: FileBlocks = file.__dict__[_BLOCKS]
    return found


class _Closing:
    """What closes an opened file: its decoded blocks go too.

    uproot calls its sources' `__exit__` by name, however a file comes to be closed.
    """

    def __init__(self, source: Any, blocks: FileBlocks) -> None:
        self._source = source
        self._blocks = blocks

    def __call__(self, *reason: object) -> None:
        self._blocks.clear()
        type(self._source).__exit__(self._source, *reason)
