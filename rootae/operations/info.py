"""What a file holds, from its plans and directories alone: no column is decoded."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from rootae.codec.plan.lineage import ancestors, contexts, how
from rootae.codec.plan.recorded import GroupInfo, recorded
from rootae.errors import NameNotFound
from rootae.reader.open import open_file
from rootae.rootio.opening import split_path
from rootae.source.source import Source
from rootae.summary import Summary, size_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from rootae.codec.codec import Codec
    from rootae.codec.plan.plan import TreePlan
    from rootae.container.blocks import StoredTree
    from rootae.reader.open import File
    from rootae.schema.column import Column

__all__ = ["CodecInfo", "ColumnInfo", "FileInfo", "GroupInfo", "TreeInfo", "info"]

_KINDS = {
    "compressed": "compressed by rootae",
    "codec": "a rootae codec, without trees",
    "plain": "nothing in it is coded by rootae: an ordinary file, or a copy of one",
}
_Plan: TypeAlias = "tuple[TreePlan, Sequence[NDArray[np.int64]]]"  # with its codec's tables


@dataclass(frozen=True)
class ColumnInfo:
    """One column of a coded tree.

    Arguments:
        name, typename, title: as the original had them.
        bound, why: what was promised, and where that comes from (empty for a kept branch).
        how: ``plain``, ``contexts``, ``derived from ...``, or ``kept`` for an ordinary branch.
        values: number of values.
        nbytes: bytes of its blobs, of its baskets for a kept branch.
        ancestors: number of other columns that are decoded when it is read.
        contexts: number of contexts that its values may have, 0 if they are coded plainly.
    """

    name: str
    typename: str
    title: str
    bound: str
    why: str
    how: str
    values: int
    nbytes: int
    ancestors: int
    contexts: int = 0

    @property
    def bits(self) -> float:
        """Return the bits a value takes."""
        return 8 * self.nbytes / self.values if self.values else 0.0


@dataclass(frozen=True)
class TreeInfo:
    """One tree.

    Arguments:
        path, title: as the original had them.
        entries: its entries.
        blocks: number of blocks, 0 for a tree that is not coded.
        latents: bytes of all latents.
        columns: its columns, in the original's order; empty for a tree that is not coded.
    """

    path: str
    title: str
    entries: int
    blocks: int = 0
    latents: int = 0
    columns: tuple[ColumnInfo, ...] = ()

    @property
    def nbytes(self) -> int:
        """Return the bytes of all blobs and kept baskets."""
        return self.latents + sum(c.nbytes for c in self.columns)

    @property
    def ancestors(self) -> tuple[float, int]:
        """Return how many other columns are decoded for one column: the mean and the most."""
        found = [c.ancestors for c in self.columns if c.how != "kept"] or [0]
        return sum(found) / len(found), max(found)


@dataclass(frozen=True)
class CodecInfo:
    """One codec.

    Arguments:
        id: sha256 of its contents, in hexadecimal digits.
        format: the version it is written in.
        networks: how many.
        nbytes: bytes before compression.
        groups: how each group is coded.
        training: how it was trained: family, seed, and what was not the default.
    """

    id: str
    format: int
    networks: int
    nbytes: int
    groups: tuple[GroupInfo, ...]
    training: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class FileInfo(Summary):
    """One file.

    Arguments:
        path: where it is, as text where that is a URL.
        nbytes: its size.
        kind: ``compressed``, ``codec`` (no blocks) or ``plain`` (nothing of rootae in it).
        codecs: the codecs that it holds.
        trees: its trees.
        provenance: one record for each compressed file that went into it.
    """

    path: Path | str
    nbytes: int
    kind: str
    codecs: tuple[CodecInfo, ...]
    trees: tuple[TreeInfo, ...]
    provenance: tuple[dict[str, Any], ...]

    @property
    def headline(self) -> str:
        """Say in one line what the file is."""
        return f"{self.path}: {size_text(self.nbytes)}, {_KINDS[self.kind]}{self._origin}"

    @property
    def _origin(self) -> str:
        """Say what the file was made from, where it is still all that it was made from."""
        sources = [record.get("source") for record in self.provenance]
        if self.kind != "compressed" or len(sources) != 1 or not isinstance(sources[0], dict):
            return ""
        name, nbytes = sources[0].get("name"), sources[0].get("bytes")
        if not isinstance(name, str) or not isinstance(nbytes, int):
            return ""
        times = nbytes / max(self.nbytes, 1)
        return f" from {name}, {size_text(nbytes)}: {times:.2f} times smaller"

    def tables(self) -> dict[str, tuple[list[str], list[list[str]]]]:
        """Return each tree's columns, for notebooks."""
        head = ["column", "type", "bound", "bytes", "bits a value"]
        return {
            f"{tree.path}: {tree.entries:,} entries": (
                head,
                [
                    [c.name, c.typename, c.bound, size_text(c.nbytes), f"{c.bits:.2f}"]
                    for c in tree.columns
                ],
            )
            for tree in self.trees
        }

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        data = dataclasses.asdict(self) | {"path": str(self.path)}
        for tree, shown in zip(self.trees, data["trees"], strict=True):
            mean, most = tree.ancestors
            shown["ancestors"] = {"mean": mean, "max": most}
            for column, fields in zip(tree.columns, shown["columns"], strict=True):
                fields |= {"bits": column.bits, "share": column.nbytes / max(self.nbytes, 1)}
        return data


