"""The blocks of one tree: a row each in a tree of their own beside it, and its layout.

`export/FORMAT.md` is the normative description; the two change together.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.codec.streams import stream
from rootae.errors import CorruptError
from rootae.rootio.directories import make_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rootae.codec.block import Block
    from rootae.codec.codec import Codec

__all__ = [
    "BLOCK",
    "BYTES",
    "CARRIER",
    "CARRIER_VALUE",
    "CODECS",
    "DIRECTORY",
    "ENTRY",
    "FILES",
    "HEAD",
    "ID",
    "MODULUS",
    "NOTICE",
    "TREES",
    "SideTree",
    "block_id",
    "bytes_rows",
    "checked_head",
    "entries_of",
    "is_own_name",
]

CARRIER = "__rae"
CARRIER_VALUE = 0xAE
BLOCK, ENTRY = "rootae_block", "rootae_entry"
MODULUS = 251
DIRECTORY = "rootae"
NOTICE = "coded by rootae: pip install rootae, then import rootae"  # for whoever lacks it
TREES = f"{DIRECTORY}/trees"
CODECS, FILES = f"{DIRECTORY}/codecs", f"{DIRECTORY}/files"
HEAD = "head"  # the branch of blocks' directories
ID = 32  # bytes of a codec's id, which a directory begins with
_SUM = 4  # bytes of its checksum, which it ends with
BYTES = ak.types.ListType(ak.types.NumpyType("uint8"))  # as an object: parsing text takes 30 ms


class SideTree:
    """Writes the blocks of one tree, a row each.

    Arguments:
        file: the uproot file under way.
        codec: the codec of blocks that name no other.
        path: the tree's path.
    """

    def __init__(self, file: Any, codec: Codec, path: str) -> None:
        plan = codec.tree(path).plan
        self._plan = plan
        self._codec = codec
        groups = {f"group_{i}": BYTES for i in range(len(plan.groups))}
        types: dict[str, Any] = {HEAD: BYTES, **groups}
        make_directory(file, DIRECTORY, NOTICE)
        self._tree = file.mktree(f"{TREES}/{path}", types, title=f"rootae blocks of {path}")
        self._tree.compression = None

    def add(self, block: Block, digest: bytes | None = None) -> int:
        """Write one block, of another codec if its digest is given, and return its id."""
        digest = self._codec.digest if digest is None else digest
        head, rows = bytearray(digest + stream.varint(block.entries)), dict[str, bytes]()
        for i, group in enumerate(self._plan.groups):
            columns = dict.fromkeys(x.column for x in group.lanes)
            blobs = [block.latents[group.name], *(block.columns[c] for c in columns)]
            head += stream.varint(block.rows[group.name])
            for blob in blobs:
                head += _entry(blob)
            rows[f"group_{i}"] = b"".join(blobs)
        head += zlib.crc32(bytes(head)).to_bytes(_SUM, "little")
        self.copy({HEAD: bytes(head), **rows})
        return block_id(bytes(head))

    def copy(self, row: Mapping[str, bytes]) -> None:
        """Write one block as it stands in another file, see `StoredTree.row`."""
        self._tree.extend({name: bytes_rows([data]) for name, data in row.items()})


def is_own_name(name: str) -> bool:
    """Say whether a branch is called as those that rootae adds to a tree.

    Example:
        >>> is_own_name("x__rae"), is_own_name("rootae_block"), is_own_name("x")
        (True, True, False)
    """
    return name.endswith(CARRIER) or name in (BLOCK, ENTRY)


def block_id(head: bytes) -> int:
    """Return the 32 bits that name a block: of its directory, never 0."""
    return int.from_bytes(hashlib.sha256(head).digest()[:4], "little") or 1


def checked_head(head: bytes, where: str) -> stream.Cursor:
    """Return a cursor that stands behind a directory's id and entries.

    Raises:
        CorruptError: its checksum does not match.
    """
    body, stored = head[:-_SUM], head[-_SUM:]
    if zlib.crc32(body).to_bytes(_SUM, "little") != stored:
        msg = f"{where}: its directory is damaged: the checksum does not match"
        raise CorruptError(msg)
    cursor = stream.Cursor(body)
    entries_of(cursor)
    return cursor


def entries_of(cursor: stream.Cursor) -> tuple[bytes, int]:
    """Read how a directory begins: the codec's id, and the number of entries."""
    return cursor.take(ID), cursor.varint()


def _entry(blob: bytes) -> bytes:
    return stream.varint(len(blob)) + zlib.crc32(blob).to_bytes(4, "little")


def bytes_rows(blobs: list[bytes]) -> ak.Array:
    """Return byte strings as rows of `var * uint8`."""
    offsets = np.concatenate([[0], np.cumsum([len(b) for b in blobs])]).astype(np.int64)
    content = ak.contents.NumpyArray(np.frombuffer(b"".join(blobs), np.uint8))
    return ak.Array(ak.contents.ListOffsetArray(ak.index.Index64(offsets), content))
