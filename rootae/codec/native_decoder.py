"""A block of one tree on its way back by the native core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rootae.codec.decoder import Decoder
from rootae.errors import CorruptError, FormatError
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.codec.directory import Directory
    from rootae.codec.layout import Layout
    from rootae.codec.native_codec import NativeTree
    from rootae.codec.plan.plan import TreePlan
    from rootae.schema.column import Column

__all__ = ["NativeDecoder"]


class _Request(NamedTuple):
    """What some columns of a block take.

    Arguments:
        names: the columns.
        every: those of them, and of what counts them, that are not kept.
        blobs: numbers of the blobs that are read.
    """

    names: tuple[str, ...]
    every: list[str]
    blobs: list[int]


class NativeDecoder(Decoder):
    """Decodes one block: only columns that are asked for, and what these are decoded from.

    Arguments:
        tree: of the opened codec.
        plan: the tree's plan.
        layout: the tree's.
        found: the block's directory, read.
        head: its bytes.
        where: file, tree and block, for messages; nothing where there are none.
        fetch: gives blobs by their numbers, see `rootae.codec.layout`.

    Raises:
        CorruptError: the block is damaged.
    """

    holds_sums = True

    def __init__(
        self,
        tree: NativeTree,
        plan: TreePlan,
        layout: Layout,
        found: Directory,
        head: bytes,
        where: str,
        fetch: Callable[[Sequence[int]], Sequence[bytes]],
    ) -> None:
        super().__init__(found.entries, fetch)
        self._tree = tree
        self._plan = plan
        self._layout = layout
        self._found = found
        self._where = where
        self._kept: dict[str, Values] = {}
        self._counts: dict[str, NDArray[np.int64]] = {}
        self._block = self._asked(tree.core.open_block, tree.codec, tree.number, head)

    def request(self, names: Collection[str]) -> _Request:
        """Find what has to be read and decoded for some columns: nothing is read yet.

        Arguments:
            names: which.
        """
        every = dict.fromkeys(names)
        for name in names:
            every |= {c.name: None for c in self._plan.counters_of(self._plan.column(name))}
        missing = [n for n in every if n not in self._kept]
        blobs = self._asked(self._tree.core.needs, self._block, self._numbers(missing))
        return _Request((*names,), missing, blobs)

    def run(
        self,
        request: _Request,
        blobs: Sequence[bytes | memoryview],
        *,
        keep: bool = False,
        into: Mapping[str, NDArray[Any]] | None = None,
        threads: int = 1,
    ) -> dict[str, Values]:
        """Decode columns, see `Decoder.run`.

        Raises:
            CorruptError: the block is damaged.
        """
        given = into or {}
        columns = [self._plan.column(name) for name in request.every]
        outs = [given[c.name] if c.name in given else self._memory(c) for c in columns]
        numbers = self._numbers(request.every)
        self._asked(self._tree.core.decode, self._block, numbers, [*blobs], outs, threads)
        flats = dict(zip(request.every, outs, strict=True))
        done = dict(self._counted(flats))
        if keep:
            self._kept |= done
        else:
            self._counts.clear()
        for name in given.keys() - done.keys():
            kept = self._kept[name]
            given[name][:] = kept.flat
            done[name] = Values(given[name], kept.counts)
        return {name: done[name] if name in done else self._kept[name] for name in request.names}

    def keeps(self, name: str) -> bool:
        """Say whether a column's values are kept, so that its arrays are the decoder's own."""
        return name in self._kept

    def latents(self, group: str) -> NDArray[Any]:
        """Return a group's latents, shape (latents, rows).

        Raises:
            CorruptError: the block is damaged.
        """
        number = self._tree.groups[group]
        encoder = self._plan.group(group).encoder
        z = np.zeros((encoder.latents if encoder else 0, self._found.rows[number]), np.int64)
        if encoder is not None:
            blob = self._fetch([self._layout.latent_blobs[number]])[0]
            self._asked(self._tree.core.latents, self._block, number, blob, z)
        return z

    @property
    def nbytes(self) -> int:
        """Return the bytes of decoded values that are kept."""
        inside: int = self._tree.core.kept(self._block)
        return inside + sum(v.flat.nbytes for v in self._kept.values())

    def _numbers(self, names: Collection[str]) -> list[int]:
        return [self._tree.columns[name] for name in names]

    def _memory(self, column: Column) -> NDArray[Any]:
        """Return memory for a column's values."""
        rows = self._found.rows[self._tree.groups[column.group]]
        return np.empty((rows, *column.inner_shape), np.dtype(column.dtype))

    def _counted(self, flats: Mapping[str, NDArray[Any]]) -> Iterator[tuple[str, Values]]:
        """Yield values with the lengths of their lists: columns that one counts share them."""
        for name, flat in flats.items():
            counter = self._plan.column(name).counter
            yield name, Values(flat, None if counter is None else self._lengths(counter, flats))

    def _lengths(self, counter: str, flats: Mapping[str, NDArray[Any]]) -> NDArray[np.int64]:
        """Return how many rows each entry has by what counts them."""
        if counter not in self._counts:
            if counter in self._kept:
                lists = self._kept[counter]
            else:
                outer = self._plan.column(counter).counter
                counts = None if outer is None else self._lengths(outer, flats)
                lists = Values(flats[counter], counts)
            self._counts[counter] = lists.sums()
        return self._counts[counter]

    def _asked(self, function: Any, *arguments: Any) -> Any:
        """Call the core; what it refuses says where."""
        try:
            return function(*arguments)
        except (CorruptError, FormatError) as error:
            if not self._where:
                raise
            msg = f"{self._where}: {error}"
            raise type(error)(msg) from error
