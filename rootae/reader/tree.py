"""The coded columns of an opened tree: which block an entry lies in, whether it belongs there.

Blocks that were decoded are kept for a while, so that columns read one after the other share them.
"""

from __future__ import annotations

import functools
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.contexts.network import usable
from rootae.codec.threads import threads_of
from rootae.container.container import Container
from rootae.errors import CorruptError
from rootae.reader.ahead import decoded
from rootae.reader.announced import Announced
from rootae.reader.batch import Batch
from rootae.reader.cache import blocks_of
from rootae.reader.joined import Joined
from rootae.reader.offsets import Offsets
from rootae.reader.parts import parts
from rootae.reader.places import Places, check_whole
from rootae.rootio.baskets import basket_ends
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from rootae.codec.decoder import Decoder
    from rootae.container.blocks import StoredTree
    from rootae.schema.column import Column

__all__ = ["CodedTree", "decode_on"]

_DEVICE = "_rootae_device"
_THREADS = "_rootae_threads"
_OFFSET = 8  # bytes of a list's offset in an awkward array


def decode_on(file: Any, device: str, threads: int) -> None:
    """Have an opened file's trees decoded on ``cpu`` or ``cuda``, and by some threads."""
    file.__dict__[_DEVICE] = device
    file.__dict__[_THREADS] = threads


