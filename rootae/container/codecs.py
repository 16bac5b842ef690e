"""Codecs and the record of a file, written and read side by side."""

from __future__ import annotations

import functools
import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.codec import Codec
from rootae.codec.plan.plan import TEXT_AT_MOST
from rootae.codec.streams import stream
from rootae.container.directory import ID
from rootae.container.side_tree import (
    BYTES,
    CODECS,
    DIRECTORY,
    FILES,
    NOTICE,
    bytes_rows,
)
from rootae.errors import CorruptError
from rootae.rootio.directories import make_directory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["CODEC", "ENTRIES", "load_codec", "write_many", "write_records"]

ENTRIES = f"{DIRECTORY}/entries"
CODEC = "codec"
_PARTS = 3  # of a codec: plan, tables, networks


def write_records(file: Any, codec: Codec, provenance: Mapping[str, Any] | None) -> None:
    """Write the codec, and one row on how this file was made (none for a codec file)."""
    records = [] if provenance is None else [provenance]
    trees = provenance["trees"] if provenance is not None else {}
    entries = {path: record["entries"] for path, record in trees.items()}
    write_many(file, [codec], records, entries)


def write_many(
    file: Any,
    codecs: Sequence[Codec],
    records: Sequence[Mapping[str, Any]],
    entries: Mapping[str, int],
) -> None:
    """Write several codecs, rows on how the file and its parts were made, and trees' entries."""
    make_directory(file, DIRECTORY, NOTICE)
    tree = file.mktree(CODECS, {CODEC: BYTES}, title="rootae codecs")
    for codec in codecs:
        plan, tables, networks = codec.parts
        parts = stream.join([stream.zstd(plan, 19), tables, networks])
        tree.extend({CODEC: bytes_rows([codec.digest + stream.varint(len(plan)) + parts])})
    made = file.mktree(FILES, {"json": BYTES}, title="rootae provenance")
    texts = [json.dumps(r, sort_keys=True, separators=(",", ":")).encode() for r in records]
    if texts:
        made.extend({"json": bytes_rows(texts)})
    for path, number in entries.items():
        folder, _, leaf = f"{ENTRIES}/{path}".rpartition("/")
        edges = np.array([0.0, 1.0])
        file.mkdir(folder)[leaf] = (np.array([float(number)]), edges)  # folders may have colons


@functools.lru_cache(maxsize=8)
def load_codec(row: bytes) -> Codec:
    """Rebuild a codec from its row in a file; the last few are kept for files of the same codec.

    Raises:
        CorruptError: it is not the codec that its id names.
    """
    cursor = stream.Cursor(row)
    digest, size = cursor.take(ID), cursor.varint()
    parts = stream.split(cursor.rest())
    if len(parts) != _PARTS:
        msg = f"a codec of {len(parts)} parts: the file is damaged"
        raise CorruptError(msg)
    plan, tables, networks = parts
    if size > TEXT_AT_MOST:
        msg = f"a plan of {size} bytes: the file is damaged"
        raise CorruptError(msg)
    text = stream.unzstd(plan, size)
    if hashlib.sha256(stream.join([text, tables, networks])).digest() != digest:
        msg = f"codec {digest.hex()[:8]} is damaged: its checksum does not match"
        raise CorruptError(msg)
    return Codec.from_parts(text, tables, networks)
