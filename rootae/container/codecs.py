"""Codecs and the record of a file, written and read side by side."""

from __future__ import annotations

import functools
import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.codec import Codec
from rootae.codec.directory import ID
from rootae.codec.plan.plan import TEXT_AT_MOST
from rootae.codec.streams import stream, zstd
from rootae.container.side_tree import (
    CODECS,
    COPIES,
    DIRECTORY,
    FILES,
    NOTICE,
    bytes_branch,
    bytes_rows,
)
from rootae.errors import CorruptError
from rootae.rootio.directories import make_directory
from rootae.rootio.gaps import at_the_end
from rootae.rootio.sink import finish, tree_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["CODEC", "ENTRIES", "CodecWriter", "load_codec", "write_records"]

ENTRIES = f"{DIRECTORY}/entries"
CODEC = "codec"
_PARTS = 3  # of a codec: plan, tables, networks


class CodecWriter:
    """Writes codecs twice: before the data that they decode, and behind it.

    Arguments:
        file: the uproot file under way.
    """

    def __init__(self, file: Any) -> None:
        self._file = file
        self._tree: Any = None
        self._rows: dict[bytes, Any] = {}

    def add(self, codec: Codec) -> None:
        """Write a codec if it is a new one; call this before data that needs it is written."""
        if codec.digest in self._rows:
            return
        if self._tree is None:
            make_directory(self._file, DIRECTORY, NOTICE)
            branch = [bytes_branch(CODEC)]
            self._tree = tree_of(self._file, CODECS, "rootae codecs", branch)
        plan, tables, networks = codec.parts
        parts = stream.join([codec.packed_plan, tables, networks])
        row = bytes_rows([codec.digest + stream.varint(len(plan)) + parts])
        self._rows[codec.digest] = row
        self._tree.extend({CODEC: row})
        finish(self._tree)  # here, so that it does not lie beside that of the copies

    def close(self, records: Sequence[Mapping[str, Any]], entries: Mapping[str, int]) -> None:
        """Write what comes behind the data, if there are codecs.

        Arguments:
            records: how the file and its parts were made.
            entries: of each coded tree.
        """
        if not self._rows:
            return
        made = tree_of(self._file, FILES, "rootae provenance", [bytes_branch("json")])
        texts = [json.dumps(r, sort_keys=True, separators=(",", ":")).encode() for r in records]
        if texts:
            made.extend({"json": bytes_rows(texts)})
        finish(made)
        for path, number in entries.items():
            folder, _, leaf = f"{ENTRIES}/{path}".rpartition("/")
            edges = np.array([0.0, 1.0])
            folders = self._file.mkdir(folder)  # their names may have colons
            folders[leaf] = (np.array([float(number)]), edges)
        with at_the_end(self._file):
            branch = [bytes_branch(CODEC)]
            copies = tree_of(self._file, COPIES, "rootae codecs once more", branch)
            for row in self._rows.values():
                copies.extend({CODEC: row})
            finish(copies)


def write_records(file: Any, codec: Codec, provenance: Mapping[str, Any] | None) -> None:
    """Write a codec, and one row on how this file was made (none for a codec file)."""
    writer = CodecWriter(file)
    writer.add(codec)
    trees = provenance["trees"] if provenance is not None else {}
    entries = {path: record["entries"] for path, record in trees.items()}
    writer.close([] if provenance is None else [provenance], entries)


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
    text = zstd.decompress(plan, size)
    if hashlib.sha256(stream.join([text, tables, networks])).digest() != digest:
        msg = f"codec {digest.hex()[:8]} is damaged: its checksum does not match"
        raise CorruptError(msg)
    return Codec.from_parts(text, tables, networks, plan)
