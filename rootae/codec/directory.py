"""A block's directory: a fixed-width table of its blobs, which is read at one go.

    32 bytes  the codec's id
    uint64    entries
    uint64[]  rows of each group
    uint32[]  bytes of each blob
    uint32[]  crc32 of each blob
    uint8[]   mode of each lane
    uint32    n, passing branches
    uint32[]  crc32 of the name of each of these
    uint32[]  checksum of the content of each
    uint32    crc32 of all of the above

Groups, blobs and lanes are in the plan's order, see `rootae.codec.layout`; branches that pass
through in whatever order, see `rootae.rootio.branch_sums`.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rootae.errors import CorruptError, UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from rootae.codec.block import Block
    from rootae.codec.layout import Layout

__all__ = ["ID", "Directory", "beginning", "block_id", "directory"]

ID = 32  # bytes of a codec's id
_ENTRIES_AT_MOST = 1 << 40  # of a block
_ROWS_AT_MOST = 1 << 31  # of a group in a block; a block may be one entry of any length
_BYTES_AT_MOST = 1 << 32  # of a blob


@dataclass(frozen=True)
class Directory:
    """What a block's directory says.

    Arguments:
        entries: of the block.
        rows: of each group.
        most: rows of each group that a counter counts at once, at most.
        sizes: bytes of each blob, shape (blobs,).
        sums: crc32 of each blob, shape (blobs,).
        modes: of each lane.
        starts: where each blob begins, and where the last one ends, shape (blobs + 1,).
        content: checksums of branches that pass through, by the crc32 of their names.
    """

    entries: int
    rows: tuple[int, ...]
    most: tuple[int, ...]
    sizes: NDArray[np.uint32]
    sums: NDArray[np.uint32]
    modes: bytes
    starts: NDArray[np.int64]
    content: Mapping[int, int]

    @classmethod
    def read(cls, head: bytes, layout: Layout, where: str) -> Directory:
        """Read a directory.

        Arguments:
            head: its bytes.
            layout: of the tree by the codec that it names.
            where: file, tree and block, for messages.

        Raises:
            CorruptError: it is damaged.
        """
        groups, blobs, lanes = len(layout.groups), layout.blobs, len(layout.lane_blobs)
        at = ID + 8 + 12 * groups
        behind = at + 8 * blobs + lanes
        passing = int.from_bytes(head[behind : behind + 4], "little")
        if len(head) != behind + 8 * passing + 8:
            msg = f"{where}: its directory has {len(head)} bytes: the file is damaged"
            raise CorruptError(msg)
        if zlib.crc32(head[:-4]).to_bytes(4, "little") != head[-4:]:
            msg = f"{where}: its directory is damaged: the checksum does not match"
            raise CorruptError(msg)
        rows = np.frombuffer(head, "<u8", groups, ID + 8)
        if (rows > _ROWS_AT_MOST).any():
            msg = f"{where}: it announces {int(rows.max())} rows: the file is damaged"
            raise CorruptError(msg)
        most = np.frombuffer(head, "<u4", groups, at - 4 * groups)
        sizes, sums = np.frombuffer(head, "<u4", 2 * blobs, at).reshape(2, blobs)
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])
        modes = head[at + 8 * blobs : behind]
        names, content = np.frombuffer(head, "<u4", 2 * passing, behind + 4).reshape(2, passing)
        passed = dict(zip(names.tolist(), content.tolist(), strict=True))
        entries, counts = beginning(head)[1], (tuple(rows.tolist()), tuple(most.tolist()))
        return cls(entries, *counts, sizes, sums, modes, starts, passed)


def directory(block: Block, digest: bytes, content: Mapping[int, int] | None = None) -> bytes:
    """Write a block's directory.

    Arguments:
        block: the block.
        digest: the codec's id.
        content: checksums of branches that pass through, by the crc32 of their names.

    Raises:
        UnsupportedError: a blob has 4 GB or more.
    """
    sizes = np.array([len(b) for b in block.blobs], np.int64)
    if (sizes >= _BYTES_AT_MOST).any():
        msg = f"a column takes {int(sizes.max())} bytes in a block of {block.entries} entries"
        raise UnsupportedError(msg)
    sums = np.array([zlib.crc32(b) for b in block.blobs], "<u4")
    rows = np.array(block.rows, "<u8")
    head = digest + block.entries.to_bytes(8, "little") + rows.tobytes()
    head += np.array(block.most, "<u4").tobytes()
    head += sizes.astype("<u4").tobytes() + sums.tobytes() + block.modes
    passed = content or {}
    head += len(passed).to_bytes(4, "little")
    head += np.array([[*passed], [*passed.values()]], "<u4").tobytes()
    return head + zlib.crc32(head).to_bytes(4, "little")


def beginning(head: bytes) -> tuple[bytes, int]:
    """Return what a directory begins with: the codec's id, and the number of entries.

    Raises:
        CorruptError: it does not.
    """
    entries = int.from_bytes(head[ID : ID + 8], "little")
    if len(head) < ID + 8 or entries >= _ENTRIES_AT_MOST:
        msg = "a block has an impossible number of entries: the file is damaged"
        raise CorruptError(msg)
    return head[:ID], entries


def block_id(head: bytes) -> int:
    """Return the 32 bits that name a block: of its directory, never 0."""
    return int.from_bytes(hashlib.sha256(head).digest()[:4], "little") or 1