def info(path: str | Path) -> FileInfo:
    """Describe a file: codecs, trees, columns, bounds and sizes.

    Arguments:
        path: a compressed file, a codec file or any ROOT file, here or at a URL, or
            ``file.root:tree``.

    Returns:
        What it holds; nothing is decoded.

    Raises:
        ArgumentError: there is no such file or tree.
        FormatError: it is not a ROOT file, or a newer rootae wrote it.

    Example:
        >>> from rootae.operations.info import info
        >>> info("small.root").trees[0].columns[0].bits  # doctest: +SKIP
        9.2
    """
    name, wanted = split_path(str(path))
    place = name if "://" in name else Path(name)
    with open_file(place) as file:
        coded = file.container.is_coded
        codecs = list(file.container.codecs.values()) if coded else []
        trees = _trees(file, name) if file.is_coded or not coded else _planned(codecs)
        known = [t.path for t in trees]
        if wanted is not None and wanted not in known:
            raise NameNotFound(wanted, known, name)
        kind = ("compressed" if file.is_coded else "codec") if coded else "plain"
        return FileInfo(
            place,
            int(file.file.source.num_bytes),
            kind,
            tuple(_codec(c) for c in codecs),
            tuple(t for t in trees if wanted in (None, t.path)),
            tuple(file.container.provenance),
        )


def _codec(codec: Codec) -> CodecInfo:
    groups = tuple(recorded(codec, t, g) for t in codec.plan.trees for g in t.groups)
    nbytes = sum(map(len, codec.parts))
    told = {k: v for k, v in codec.plan.training.items() if k not in ("groups", "options")}
    return CodecInfo(codec.id, codec.plan.format, len(codec.networks), nbytes, groups, told)


def _trees(file: File, name: str) -> list[TreeInfo]:
    coded = file.container.coded_trees() if file.is_coded else []
    source, out = Source(Path(name), file), []
    for path in source.tree_paths():
        tree = source.opened(path)
        if path in coded:
            out.append(_stored(file.container.stored(path), tree))
        else:
            out.append(TreeInfo(path, str(tree.title), int(tree.num_entries)))
    return out


def _planned(codecs: Sequence[Codec]) -> list[TreeInfo]:
    """Describe the trees of a codec file, which holds none."""
    trees = ((c, t) for c in codecs for t in c.plan.trees)
    told = ((t, _columns([(t, c.tables)], {}, {}, None)) for c, t in trees)
    return [TreeInfo(t.path, t.title, 0, columns=columns) for t, columns in told]


def _stored(stored: StoredTree, tree: Any) -> TreeInfo:
    sizes: dict[tuple[str, str], int] = {}
    for block in range(len(stored.entries)):
        for key, size in stored.sizes(block).items():
            sizes[key] = sizes.get(key, 0) + size
    latents = sum(size for (kind, _), size in sizes.items() if kind == "group")
    plans = [(c.tree(stored.path).plan, c.tables) for c in stored.codecs]
    columns = _columns(plans, sizes, stored.rows, tree)
    return TreeInfo(
        stored.path, stored.plans[0].title, stored.total, len(stored.entries), latents, columns
    )


def _columns(
    plans: Sequence[_Plan],
    sizes: dict[tuple[str, str], int],
    rows: dict[str, int],
    tree: Any,
) -> tuple[ColumnInfo, ...]:
    """Describe a tree's branches and, at the end, counters of vectors, which have none."""
    first = plans[0][0]
    described = {b.name: b for b in first.branches}
    known = {c.name: c for c in first.columns}
    out = []
    for name in dict.fromkeys([*described, *known]):
        branch = described.get(name)
        title = branch.title if branch is not None else ""
        if name in known and (branch is None or branch.coded):
            nbytes = sizes.get(("column", name), 0)
            out.append(_coded(plans, known[name], title, nbytes, rows))
        elif branch is not None:
            nbytes = int(tree[name].compressed_bytes) if tree is not None else 0
            values = int(tree.num_entries) if tree is not None else 0
            out.append(ColumnInfo(name, branch.typename, title, "", "", "kept", values, nbytes, 0))
    return tuple(out)


def _coded(
    plans: Sequence[_Plan], column: Column, title: str, nbytes: int, rows: dict[str, int]
) -> ColumnInfo:
    name = column.name
    groups = [(p.group(column.group), tables) for p, tables in plans]
    lanes = [next(x for x in g.lanes if x.column == name) for g, _ in groups]
    told = [str(x.bound) for x in lanes], [x.why for x in lanes], [how(g, name) for g, _ in groups]
    bound, why, ways = ("; ".join(dict.fromkeys(texts)) for texts in told)
    values = rows.get(column.group, 0) * column.lanes
    most = max(len(ancestors(p, name)) for p, _ in plans)
    found = max(contexts(g, t, i) for g, t in groups for i in g.lanes_of(name))
    texts = name, column.typename, title, bound, why, ways
    return ColumnInfo(*texts, values, nbytes, most, found)
