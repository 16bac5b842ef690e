"""Files made of raw parts, as no writer makes them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import uproot

from rootae.codec.directory import block_id, directory
from rootae.codec.streams import stream, zstd
from rootae.container.codecs import CODEC, ENTRIES
from rootae.container.side_tree import (
    BLOBS,
    BLOCK,
    BYTES,
    CARRIER,
    CARRIER_VALUE,
    CODECS,
    COPIES,
    ENTRY,
    HEAD,
    MODULUS,
    TREES,
    bytes_rows,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rootae.codec.block import Block
    from rootae.codec.codec import Codec

__all__ = ["Parts", "forge"]


@dataclass(frozen=True)
class Parts:
    """A codec as it is stored, right or wrong.

    Arguments:
        plan: its text.
        tables, networks: as `Codec.parts` has them.
        claimed: bytes that the plan is said to have, if not as many as it has.
    """

    plan: bytes
    tables: bytes
    networks: bytes
    claimed: int | None = None

    @classmethod
    def of(cls, codec: Codec) -> Parts:
        """Return a codec's."""
        return cls(*codec.parts)

    @property
    def digest(self) -> bytes:
        """Return the sha256 that makes them a codec."""
        return hashlib.sha256(stream.join([self.plan, self.tables, self.networks])).digest()

    @property
    def row(self) -> bytes:
        """Return the codec's row."""
        size = len(self.plan) if self.claimed is None else self.claimed
        packed = zstd.compress(self.plan, 3)
        return self.digest + stream.varint(size) + stream.join([packed, self.tables, self.networks])


def forge(
    path: Path,
    parts: Parts,
    blocks: Sequence[Block],
    columns: Sequence[str],
    stored: Parts | None = None,
) -> Path:
    """Write a file of one tree `t`.

    Arguments:
        path: of the file.
        parts: its codec.
        blocks: its blocks, right or wrong.
        columns: whose carriers the tree has.
        stored: the codec that is in the file, twice, if not the one that blocks ask for, once.
    """
    heads = [directory(block, parts.digest) for block in blocks]
    entries = [block.entries for block in blocks]
    ids = np.repeat(np.array([block_id(h) for h in heads], np.uint32), entries)
    ends = [np.resize(np.arange(MODULUS, dtype=np.uint8), n) for n in entries]
    types: dict[str, Any] = dict.fromkeys((f"{c}{CARRIER}" for c in columns), "uint8")
    with uproot.recreate(path) as file:
        tree = file.mktree("t", types | {BLOCK: "uint32", ENTRY: "uint8"})
        carriers = {name: np.full(len(ids), CARRIER_VALUE, np.uint8) for name in types}
        tree.extend(carriers | {BLOCK: ids, ENTRY: np.concatenate(ends)})
        side = file.mktree(f"{TREES}/t", {HEAD: BYTES, BLOBS: BYTES})
        side.compression = None
        for head, block in zip(heads, blocks, strict=True):
            side.extend({HEAD: bytes_rows([head]), BLOBS: bytes_rows([b"".join(block.blobs)])})
        for name in (CODECS,) if stored is None else (CODECS, COPIES):
            codecs = file.mktree(name, {CODEC: BYTES})
            codecs.extend({CODEC: bytes_rows([(stored or parts).row])})
        file[f"{ENTRIES}/t"] = (np.array([float(len(ids))]), np.array([0.0, 1.0]))
    return path
