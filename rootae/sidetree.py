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
    from rootae.codec import Block, Codec
    from rootae.plan import TreePlan

__all__ = [
    "BLOCK",
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
    "placement",
]

CARRIER = "__rae"
CARRIER_VALUE = 0xAE
BLOCK, ENTRY = "rootae_block", "rootae_entry"
MODULUS = 251
DIRECTORY = "rootae"
TREES = f"{DIRECTORY}/trees"
_OWN_BRANCH_AT_MOST = 128  # columns of a tree; beyond it those of a group share a branch
FIXED = {"codec": "32 * uint8", "carriers": "uint64", "block": "uint32", "entries": "int64"}
HEAD = {"crc32": "uint32", "head": "var * uint8"}


def carriers_hash(plan: TreePlan) -> int:
    """Return 64 bits that name the list of a tree's carriers."""
    text = json.dumps(list(plan.carried), separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def placement(plan: TreePlan) -> dict[str, str]:
    """Say which branch of the side tree holds each column: a rule on the schema alone."""
    groups = {g.name: f"group_{i}" for i, g in enumerate(plan.groups)}
    if len(plan.columns) > _OWN_BRANCH_AT_MOST:
        return {c.name: groups[c.group] for c in plan.columns}
    return {c.name: f"column_{i}" for i, c in enumerate(plan.columns)}


class SideTree:
    """Writes the blocks of one tree, a row each.

    Arguments:
        file: the uproot file under way.
        codec: the codec of all blocks.
        path: the tree's path.
    """

    def __init__(self, file: Any, codec: Codec, path: str) -> None:
        plan = codec.tree(path).plan
        self._plan = plan
        self._codec = codec
        self._place = placement(plan)
        groups = {f"group_{i}": "var * uint8" for i in range(len(plan.groups))}
        own = dict.fromkeys(self._place.values(), "var * uint8")
        types = {**FIXED, **HEAD, **groups, **own}
        self._tree = file.mktree(f"{TREES}/{path}", types, title=f"rootae blocks of {path}")
        self._tree.compression = None

    def add(self, block: Block) -> int:
        """Write one block and return its id."""
        head, blobs = bytearray(), dict.fromkeys(self._branches(), b"")
        for i, group in enumerate(self._plan.groups):
            head += streams.varint(block.rows[group.name])
            head += _entry(block.latents[group.name])
            blobs[f"group_{i}"] += block.latents[group.name]
            for column in dict.fromkeys(x.column for x in group.lanes):
                head += _entry(block.columns[column])
                blobs[self._place[column]] += block.columns[column]
        number = block_id(self._codec.digest, bytes(head))
        row: dict[str, Any] = {
            "codec": np.frombuffer(self._codec.digest, np.uint8).reshape(1, 32),
            "carriers": np.array([carriers_hash(self._plan)], np.uint64),
            "block": np.array([number], np.uint32),
            "entries": np.array([block.entries], np.int64),
            "crc32": np.array([zlib.crc32(bytes(head))], np.uint32),
            "head": bytes_rows([bytes(head)]),
        }
        self._tree.extend(row | {name: bytes_rows([blob]) for name, blob in blobs.items()})
        return number

    def _branches(self) -> list[str]:
        groups = [f"group_{i}" for i in range(len(self._plan.groups))]
        return list(dict.fromkeys([*groups, *self._place.values()]))


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