class CodedTree:
    """The coded columns of one opened tree.

    Arguments:
        tree: the uproot tree.
        names: the columns whose carriers the tree has.
        hidden: its bookkeeping branches by name.
    """

    def __init__(self, tree: Any, names: Collection[str], hidden: Mapping[str, Any]) -> None:
        self._tree = tree
        self._names = frozenset(names)
        self._hidden = hidden
        self._lock = threading.RLock()
        self._number: int | None = None  # of those whose blocks the file keeps
        self._stored: StoredTree | None = None
        self._places: Places | None = None
        self._announced = Announced()
        self.offsets = Offsets()

    def __getstate__(self) -> tuple[Any, ...]:
        """Keep what another process needs to open the blocks anew."""
        return self._tree, self._names, self._hidden

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.__init__(*state)  # type: ignore[misc]  # nothing inherits from it

    @property
    def file(self) -> Any:
        """Return the opened file."""
        return self._tree.file

    @property
    def path(self) -> str:
        """Return the tree's path in its file, without cycle."""
        return str(self._tree.object_path).strip("/").rsplit(";", 1)[0]

    @property
    def stored(self) -> StoredTree:
        """Return the tree's blocks, after holding them against the tree.

        Raises:
            CorruptError: tree and blocks do not belong together.
            MissingDependency: ``ROOTAE_DEVICE`` asks for CUDA, which cannot be used.
        """
        with self._lock:
            if self._stored is None:
                file = self._tree.file
                device = file.__dict__.get(_DEVICE) or usable()
                container = Container(file.root_directory, str(file.file_path), device)
                stored = container.stored(self.path)
                expected = container.expected_entries(self.path)
                check_whole(stored, self.entries, expected, self._names)
                self._stored = stored
            return self._stored

    @property
    def _threads(self) -> int:
        """Return how many threads decode.

        Raises:
            ArgumentError: ``ROOTAE_THREADS`` is no such number.
        """
        said: int | None = self._tree.file.__dict__.get(_THREADS)
        return threads_of() if said is None else said

    def column(self, name: str) -> Column:
        """Return a coded column's description."""
        plans = self.stored.plans
        if not plans:
            msg = f"{self.stored.where}: no codec knows this tree: the file is damaged"
            raise CorruptError(msg)
        return plans[0].column(name)

    def check_carrier(self, branch: Any) -> None:
        """Hold a carrier's entries against the tree's: uproot takes its ranges from them.

        Raises:
            CorruptError: they are not those of the tree.
        """
        offsets = basket_ends(branch)
        if offsets[0] != 0 or offsets[-1] != self._tree.num_entries:
            msg = (
                f"{self.stored.where}: the carrier of {branch.name} spans entries {offsets[0]} to "
                f"{offsets[-1]}, not all {self._tree.num_entries}: the file is damaged"
            )
            raise CorruptError(msg)

    @property
    def title(self) -> str:
        """Return the title that the tree had before it was coded."""
        plans = self.stored.plans
        return plans[0].title if plans else ""

    @property
    def entries(self) -> int:
        """Return the number of entries."""
        return int(self._tree.num_entries)

    def named(self, name: str) -> str:
        """Return file, tree and column, for messages about the column."""
        return f"{self._tree.file.file_path}:{self.path}: column {name} is coded by rootae"

    def stored_bytes(self, name: str) -> int:
        """Return the size of a column's blobs."""
        return self.stored.blob_bytes.get(("column", name), 0)

    @property
    def latent_bytes(self) -> int:
        """Return the size of what groups of columns share."""
        return sum(size for (kind, _), size in self.stored.blob_bytes.items() if kind == "group")

    def decoded_bytes(self, name: str) -> int:
        """Return the size of a column's decoded values and of its lists' offsets."""
        column = self.column(name)
        rows = self.stored.rows
        size = np.dtype(column.dtype).itemsize * column.lanes * rows[column.group]
        while column.counter is not None:
            column = self.column(column.counter)
            size += _OFFSET * rows[column.group]
        return size

    def check_places(self, *blocks: int) -> None:
        """Hold the entries' own record of their blocks against the blocks, each once.

        Arguments:
            blocks: their numbers, one after the other.

        Raises:
            CorruptError: entries were skimmed, swapped or reordered.
        """
        with self._lock:
            if self._places is None:
                self._places = Places(self.stored, self._hidden)
            self._places.check(blocks)

    def announce(self, name: str, start: int, stop: int) -> None:
        """Take down that a column is about to be asked for, with whatever else is.

        Arguments:
            name: the column.
            start, stop: the range of entries.
        """
        column = self.column(name)
        others = [str(column.counter)] if column.is_nested else []
        with self._lock:
            self._announced.add(name, others, (start, stop))

    def values(self, name: str, start: int, stop: int) -> Values:
        """Return a column over a range of entries, in memory of its own.

        Whatever was announced for the same range is decoded with it, and given out when it is
        asked for.

        Raises:
            CorruptError: a block is damaged or not in its place.
        """
        with self._lock:
            decode = functools.partial(self.decode, start=start, stop=stop)
            return self._announced.take(name, (start, stop), decode)

    def decode(self, names: Sequence[str], start: int, stop: int) -> dict[str, Values]:
        """Return columns over a range of entries, each in memory of its own.

        Arguments:
            names: the columns.
            start, stop: the range.

        Raises:
            CorruptError: a block is damaged or not in its place.
        """
        wanted = list(self._overlaps(start, stop))
        if not wanted:
            return {name: Values.none(self.column(name)) for name in names}
        span = range(wanted[0][0], wanted[-1][0] + 1)
        if sum(high - low for _, low, high in wanted) == self._entries(span):
            return self._whole(names, span)
        pieces: dict[str, list[Values]] = {name: [] for name in names}
        blocks = self._blocks(names, span)
        for (_, low, high), (decoder, found) in zip(wanted, blocks, strict=True):
            for name, part in parts(found, low, high):
                alone = len(wanted) == 1 and decoder.keeps(name)  # what is kept may be read again
                pieces[name].append(Values(part.flat.copy(), part.counts) if alone else part)
        return {name: Values.joined(pieces.pop(name)) for name in names}

    def _whole(self, names: Sequence[str], span: range) -> dict[str, Values]:
        """Return columns over whole blocks."""
        joined = Joined(self.stored, [self.column(name) for name in names], span)
        for _, found in self._blocks(names, span, joined):
            joined.add(found)
        return joined.values()

    def _entries(self, span: range) -> int:
        """Return the number of entries of some blocks."""
        return int(self.stored.starts[span.stop] - self.stored.starts[span.start])

    def _overlaps(self, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
        """Yield block and the range of its entries."""
        starts = self.stored.starts
        first = int(np.searchsorted(starts, start, side="right")) - 1
        for block in range(first, len(starts) - 1):
            if starts[block] >= stop:
                break
            low, high = max(start - starts[block], 0), min(stop, starts[block + 1]) - starts[block]
            if high > low:
                yield block, int(low), int(high)

    def _blocks(
        self, names: Sequence[str], span: range, joined: Joined | None = None
    ) -> Iterator[tuple[Decoder, dict[str, Values]]]:
        """Yield columns block by block, and what decoded them.

        The bytes of several blocks are read at one go. Blocks of which all is asked for forget what
        no other column needs: it goes where it will lie.
        """
        blocks = blocks_of(self.file)
        with self._lock:
            if self._number is None:
                self._number = blocks.number()
            number, batches = self._number, self._batches(names, span, self._number)
            for block, decoder, found in decoded(
                batches, self.check_places, joined, len(span), self._threads
            ):
                blocks.keep((number, block), decoder, span)
                yield decoder, found

    def _batches(self, names: Sequence[str], span: range, number: int) -> Iterator[Batch]:
        """Yield blocks whose bytes are read at one go, what is asked of them noted down."""
        stored, blocks = self.stored, blocks_of(self.file)
        waiting = deque(span)
        while waiting:
            batch = Batch(stored, names)
            while waiting and not batch.is_full:
                block = waiting.popleft()
                kept = blocks.get((number, block))
                batch.add(block, kept or stored.decoder(block))
            yield batch
