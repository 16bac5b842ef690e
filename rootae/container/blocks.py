"""The blocks of one tree as a file holds them: found, checked and handed to a decoder."""

from __future__ import annotations

import functools
import itertools
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from rootae.codec.directory import Directory, beginning, block_id
from rootae.container.rows import Piece, Rows
from rootae.container.side_tree import BLOBS, HEAD
from rootae.errors import CorruptError, RootaeError
from rootae.rootio.baskets import read_branch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rootae.codec.codec import Codec
    from rootae.codec.decoder import Decoder
    from rootae.codec.layout import Layout
    from rootae.codec.plan.plan import TreePlan

__all__ = ["StoredTree"]

Blobs = tuple[int, Sequence[int]]  # a block, and numbers of its blobs


class StoredTree:
    """The blocks of one tree.

    Arguments:
        tree: the side tree.
        path: the path of the tree that it stands beside.
        where: file and tree, for messages.
        codecs: gives the file's codecs by digest.
    """

    def __init__(
        self, tree: Any, path: str, where: str, codecs: Callable[[], Mapping[bytes, Codec]]
    ) -> None:
        self.path = path
        self.where = where
        self._tree = tree
        self._codecs = codecs
        self._heads, self._digests, entries = self._read_index()
        self.entries = np.array(entries, np.int64)
        self.starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.entries)])
        self.ids = np.array([block_id(head) for head in self._heads], np.uint32)
        self._directories: dict[int, Directory] = {}

    def _read_index(self) -> tuple[list[bytes], list[bytes], list[int]]:
        """Return each block's directory, and what it begins with: a codec's id, and entries."""
        try:
            heads = [head.tobytes() for head in read_branch(self._tree[HEAD])]
            pairs = [beginning(head) for head in heads]
        except Exception as error:
            reason = str(error).splitlines()[:1]
            msg = f"{self.where}: its blocks cannot be listed, the file is damaged: {reason}"
            raise CorruptError(msg) from error
        return heads, [digest for digest, _ in pairs], [entries for _, entries in pairs]

    @property
    def total(self) -> int:
        """Return the entries of all blocks together."""
        return int(self.starts[-1])

    @functools.cached_property
    def codecs(self) -> list[Codec]:
        """Return the codecs that the blocks use, or all that know the tree if it has no blocks."""
        used = dict.fromkeys(self._digests)
        chosen = [self._codec(d) for d in used] or list(self._codecs().values())
        return [c for c in chosen if c.plan.tree(self.path) is not None]

    @functools.cached_property
    def plans(self) -> list[TreePlan]:
        """Return the tree's plan in each of these codecs."""
        return [c.checked(self.path) for c in self.codecs]

    @property
    def rows(self) -> dict[str, int]:
        """Return the rows of each group in all blocks together."""
        return self._totals[0]

    @property
    def blob_bytes(self) -> dict[tuple[str, str], int]:
        """Return the bytes of all blocks' blobs, by the keys that `sizes` has."""
        return self._totals[1]

    @functools.cached_property
    def _totals(self) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
        """Return rows by group, and bytes by blob, of all blocks together."""
        total = dict.fromkeys((g.name for p in self.plans for g in p.groups), 0)
        sizes: dict[tuple[str, str], int] = {}
        for block in range(len(self.entries)):
            for name, some in zip(
                self.layout(block).groups, self.directory(block).rows, strict=True
            ):
                total[name] += some
            for key, size in self.sizes(block).items():
                sizes[key] = sizes.get(key, 0) + size
        return total, sizes

    def _codec(self, digest: bytes) -> Codec:
        codec = self._codecs().get(digest)
        if codec is None:
            msg = (
                f"{self.where}: blocks need codec {digest.hex()[:8]}, which the file does not "
                "hold: merge the files anew with hadd or rootae merge"
            )
            raise CorruptError(msg)
        return codec

    def codec_of(self, block: int) -> Codec:
        """Return the codec of one block."""
        return self._codec(self._digests[block])

    def layout(self, block: int) -> Layout:
        """Return where the lanes and blobs of a block stand."""
        return self.codec_of(block).layout(self.path)

    def directory(self, block: int) -> Directory:
        """Return a block's directory.

        Raises:
            CorruptError: it is damaged.
        """
        found = self._directories.get(block)
        if found is None:
            where, layout = f"{self.where}, block {block}", self.layout(block)
            found = self._directories[block] = Directory.read(self._heads[block], layout, where)
        return found

    def rows_of(self, block: int, group: str) -> int:
        """Return the rows of one group in one block.

        Raises:
            CorruptError: the block's directory is damaged.
        """
        return self.directory(block).rows[self.layout(block).groups[group]]

    def sizes(self, block: int) -> dict[tuple[str, str], int]:
        """Return the bytes of a block's blobs without reading them.

        Returns:
            Bytes by ``("column", name)``, and by ``("group", name)`` for a group's latents.

        Raises:
            CorruptError: the block's directory is damaged.
        """
        layout, sizes = self.layout(block), self.directory(block).sizes.tolist()
        found = {("group", name): size for name, size in layout.by_group(sizes).items()}
        return found | {("column", n): size for n, size in layout.by_column(sizes).items()}

    def row(self, block: int) -> dict[str, bytes]:
        """Return a block as it is stored, for a copy in another file; nothing is decoded.

        Returns:
            The side tree's branches.

        Raises:
            CorruptError: its directory or one of its blobs is damaged.
        """
        (blobs,) = self.fetch([(block, range(len(self.directory(block).sizes)))])
        return {HEAD: self._heads[block], BLOBS: b"".join(blobs)}

    def decoder(self, block: int) -> Decoder:
        """Return a decoder of a block.

        Raises:
            CorruptError: the block's directory is damaged.
        """
        return self.codec_of(block).decoder(
            self.path,
            self.directory(block),
            self._heads[block],
            f"{self.where}, block {block}",
            lambda wanted: self.fetch([(block, wanted)])[0],
        )

    def fetch(self, wanted: Sequence[Blobs]) -> list[list[bytes]]:
        """Read blobs of blocks, all at one go, and hold them against their checksums.

        Returns:
            The blobs of each, in the order that they were asked for.

        Raises:
            CorruptError: one of them is damaged.
        """
        found = []
        for (block, numbers), views in zip(wanted, self.views(wanted), strict=True):
            sums = self.directory(block).sums
            for number, view in zip(numbers, views, strict=True):
                if zlib.crc32(view) != sums[number]:
                    self._refuse(block, number)
            found.append([bytes(view) for view in views])
        return found

    def views(self, wanted: Sequence[Blobs]) -> list[list[memoryview]]:
        """Read blobs of blocks, as `fetch` does, but look at their lengths alone; none is copied.

        Raises:
            CorruptError: one of them is cut off.
        """
        pieces = list[Piece]()
        for block, numbers in wanted:
            found = self.directory(block)
            starts, sizes = found.starts[numbers].tolist(), found.sizes[numbers].tolist()
            pieces += zip(itertools.repeat(block), starts, sizes)
        try:
            data = self._rows.read(pieces)
        except RootaeError:
            raise
        except Exception as error:
            msg = f"{self.where}: blobs cannot be read: {error}".splitlines()[0]
            raise CorruptError(msg) from error
        views = iter(data)
        every = [list(itertools.islice(views, len(numbers))) for _, numbers in wanted]
        for view, (block, start, size) in zip(data, pieces, strict=True):
            if len(view) != size:
                starts = self.directory(block).starts
                self._refuse(block, int(np.searchsorted(starts, start, "right")) - 1)
        return every

    def _refuse(self, block: int, number: int) -> NoReturn:
        what = self.layout(block).name_of(number)
        msg = f"{self.where}, block {block}: {what} is damaged: the checksum does not match"
        raise CorruptError(msg)

    @functools.cached_property
    def _rows(self) -> Rows:
        return Rows(self._tree[BLOBS])
