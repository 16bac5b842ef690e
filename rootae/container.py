"""The layout of a file: where blocks, codecs and provenance stand, written and read with uproot.

`export/FORMAT.md` is the normative description; the two change together.
"""

from __future__ import annotations

import functools
import hashlib
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import uproot

from rootae import streams
from rootae.codec import Block, BlockDecoder, Codec
from rootae.errors import CorruptError, FormatError, NameNotFound, RootaeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from rootae.plan import TreePlan

__all__ = [
    "BLOCK",
    "CARRIER",
    "DIRECTORY",
    "ENTRY",
    "MODULUS",
    "Container",
    "SideTree",
    "StoredTree",
    "carrier_types",
    "write_records",
]

CARRIER = "__rae"
CARRIER_VALUE = 0xAE
BLOCK, ENTRY = "rootae_block", "rootae_entry"
MODULUS = 251
DIRECTORY = "rootae"
TREES, CODECS, FILES = f"{DIRECTORY}/trees", f"{DIRECTORY}/codecs", f"{DIRECTORY}/files"
ENTRIES = f"{DIRECTORY}/entries"
_OWN_BRANCH_AT_MOST = 128  # columns of a tree; beyond it those of a group share a branch
_FIXED = {"codec": "32 * uint8", "carriers": "uint64", "block": "uint32", "entries": "int64"}
_HEAD = {"crc32": "uint32", "head": "var * uint8"}


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


def carrier_types(plan: TreePlan) -> dict[str, str]:
    """Return the types of the branches that stand in the tree for coded columns."""
    return {name + CARRIER: "uint8" for name in plan.carried}


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
        own = {b: "var * uint8" for b in self._place.values()}
        types = {**_FIXED, **_HEAD, **groups, **own}
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
        number = _block_id(self._codec.digest, bytes(head))
        row: dict[str, Any] = {
            "codec": np.frombuffer(self._codec.digest, np.uint8).reshape(1, 32),
            "carriers": np.array([carriers_hash(self._plan)], np.uint64),
            "block": np.array([number], np.uint32),
            "entries": np.array([block.entries], np.int64),
            "crc32": np.array([zlib.crc32(bytes(head))], np.uint32),
            "head": _rows([bytes(head)]),
        }
        self._tree.extend(row | {name: _rows([blob]) for name, blob in blobs.items()})
        return number

    def _branches(self) -> list[str]:
        groups = [f"group_{i}" for i in range(len(self._plan.groups))]
        return list(dict.fromkeys([*groups, *self._place.values()]))


def _block_id(digest: bytes, head: bytes) -> int:
    return int.from_bytes(hashlib.sha256(digest + head).digest()[:4], "little") or 1


def _entry(blob: bytes) -> bytes:
    return streams.varint(len(blob)) + zlib.crc32(blob).to_bytes(4, "little")


def _rows(blobs: list[bytes]) -> ak.Array:
    """Return byte strings as rows of `var * uint8`."""
    offsets = np.concatenate([[0], np.cumsum([len(b) for b in blobs])]).astype(np.int64)
    content = ak.contents.NumpyArray(np.frombuffer(b"".join(blobs), np.uint8))
    return ak.Array(ak.contents.ListOffsetArray(ak.index.Index64(offsets), content))


def write_records(file: Any, codec: Codec, provenance: Mapping[str, Any] | None) -> None:
    """Write the codec, and one row on how this file was made (none for a codec file)."""
    plan, tables, networks = codec.parts
    kinds = {"id": "32 * uint8", "plan": "var * uint8", "size": "uint32"}
    kinds |= {"tables": "var * uint8", "networks": "var * uint8"}
    tree = file.mktree(CODECS, kinds, title="rootae codecs")
    tree.extend(
        {
            "id": np.frombuffer(codec.digest, np.uint8).reshape(1, 32),
            "plan": _rows([streams.zstd(plan, 19)]),
            "size": np.array([len(plan)], np.uint32),
            "tables": _rows([tables]),
            "networks": _rows([networks]),
        }
    )
    record = file.mktree(FILES, {"json": "var * uint8"}, title="rootae provenance")
    if provenance is not None:
        text = json.dumps(provenance, sort_keys=True, separators=(",", ":")).encode()
        record.extend({"json": _rows([text])})
        for path, tree_record in provenance["trees"].items():
            edges = np.array([0.0, 1.0])
            file[f"{ENTRIES}/{path}"] = (np.array([float(tree_record["entries"])]), edges)


