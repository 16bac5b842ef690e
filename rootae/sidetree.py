"""The blocks of one tree: a row each in a tree of their own beside it, and its layout.

`export/FORMAT.md` is the normative description; the two change together.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae import streams

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rootae.codec import Block, Codec
    from rootae.plan import TreePlan

__all__ = [
    "BLOCK",
    "BYTES",
    "CARRIER",
    "CARRIER_VALUE",
    "DIRECTORY",
    "ENTRY",
    "FIXED",
    "HEAD",
    "MODULUS",
    "TREES",
    "SideTree",
    "block_id",
    "bytes_rows",
]

CARRIER = "__rae"
CARRIER_VALUE = 0xAE
BLOCK, ENTRY = "rootae_block", "rootae_entry"
MODULUS = 251
DIRECTORY = "rootae"
TREES = f"{DIRECTORY}/trees"
FIXED = {
    "codec": np.dtype((np.uint8, 32)),
    "carriers": "uint64",
    "block": "uint32",
    "entries": "int64",
}
BYTES = ak.types.ListType(ak.types.NumpyType("uint8"))  # as an object: parsing text takes 30 ms
HEAD = {"crc32": "uint32", "head": BYTES}


def carriers_hash(plan: TreePlan) -> int:
    """Return 64 bits that name the list of a tree's carriers."""
    text = json.dumps(list(plan.carried), separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


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
        types: dict[str, Any] = {**FIXED, **HEAD, **groups}
        self._tree = file.mktree(f"{TREES}/{path}", types, title=f"rootae blocks of {path}")
        self._tree.compression = None

    def add(self, block: Block, digest: bytes | None = None) -> int:
        """Write one block, of another codec if its digest is given, and return its id."""
        digest = self._codec.digest if digest is None else digest
        head, rows = bytearray(), dict[str, bytes]()
        for i, group in enumerate(self._plan.groups):
            columns = dict.fromkeys(x.column for x in group.lanes)
            blobs = [block.latents[group.name], *(block.columns[c] for c in columns)]
            head += streams.varint(block.rows[group.name])
            for blob in blobs:
                head += _entry(blob)
            rows[f"group_{i}"] = b"".join(blobs)
        number = block_id(digest, bytes(head))
        row: dict[str, Any] = {
            "codec": np.frombuffer(digest, np.uint8).reshape(1, 32),
            "carriers": np.array([carriers_hash(self._plan)], np.uint64),
            "block": np.array([number], np.uint32),
            "entries": np.array([block.entries], np.int64),
            "crc32": np.array([zlib.crc32(bytes(head))], np.uint32),
            "head": bytes_rows([bytes(head)]),
        }
        self._tree.extend(row | {name: bytes_rows([data]) for name, data in rows.items()})
        return number

    def copy(self, row: Mapping[str, Any]) -> None:
        """Write one block as it stands in another file, see `StoredTree.row`."""
        fixed = {n: np.asarray(row[n]).reshape(1, *np.shape(row[n])) for n in (*FIXED, "crc32")}
        blobs = {n: bytes_rows([v]) for n, v in row.items() if n not in fixed}
        self._tree.extend(fixed | blobs)


def block_id(digest: bytes, head: bytes) -> int:
    """Return the 32 bits that name a block: of its codec and its directory, never 0."""
    return int.from_bytes(hashlib.sha256(digest + head).digest()[:4], "little") or 1


def _entry(blob: bytes) -> bytes:
    return streams.varint(len(blob)) + zlib.crc32(blob).to_bytes(4, "little")


def bytes_rows(blobs: list[bytes]) -> ak.Array:
    """Return byte strings as rows of `var * uint8`."""
    offsets = np.concatenate([[0], np.cumsum([len(b) for b in blobs])]).astype(np.int64)
    content = ak.contents.NumpyArray(np.frombuffer(b"".join(blobs), np.uint8))
    return ak.Array(ak.contents.ListOffsetArray(ak.index.Index64(offsets), content))
