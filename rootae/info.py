"""What a file holds, from its plans and directories alone: no column is decoded."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.ancestry import ancestors, how
from rootae.errors import NameNotFound
from rootae.reader import open_file
from rootae.source import split_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rootae.codec import Codec
    from rootae.plan import GroupPlan, TreePlan
    from rootae.reader import File
    from rootae.schema import Column
    from rootae.stored import StoredTree

__all__ = ["CodecInfo", "ColumnInfo", "FileInfo", "GroupInfo", "TreeInfo", "info"]


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
class GroupInfo:
    """How one group is coded: family, number of lanes, latents, stages, diagrams and contexts."""

    tree: str
    name: str
    family: str
    lanes: int
    latents: int
    stages: int
    diagrams: int
    contexts: int


@dataclass(frozen=True)
class CodecInfo:
    """One codec: id, format version, networks, bytes before compression, and its groups."""

    id: str
    format: int
    networks: int
    nbytes: int
    groups: tuple[GroupInfo, ...]


@dataclass(frozen=True)
class FileInfo:
    """One file.

    Arguments:
        path: where it is.
        nbytes: its size.
        kind: ``compressed``, ``codec`` (no blocks) or ``plain`` (nothing of rootae in it).
        codecs: the codecs that it holds.
        trees: its trees.
        provenance: one record for each compressed file that went into it.
    """

    path: Path
    nbytes: int
    kind: str
    codecs: tuple[CodecInfo, ...]
    trees: tuple[TreeInfo, ...]
    provenance: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        data = dataclasses.asdict(self) | {"path": str(self.path)}
        for tree, shown in zip(self.trees, data["trees"], strict=True):
            mean, most = tree.ancestors
            shown["ancestors"] = {"mean": mean, "max": most}
            for column, fields in zip(tree.columns, shown["columns"], strict=True):
                fields["bits"] = column.bits
        return data


def info(path: str | Path) -> FileInfo:
    """Describe a file: codecs, trees, columns, bounds and sizes.

    Arguments:
        path: a compressed file, a codec file or any ROOT file, or ``file.root:tree``.

    Returns:
        What it holds; nothing is decoded.

    Raises:
        ArgumentError: there is no such file or tree.
        FormatError: it is not a ROOT file, or a newer rootae wrote it.

    Example:
        >>> from rootae.info import info
        >>> info("small.root").trees[0].columns[0].bits  # doctest: +SKIP
        9.2
    """
    name, wanted = split_path(str(path))
    with open_file(Path(name)) as file:
        coded = file.container.is_coded
        codecs = list(file.container.codecs.values()) if coded else []
        trees = _trees(file) if file.is_coded or not coded else _planned(codecs)
        known = [t.path for t in trees]
        if wanted is not None and wanted not in known:
            what = "tree"
            raise NameNotFound(wanted, known, name, what)
        kind = ("compressed" if file.is_coded else "codec") if coded else "plain"
        return FileInfo(
            Path(name),
            Path(name).stat().st_size,
            kind,
            tuple(_codec(c) for c in codecs),
            tuple(t for t in trees if wanted in (None, t.path)),
            tuple(file.container.provenance),
        )


def _codec(codec: Codec) -> CodecInfo:
    groups = tuple(_group(codec, t, g) for t in codec.plan.trees for g in t.groups)
    nbytes = sum(map(len, codec.parts))
    return CodecInfo(codec.id, codec.plan.format, len(codec.networks), nbytes, groups)


def _group(codec: Codec, tree: TreePlan, group: GroupPlan) -> GroupInfo:
    targets = [t for s in group.stages for t in s.targets]
    sizes = [len(codec.tables[i]) + 1 for t in targets for i in (t.location, t.scale)]
    contexts = sum(a * b for a, b in zip(sizes[::2], sizes[1::2], strict=True))
    contexts += sum(int(codec.tables[d.tables[-1]].max()) + 1 for d in group.diagrams)
    latents = group.encoder.latents if group.encoder is not None else 0
    counts = len(group.lanes), latents, len(group.stages), len(group.diagrams), contexts
    return GroupInfo(tree.path, group.name, group.family, *counts)


def _trees(file: File) -> list[TreeInfo]:
    coded = file.container.coded_trees() if file.is_coded else []
    classes = file.classnames(cycle=False)
    out = []
    for path in [k for k, c in classes.items() if c == "TTree"]:
        tree = file[path]
        if path in coded:
            out.append(_stored(file.container.stored(path), tree))
        else:
            out.append(TreeInfo(path, str(tree.title), int(tree.num_entries)))
    return out


def _planned(codecs: Sequence[Codec]) -> list[TreeInfo]:
    """Describe the trees of a codec file, which holds none."""
    trees = (t for c in codecs for t in c.plan.trees)
    return [TreeInfo(t.path, t.title, 0, columns=_columns((t,), {}, {}, None)) for t in trees]


def _stored(stored: StoredTree, tree: Any) -> TreeInfo:
    sizes: dict[tuple[str, str], int] = {}
    for block in range(len(stored.entries)):
        for key, size in stored.sizes(block).items():
            sizes[key] = sizes.get(key, 0) + size
    latents = sum(size for (kind, _), size in sizes.items() if kind == "group")
    columns = _columns(tuple(stored.plans), sizes, stored.rows, tree)
    return TreeInfo(
        stored.path, stored.plans[0].title, stored.total, len(stored.entries), latents, columns
    )


def _columns(
    plans: tuple[TreePlan, ...],
    sizes: dict[tuple[str, str], int],
    rows: dict[str, int],
    tree: Any,
) -> tuple[ColumnInfo, ...]:
    """Describe a tree's branches and, at the end, counters of vectors, which have none."""
    described = {b.name: b for b in plans[0].branches}
    known = {c.name: c for c in plans[0].columns}
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
    plans: tuple[TreePlan, ...], column: Column, title: str, nbytes: int, rows: dict[str, int]
) -> ColumnInfo:
    name, group = column.name, column.group
    lanes = [next(x for x in p.group(group).lanes if x.column == name) for p in plans]
    bound, why, ways = (
        "; ".join(dict.fromkeys(texts))
        for texts in (
            [x.bound for x in lanes],
            [x.why for x in lanes],
            [how(p.group(group), name) for p in plans],
        )
    )
    values = rows.get(group, 0) * column.lanes
    most = max(len(ancestors(p, name)) for p in plans)
    return ColumnInfo(name, column.typename, title, bound, why, ways, values, nbytes, most)
