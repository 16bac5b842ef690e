"""The blocks of one tree as a file holds them: found, checked and handed to a decoder."""

from __future__ import annotations

import functools
import zlib
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rootae.codec.block_decoder import BlockDecoder
from rootae.codec.streams import stream
from rootae.container.rows import Packed, Row, Rows
from rootae.container.side_tree import HEAD, block_id, checked_head, entries_of
from rootae.errors import CorruptError, RootaeError
from rootae.rootio.baskets import read_branch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rootae.codec.codec import Codec
    from rootae.codec.plan.plan import TreePlan

__all__ = ["StoredTree"]

Span = tuple[str, int, int, int]  # branch, offset, size, crc32
_Head: TypeAlias = tuple[dict[str, int], dict[tuple[str, str], Span]]  # rows by group, blobs
_HEADS_KEPT = 16
_ROWS_KEPT = 64  # places of a group's blobs in a block, or the blobs where they were packed anew
_ENTRIES_AT_MOST = 1 << 40  # of a block
_ROWS_AT_MOST = 1 << 31  # of a group in a block; a block may be one entry of any length


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
        self._directories, self._digests, entries = self._read_index()
        self.entries = np.array(entries, np.int64)
        self.starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.entries)])
        self.ids = np.array([block_id(head) for head in self._directories], np.uint32)
        self._rows: dict[tuple[str, int], Row] = {}
        self._branches: dict[str, Rows] = {}
        self._packed = Packed()
        self._heads: dict[int, _Head] = {}

    def _read_index(self) -> tuple[list[bytes], list[bytes], list[int]]:
        """Return each block's directory, and what it begins with: a codec's id, and entries."""
        try:
            heads = [head.tobytes() for head in read_branch(self._tree[HEAD])]
            pairs = [entries_of(stream.Cursor(head)) for head in heads]
        except Exception as error:
            reason = str(error).splitlines()[:1]
            msg = f"{self.where}: its blocks cannot be listed, the file is damaged: {reason}"
            raise CorruptError(msg) from error
        if any(entries >= _ENTRIES_AT_MOST for _, entries in pairs):
            msg = f"{self.where}: a block has an impossible number of entries: the file is damaged"
            raise CorruptError(msg)
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
        return [c.tree(self.path).plan for c in self.codecs]

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
            rows, spans = self._head(block)
            for name, some in rows.items():
                total[name] += some
            for key, (_, _, size, _) in spans.items():
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

    def _head(self, block: int) -> _Head:
        if block not in self._heads:
            self._heads[block] = self._checked_head(block)
            for old in list(self._heads)[:-_HEADS_KEPT]:
                self._heads.pop(old, None)
        return self._heads[block]

    def _checked_head(self, block: int) -> _Head:
        cursor = checked_head(self._directories[block], f"{self.where}, block {block}")
        return _directory(cursor, self.codec_of(block).tree(self.path).plan)

    def rows_of(self, block: int, group: str) -> int:
        """Return the rows of one group in one block.

        Raises:
            CorruptError: the block's directory is damaged.
        """
        return self._head(block)[0][group]

    def sizes(self, block: int) -> dict[tuple[str, str], int]:
        """Return the bytes of a block's blobs without reading them.

        Returns:
            Bytes by ``("column", name)``, and by ``("group", name)`` for a group's latents.

        Raises:
            CorruptError: the block's directory is damaged.
        """
        return {key: size for key, (_, _, size, _) in self._head(block)[1].items()}

    def row(self, block: int) -> dict[str, bytes]:
        """Return a block as it is stored, for a copy in another file; nothing is decoded.

        Returns:
            The side tree's branches.

        Raises:
            CorruptError: its directory or one of its blobs is damaged.
        """
        where = f"{self.where}, block {block}"
        spans = self._head(block)[1]
        blobs: dict[str, list[bytes]] = {}
        for key, (branch, *_) in spans.items():
            blobs.setdefault(branch, []).append(self._blob(block, spans, where, key))
        return {HEAD: self._directories[block], **{n: b"".join(b) for n, b in blobs.items()}}

    def decoder(self, block: int) -> BlockDecoder:
        """Return a decoder that reads a block's blobs as they are needed.

        Raises:
            CorruptError: the block's directory is damaged.
        """
        where = f"{self.where}, block {block}"
        rows, spans = self._head(block)
        coder = self.codec_of(block).tree(self.path)
        blobs = functools.partial(self._blob, block, spans, where)
        return BlockDecoder(
            coder.plan,
            coder.groups,
            int(self.entries[block]),
            rows,
            lambda name: blobs(("column", name)),
            lambda name: blobs(("group", name)),
        )

    def _blob(
        self,
        block: int,
        spans: Mapping[tuple[str, str], Span],
        where: str,
        key: tuple[str, str],
    ) -> bytes:
        branch, start, size, crc = spans[key]
        try:
            data = self._row(branch, block).read(start, size)
        except RootaeError:
            raise
        except Exception as error:
            msg = f"{where}: {key[0]} {key[1]} cannot be read: {error}".splitlines()[0]
            raise CorruptError(msg) from error
        if len(data) != size or zlib.crc32(data) != crc:
            what = f"{key[0]} {key[1] or 'of event scalars'}"
            msg = f"{where}: {what} is damaged: the checksum does not match"
            raise CorruptError(msg)
        return data

    def _row(self, name: str, block: int) -> Row:
        """Return one row of a branch of bytes, found once."""
        row = self._rows.get((name, block))
        if row is None:
            if name not in self._branches:
                self._branches[name] = Rows(self._tree[name], self._packed)
            row = self._rows[name, block] = self._branches[name].row(block)
            for old in list(self._rows)[:-_ROWS_KEPT]:
                self._rows.pop(old, None)
        return row


def _directory(cursor: stream.Cursor, plan: TreePlan) -> _Head:
    """Read the rest of a directory: rows by group; branch, offset, size and crc32 by blob."""
    rows: dict[str, int] = {}
    spans: dict[tuple[str, str], Span] = {}
    for i, group in enumerate(plan.groups):
        rows[group.name] = cursor.varint()
        if rows[group.name] > _ROWS_AT_MOST:
            msg = f"a block announces {rows[group.name]} rows: the file is damaged"
            raise CorruptError(msg)
        start, columns = 0, dict.fromkeys(x.column for x in group.lanes)
        for key in (("group", group.name), *(("column", c) for c in columns)):
            size = cursor.varint()
            spans[key] = f"group_{i}", start, size, int.from_bytes(cursor.take(4), "little")
            start += size
    return rows, spans
