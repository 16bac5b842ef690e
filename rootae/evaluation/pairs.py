"""A tree before and after compression, read in step: the same entries of both at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.errors import ArgumentError, FormatError, NameNotFound, RootaeError
from rootae.reader.cache import forget
from rootae.reader.hook import coded
from rootae.rootio.branch_values import read
from rootae.schema.bounds.bound import EXACT, Bound
from rootae.schema.values import Values
from rootae.source.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rootae.reader.open import File
    from rootae.reader.tree import CodedTree
    from rootae.schema.column import Column
    from rootae.source.tree import SourceTree

__all__ = ["Pair", "PairedTree", "Part", "paired"]

NO_BOUND = Bound("none")


@dataclass(frozen=True)
class Pair:
    """One column's values over the same entries of both files."""

    before: Values
    after: Values


@dataclass(frozen=True)
class Part:
    """A range of entries of both files.

    Arguments:
        start, stop: the entries.
        pairs: values by column.
    """

    start: int
    stop: int
    pairs: Mapping[str, Pair]

    @property
    def before(self) -> dict[str, Values]:
        """Return the original's values by column."""
        return {n: p.before for n, p in self.pairs.items()}

    @property
    def after(self) -> dict[str, Values]:
        """Return the compressed file's values by column."""
        return {n: p.after for n, p in self.pairs.items()}


@dataclass
class PairedTree:
    """A tree that both files have.

    Arguments:
        original: the tree before.
        tree: the tree after, as uproot shows it.
        bounds: what was promised, by column.
        where: file and tree after, for messages.
        columns: the columns that are compared.
        notes: what is not compared, and why.
    """

    original: SourceTree
    tree: Any
    bounds: dict[str, Bound]
    where: str
    columns: tuple[Column, ...] = ()
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Find what both have.

        Raises:
            ArgumentError: the two have other numbers of entries.
        """
        entries = int(self.tree.num_entries)
        if entries != self.original.entries:
            msg = (
                f"{self.where} has {entries} entries and {self.original.where} has "
                f"{self.original.entries}: compare a file with the one it was made from"
            )
            raise ArgumentError(msg)
        there = set(self.tree.keys(recursive=False))
        known = [c for c in self.original.schema.columns if c.has_branch]
        self.columns = tuple(c for c in known if c.name in there)
        self._note("is missing after compression", [c.name for c in known if c.name not in there])
        self._note("is not in the original", sorted(there - set(self.original.schema.order)))
        others = [n for n in self.original.schema.order if n not in {c.name for c in known}]
        self._note("holds no plain numbers and is not compared", others)

    def _note(self, what: str, names: Sequence[str]) -> None:
        if names:
            more = f" and {len(names) - 8} more" if len(names) > 8 else ""
            verb = what if len(names) == 1 else what.replace("is ", "are ").replace("holds", "hold")
            self.notes.append(f"{self.path}: {', '.join(names[:8])}{more} {verb}")

    @property
    def path(self) -> str:
        """Return the tree's path."""
        return self.original.schema.path

    def bound(self, name: str) -> Bound:
        """Return what a column was promised."""
        return self.bounds.get(name, EXACT)

    @property
    def coded(self) -> CodedTree | None:
        """Return the coded columns of the tree after, if it has any."""
        found: CodedTree | None = coded(self.tree)
        return found

    def parts(self, names: Sequence[str] | None = None) -> Iterator[Part]:
        """Yield both files' values, some entries at a time.

        Raises:
            ArgumentError: an entry has other numbers of objects: the files do not belong together.
        """
        columns = [c for c in self.columns if names is None or c.name in names]
        wanted = [c.name for c in columns]
        blocks = list(self.original.blocks())
        for start, stop, before in self.original.parts(blocks, wanted):
            pairs = {}
            for column in columns:
                after = self._after(column, start, stop)
                self._match(column, before[column.name], after, start)
                pairs[column.name] = Pair(before[column.name], after)
            yield Part(start, stop, pairs)
            if self.coded is not None:
                forget(self.coded)  # no block is read twice

    def _after(self, column: Column, start: int, stop: int) -> Values:
        mine = self.coded
        if mine is not None and column.name in self.bounds:
            return mine.values(column.name, start, stop)
        try:
            return Values.from_array(read(self.tree[column.name], start, stop), column)
        except RootaeError:
            raise
        except Exception as error:
            msg = f"{self.where}: {column.name} cannot be read: {error}".splitlines()[0]
            raise FormatError(msg) from error

    def _match(self, column: Column, before: Values, after: Values, start: int) -> None:
        shapes = before.flat.shape == after.flat.shape
        a, b = before.counts, after.counts
        if a is not None and b is not None and not np.array_equal(a, b):
            entry = start + int(np.argmax(a != b))
            msg = (
                f"{self.where}: {column.name} has another number of objects than the original, in "
                f"entry {entry} for the first time: compare a file with the one it was made from"
            )
            raise ArgumentError(msg)
        if not shapes or (a is None) != (b is None):
            msg = f"{self.where}: {column.name} has another shape than in the original"
            raise ArgumentError(msg)


def paired(
    source: Source, file: File, where: str, globs: Sequence[str] = ()
) -> tuple[list[PairedTree], list[str]]:
    """Find the trees that two files share.

    Arguments:
        source: the original.
        file: the compressed file.
        where: the compressed file's name.
        globs: the trees to compare, all by default.

    Returns:
        The pairs, and notes on trees that only one of the files has.

    Raises:
        NameNotFound: a glob matches no tree.
        ArgumentError: the files share no tree, or a tree has other entries.
    """
    mine = source.tree_paths(globs)
    there = Source(Path(where), file)
    theirs = there.tree_paths()
    both = [n for n in mine if n in theirs]
    if not both:
        if globs:
            raise NameNotFound(mine[0], theirs, where)
        msg = (
            f"{source.path} ({_listed(mine)}) and {where} ({_listed(theirs)}) share no tree: "
            "compare a file with the one it was made from"
        )
        raise ArgumentError(msg)
    notes = [f"tree {n} is in {source.path.name} only" for n in mine if n not in theirs]
    if not globs:
        notes += [f"tree {n} is in {where} only" for n in theirs if n not in mine]
    bounds = file.bounds
    pairs = []
    for name in both:
        other = there.opened(name)
        promised = bounds.get(name, {})
        if not file.container.is_coded:
            promised = dict.fromkeys(other.keys(recursive=False), NO_BOUND)
        pairs.append(PairedTree(source.tree(name), other, promised, f"{where}:{name}"))
    if not file.container.is_coded:
        notes.append(f"{where} holds no codec of rootae: its columns come without any bound")
    return pairs, notes


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "") if names else "no tree"