@dataclass
class Container:
    """A rootae file opened for reading.

    Arguments:
        root: the file's top directory.
        where: the file, for messages.
    """

    root: Any
    where: str

    @classmethod
    def open(cls, path: Any) -> Container:
        """Open a file that holds at least a codec.

        Raises:
            FormatError: it is no such file.
        """
        try:
            root = uproot.open(Path(path) if isinstance(path, str) and "://" not in path else path)
        except FileNotFoundError as error:
            raise NameNotFound("file", str(path), [], str(Path(str(path)).parent)) from error
        except Exception as error:
            msg = f"{path} is not a ROOT file that can be read: {error}".splitlines()[0]
            raise FormatError(msg) from error
        return cls(root, str(path))

    @property
    def is_coded(self) -> bool:
        """Say whether the file holds a rootae codec."""
        return self._has(CODECS)

    def _has(self, path: str) -> bool:
        directory = self.root
        for part in path.split("/"):
            if part not in directory.keys(recursive=False, cycle=False):
                return False
            directory = directory[part] if part != path.rsplit("/", 1)[-1] else directory
        return True

    @functools.cached_property
    def codecs(self) -> dict[bytes, Codec]:
        """Return the codecs by digest.

        Raises:
            CorruptError: a codec does not have the id it claims.
        """
        if not self.is_coded:
            msg = f"{self.where} holds no rootae codec: compress it with rootae compress"
            raise FormatError(msg)
        rows = _read(self.root[CODECS], ["id", "plan", "size", "tables", "networks"], self.where)
        found: dict[bytes, Codec] = {}
        for i in range(len(rows["id"])):
            digest = rows["id"][i].tobytes()
            if digest not in found:
                parts = (rows[k][i].tobytes() for k in ("plan", "tables", "networks"))
                found[digest] = _codec(digest, int(rows["size"][i]), *parts, self.where)
        return found

    def only_codec(self) -> Codec:
        """Return the codec of a file that holds just one."""
        if len(self.codecs) != 1:
            msg = f"{self.where} holds {len(self.codecs)} codecs, not one: name a codec file"
            raise FormatError(msg)
        return next(iter(self.codecs.values()))

    @functools.cached_property
    def provenance(self) -> list[dict[str, Any]]:
        """Return one record a compressed file that went into this one."""
        if not self._has(FILES):
            return []
        rows = _read(self.root[FILES], ["json"], self.where)["json"]
        try:
            return [json.loads(bytes(row)) for row in rows]
        except ValueError as error:
            msg = f"{self.where}: its provenance is not JSON: the file is damaged"
            raise CorruptError(msg) from error

    def coded_trees(self) -> list[str]:
        """Return the paths of trees that have blocks."""
        if not self._has(TREES):
            return []
        names = self.root[TREES].iterclassnames(cycle=False)
        return list(dict.fromkeys(k for k, c in names if c == "TTree"))

    def expected_entries(self, path: str) -> int | None:
        """Return how many entries a tree had when it was written (hadd adds them up)."""
        if not self._has(f"{ENTRIES}/{path}"):
            return None
        return round(float(self.root[f"{ENTRIES}/{path}"].values()[0]))

    def stored(self, path: str) -> StoredTree:
        """Return the blocks of a tree.

        Raises:
            CorruptError: there are none.
        """
        if not self._has(f"{TREES}/{path}"):
            msg = (
                f"{self.where}: tree {path} has coded columns, but the directory 'rootae' that "
                "holds their values is gone, as after Snapshot or CopyTree: go back to the full "
                "file and use rootae skim or rootae decompress"
            )
            raise CorruptError(msg)
        return StoredTree(self, path)


@functools.lru_cache(maxsize=64)
def _codec(
    digest: bytes, size: int, plan: bytes, tables: bytes, networks: bytes, where: str
) -> Codec:
    if size > 1 << 28:
        msg = f"{where}: a plan of {size} bytes: the file is damaged"
        raise CorruptError(msg)
    text = streams.unzstd(plan, size)
    if hashlib.sha256(streams.join([text, tables, networks])).digest() != digest:
        msg = f"{where}: codec {digest.hex()[:8]} is damaged: its checksum does not match"
        raise CorruptError(msg)
    return Codec.from_parts(text, tables, networks)


def _read(tree: Any, names: list[str], where: str) -> dict[str, NDArray[Any]]:
    try:
        return {n: tree[n].array(library="np") for n in names}
    except Exception as error:
        msg = f"{where}: {tree.name} cannot be read, the file is damaged: {error}".splitlines()[0]
        raise CorruptError(msg) from error


