"""Some blocks of a tree whose bytes are read at one go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rootae.codec.decoder import Decoder, Request
    from rootae.container.blocks import StoredTree
    from rootae.reader.joined import Joined
    from rootae.schema.values import Values

__all__ = ["Batch", "Part"]

_BYTES_AT_ONCE = 32 << 20  # of blobs


class Part(NamedTuple):
    """What is asked of one block, and the bytes that it takes.

    Arguments:
        block: its number.
        decoder: its decoder.
        request: the columns, as the decoder names them.
        blobs: the bytes of the request's blobs.
    """

    block: int
    decoder: Decoder
    request: Request
    blobs: Sequence[Any]

    def decode(self, joined: Joined | None, threads: int) -> dict[str, Values]:
        """Decode the columns.

        Arguments:
            joined: where values lie in the end; without one they are kept by the decoder.
            threads: how many may be at work on it.

        Raises:
            CorruptError: the block is damaged.
        """
        into = None if joined is None else joined.memory(self.block)
        keep = joined is None
        return self.decoder.run(self.request, self.blobs, keep=keep, into=into, threads=threads)


class Batch:
    """Columns of blocks that follow one another.

    Arguments:
        stored: the tree's blocks.
        names: the columns.
    """

    def __init__(self, stored: StoredTree, names: Sequence[str]) -> None:
        self._stored = stored
        self._names = names
        self._asked: list[tuple[int, Decoder, Request]] = []
        self._size = 0

    def add(self, block: int, decoder: Decoder) -> None:
        """Ask for a block's columns: nothing is read yet."""
        request = decoder.request(self._names)
        self._asked.append((block, decoder, request))
        self._size += int(self._stored.directory(block).sizes[request.blobs].sum())

    @property
    def is_full(self) -> bool:
        """Say whether there are enough bytes to read."""
        return self._size >= _BYTES_AT_ONCE

    @property
    def blocks(self) -> list[int]:
        """Return the numbers of its blocks."""
        return [block for block, _, _ in self._asked]

    def read(self) -> Iterator[Part]:
        """Read the bytes of all blocks, and yield these.

        Raises:
            CorruptError: a block is damaged, where decoders do not find out themselves.
        """
        wanted = [(block, request.blobs) for block, _, request in self._asked]
        they_check = all(decoder.holds_sums for _, decoder, _ in self._asked)
        read: Any = self._stored.views if they_check else self._stored.fetch
        fetched = read(wanted)
        return (Part(*asked, blobs) for asked, blobs in zip(self._asked, fetched, strict=True))
