"""Blocks decoded one after the other or side by side, and bytes read ahead of them."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rootae.codec.decoder import Decoder
    from rootae.reader.batch import Batch, Part
    from rootae.reader.joined import Joined
    from rootae.schema.values import Values

__all__ = ["decoded"]

Decoded: TypeAlias = "tuple[int, Decoder, dict[str, Values]]"
Check: TypeAlias = "Callable[..., None]"


def decoded(
    batches: Iterator[Batch], check: Check, joined: Joined | None, count: int, threads: int
) -> Iterator[Decoded]:
    """Yield block by block its number, what decoded it, and columns.

    Arguments:
        batches: the blocks.
        check: is called with the numbers of a batch's blocks before any of these is given out.
        joined: where values lie in the end; without one they are kept by the decoders.
        count: how many blocks there are in all batches.
        threads: how many decode.

    Raises:
        CorruptError: a block is damaged; those before it were given out.
    """
    if threads == 1:
        for batch in batches:
            check(*batch.blocks)
            for part in batch.read():
                yield part.block, part.decoder, part.decode(joined, 1)
        return
    with ThreadPoolExecutor(threads, "rootae") as pool:
        ahead = _Ahead(batches, check, joined, _shares(count, threads), pool)
        try:
            yield from ahead.run(threads)
        finally:
            pool.shutdown(cancel_futures=True)


def _shares(count: int, threads: int) -> Iterator[int]:
    """Yield how many threads are at work on each block: some share the last ones out."""
    alone = count - count % threads
    yield from [1] * alone
    while True:
        yield -(-threads // max(count - alone, 1))


class _Ahead:
    """Decodes in threads; bytes of one batch are read while the one before it is decoded.

    A file is read by one thread at a time, and asked for the same as by one thread alone. What goes
    wrong shows in its turn.

    Arguments:
        batches: the blocks.
        check: of a batch's blocks.
        joined: where values lie in the end.
        shares: how many threads are at work on each block.
        pool: the threads.
    """

    def __init__(
        self,
        batches: Iterator[Batch],
        check: Check,
        joined: Joined | None,
        shares: Iterator[int],
        pool: ThreadPoolExecutor,
    ) -> None:
        self._batches = batches
        self._check = check
        self._joined = joined
        self._shares = shares
        self._pool = pool
        self._coming: tuple[Batch, Future[Iterator[Part]]] | None = None
        self._under_way: deque[Future[Decoded]] = deque()

    def run(self, threads: int) -> Iterator[Decoded]:
        """Yield what is decoded, block by block."""
        self._begin()
        while True:
            while self._coming is not None and len(self._under_way) <= threads:
                self._take(*self._coming)
            if not self._under_way:
                return
            yield self._under_way.popleft().result()

    def _begin(self) -> None:
        """Have the next batch read."""
        self._coming = None
        batch = next(self._batches, None)
        if batch is not None:
            self._coming = batch, self._pool.submit(batch.read)

    def _take(self, batch: Batch, reading: Future[Iterator[Part]]) -> None:
        """Have a batch decoded, and the next one read."""
        wait([reading])
        later: Exception | None = None
        try:
            self._check(*batch.blocks)
            parts = reading.result()
        except Exception as error:  # raised in its turn
            self._coming = None
            self._fail(error)
            return
        try:
            self._begin()
        except Exception as error:
            later = error
        for part in parts:
            self._under_way.append(self._pool.submit(self._decode, part, next(self._shares)))
        if later is not None:
            self._fail(later)

    def _decode(self, part: Part, threads: int) -> Decoded:
        return part.block, part.decoder, part.decode(self._joined, threads)

    def _fail(self, error: Exception) -> None:
        failed: Future[Decoded] = Future()
        failed.set_exception(error)
        self._under_way.append(failed)