class StoredTree:
    """The blocks of one tree.

    Arguments:
        container: the file.
        path: the tree's path.
    """

    def __init__(self, container: Container, path: str) -> None:
        self.container = container
        self.path = path
        self._tree = container.root[f"{TREES}/{path}"]
        self.where = f"{container.where}:{path}"
        index = _read(self._tree, [*_FIXED, *_HEAD], self.where)
        self.entries = np.asarray(index["entries"], np.int64)
        if (self.entries < 0).any() or len(self.entries) and self.entries.max() > 1 << 40:
            msg = f"{self.where}: a block has an impossible number of entries: the file is damaged"
            raise CorruptError(msg)
        self.starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.entries)])
        self.ids = np.asarray(index["block"], np.uint32)
        self._index = index

    @property
    def total(self) -> int:
        """Return the entries of all blocks together."""
        return int(self.starts[-1])

    @functools.cached_property
    def plans(self) -> list[TreePlan]:
        """Return the plans of all codecs that the blocks use, or of the file's if there are none."""
        codecs = self.container.codecs
        used = dict.fromkeys(row.tobytes() for row in self._index["codec"])
        chosen = [self._codec(d) for d in used] or list(codecs.values())
        plans = [c.plan.tree(self.path) for c in chosen]
        return [p for p in plans if p is not None]

    def _codec(self, digest: bytes) -> Codec:
        codec = self.container.codecs.get(digest)
        if codec is None:
            msg = (
                f"{self.where}: blocks need codec {digest.hex()[:8]}, which the file does not "
                "hold: merge the files anew with hadd or rootae merge"
            )
            raise CorruptError(msg)
        return codec

    def codec_of(self, block: int) -> Codec:
        """Return the codec of one block."""
        return self._codec(self._index["codec"][block].tobytes())

    def decoder(self, block: int) -> BlockDecoder:
        """Return a decoder that reads a block's blobs as they are needed.

        Raises:
            CorruptError: the block's directory is damaged.
        """
        codec = self.codec_of(block)
        coder = codec.tree(self.path)
        head = self._index["head"][block].tobytes()
        where = f"{self.where}, block {block}"
        if zlib.crc32(head) != int(self._index["crc32"][block]):
            msg = f"{where}: its directory is damaged: the checksum does not match"
            raise CorruptError(msg)
        if _block_id(codec.digest, head) != int(self.ids[block]):
            msg = f"{where}: its id is not that of its contents: the file is damaged"
            raise CorruptError(msg)
        rows, spans = _directory(head, coder.plan)
        blobs = functools.partial(self._blob, block, spans, where)
        return BlockDecoder(
            coder,
            int(self.entries[block]),
            rows,
            lambda name: blobs(("column", name)),
            lambda name: blobs(("group", name)),
        )

    def _blob(
        self,
        block: int,
        spans: Mapping[tuple[str, str], tuple[str, int, int, int]],
        where: str,
        key: tuple[str, str],
    ) -> bytes:
        branch, start, size, crc = spans[key]
        try:
            array = self._tree[branch].array(
                entry_start=block, entry_stop=block + 1, library="np", array_cache=None
            )
            data = bytes(array[0][start : start + size])
        except RootaeError:
            raise
        except Exception as error:
            msg = f"{where}: {key[0]} {key[1]} cannot be read: {error}".splitlines()[0]
            raise CorruptError(msg) from error
        if len(data) != size or zlib.crc32(data) != crc:
            msg = f"{where}: {key[0]} {key[1] or 'of event scalars'} is damaged: the checksum does not match"
            raise CorruptError(msg)
        return data


def _directory(
    head: bytes, plan: TreePlan
) -> tuple[dict[str, int], dict[tuple[str, str], tuple[str, int, int, int]]]:
    """Read a block's directory: rows by group; branch, offset, size and crc32 by blob."""
    cursor, place = streams.Cursor(head), placement(plan)
    rows: dict[str, int] = {}
    spans: dict[tuple[str, str], tuple[str, int, int, int]] = {}
    filled: dict[str, int] = {}

    def span(branch: str) -> tuple[str, int, int, int]:
        size = cursor.varint()
        crc = int.from_bytes(cursor.take(4), "little")
        start = filled.get(branch, 0)
        filled[branch] = start + size
        return branch, start, size, crc

    for i, group in enumerate(plan.groups):
        rows[group.name] = cursor.varint()
        spans["group", group.name] = span(f"group_{i}")
        for column in dict.fromkeys(x.column for x in group.lanes):
            spans["column", column] = span(place[column])
    return rows, spans
