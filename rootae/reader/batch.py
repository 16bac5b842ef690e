"""Some blocks of a tree whose bytes are read at one go, and which are decoded side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rootae.codec.decoder import Decoder, Request
    from rootae.container.blocks import StoredTree
    from rootae.reader.joined import Joined
    from rootae.schema.values import Values

__all__ = ["Batch"]

_BYTES_AT_ONCE = 32 << 20  # of blobs


class _Part(NamedTuple):
    """What is asked of one block."""

    block: int
    decoder: Decoder
    request: Request


class Batch:
    """Columns of blocks that follow one another.

    Arguments:
        stored: the tree's blocks.
        names: the columns.
    """

    def __init__(self, stored: StoredTree, names: Sequence[str]) -> None:
        self._stored = stored
        self._names = names
        self._parts: list[_Part] = []
        self._size = 0

    def add(self, block: int, decoder: Decoder) -> None:
        """Ask for a block's columns: nothing is read yet."""
        request = decoder.request(self._names)
        self._parts.append(_Part(block, decoder, request))
        self._size += int(self._stored.directory(block).sizes[request.blobs].sum())

    @property
    def is_full(self) -> bool:
        """Say whether there are enough bytes to read."""
        return self._size >= _BYTES_AT_ONCE

    @property
    def blocks(self) -> list[int]:
        """Return the numbers of its blocks."""
        return [part.block for part in self._parts]

    def run(
        self, joined: Joined | None, threads: int
    ) -> Iterator[tuple[int, Decoder, dict[str, Values]]]:
        """Read and decode; yield block by block its number, what decoded it, and columns.

        Arguments:
            joined: where values lie in the end; without one they are kept by the decoders.
            threads: how many decode.

        Raises:
            CorruptError: a block is damaged.
        """
        wanted = [(p.block, p.request.blobs) for p in self._parts]
        they_check = all(p.decoder.holds_sums for p in self._parts)
        read: Any = self._stored.views if they_check else self._stored.fetch
        fetched = read(wanted)

        # more threads than blocks share these out: a file of one block gains, too
        inside = -(-threads // len(self._parts))

        def decode(i: int) -> dict[str, Values]:
            block, decoder, request = self._parts[i]
            into = None if joined is None else joined.memory(block)
            keep = joined is None
            return decoder.run(request, fetched[i], keep=keep, into=into, threads=inside)

        found = _side_by_side(decode, len(self._parts), threads)
        for (block, decoder, _), columns in zip(self._parts, found, strict=True):
            yield block, decoder, columns


def _side_by_side(
    decode: Callable[[int], dict[str, Values]], count: int, threads: int
) -> Iterator[dict[str, Values]]:
    if threads == 1 or count == 1:
        yield from map(decode, range(count))
        return
    with ThreadPoolExecutor(min(threads, count), "rootae") as pool:
        yield from pool.map(decode, range(count))
