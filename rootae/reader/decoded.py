"""A compressed file as a source of values: coded columns as they were before, decoded."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

from rootae.errors import ArgumentError
from rootae.reader.hook import coded
from rootae.reader.open import open_file
from rootae.rootio.opening import split_path
from rootae.source.source import Source

if TYPE_CHECKING:
    from rootae.codec.plan.plan import TreePlan
    from rootae.reader.tree import CodedTree
    from rootae.schema.column import Column
    from rootae.schema.tree import TreeSchema
    from rootae.source.tree import SourceTree

__all__ = ["DecodedSource", "blocks_of", "coded_of", "whole_file"]


class DecodedSource(Source):
    """A ROOT file, compressed or not, whose coded columns are columns like all others."""

    @classmethod
    def open(cls, path: str | Path, device: str | None = None) -> DecodedSource:
        """Open a file.

        Arguments:
            path: the file.
            device: where networks run, as in `rootae.open`.

        Raises:
            ArgumentError: there is no such file.
            FormatError: it is not a ROOT file, or a newer rootae wrote it.
        """
        return cls(Path(path), open_file(Path(path), device=device))

    def tree(self, path: str) -> SourceTree:
        """Return one tree, decoded.

        Raises:
            CorruptError: the tree and its blocks do not belong together.
        """
        found = super().tree(path)
        mine = coded_of(found)
        if mine is not None:
            found.schema = _before(found.schema, mine.stored.plans[0])
        return found


def coded_of(tree: SourceTree) -> CodedTree | None:
    """Return the coded columns of a tree, or None if it has none."""
    return coded(tree.tree)


def blocks_of(tree: SourceTree) -> list[tuple[int, int]]:
    """Return the entry ranges of a tree's blocks: as it has them, or as it would get them."""
    mine = coded_of(tree)
    if mine is None:
        return list(tree.blocks())
    return [(int(a), int(b)) for a, b in itertools.pairwise(mine.stored.starts)]


def _before(schema: TreeSchema, plan: TreePlan) -> TreeSchema:
    """Put the plan's columns where their carriers stand, sizes of vectors beside them."""
    known = {c.name: c for c in (*schema.columns, *plan.columns)}
    columns: list[Column] = []
    for name in schema.order:
        column = known.get(name)
        if column is not None:
            columns += [column, *(known[c.name] for c in column.sizes())]
    lost = tuple((n, t) for n, t in schema.unsupported if n not in known)
    return dataclasses.replace(schema, columns=tuple(columns), unsupported=lost)


def whole_file(name: str | Path, command: str) -> Path:
    """Return a path, or refuse ``file.root:tree`` where a command takes whole files.

    Raises:
        ArgumentError: a tree is named.
    """
    path, tree = split_path(str(name))
    if tree is not None:
        msg = f"{command} takes whole files, not one tree: leave :{tree} out of {name}"
        raise ArgumentError(msg)
    return Path(path)
