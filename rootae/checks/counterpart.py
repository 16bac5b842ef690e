"""An original tree beside its compressed self: coded values within bounds, all else as it was."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.checks.branch_bytes import branch_differences
from rootae.checks.passthrough import refuse, tree_differences
from rootae.checks.written import hold_written
from rootae.container.side_tree import CARRIER_VALUE
from rootae.errors import BoundError, CorruptError, said
from rootae.reader.cache import forget
from rootae.reader.hook import coded
from rootae.rootio.baskets import is_constant
from rootae.rootio.branch_values import read
from rootae.rootio.writable import passing_names
from rootae.schema.bounds.bound import EXACT
from rootae.schema.bounds.deviation import held

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.checks.written import Written
    from rootae.progress import Progress
    from rootae.reader.tree import CodedTree
    from rootae.schema.bounds.bound import Bound
    from rootae.schema.values import Values
    from rootae.source.source import Source

__all__ = ["Counterpart", "check_carriers"]


class Counterpart:
    """An original tree and what was made of it.

    Arguments:
        source: the original file.
        target: the compressed file.
        name: the tree's path.
        bounds: of its coded columns.
        dropped: what uproot cannot write was left out on purpose.
        anew: the tree is made anew by uproot, as of a selection.
        written: what was checked before it was written: values are not decoded once more.
    """

    def __init__(
        self,
        source: Source,
        target: Source,
        name: str,
        bounds: dict[str, Bound],
        *,
        dropped: bool = False,
        anew: bool = False,
        written: Written | None = None,
    ) -> None:
        self.source = source
        self.target = target
        self.name = name
        self.tree = source.tree(name)
        self.other = target.opened(name)
        self.bounds = bounds
        self.dropped = dropped
        self.anew = anew
        self.written = written
        self.where = f"{target.path}:{name}"

    def compare(self, progress: Progress | None) -> dict[str, float]:
        """Hold one against the other.

        Returns:
            The largest error by column.

        Raises:
            BoundError: something is missing, or not what it should be.
            CorruptError: what stands for a coded column is damaged.
        """
        self._refuse_missing()
        errors: dict[str, float] = {}
        mine = coded(self.other)
        if mine is not None:
            check_carriers(self.other, mine)
        names = self._coded_names() if mine is not None else ()
        verbatim = self.tree.is_verbatim
        if verbatim:
            refuse(self._differences(), self.source, self.target.path)
            if mine is not None and self.written is not None:
                done = progress.advance if progress is not None else _unheard
                return hold_written(mine, self.written, self.bounds, self.where, done)
        for start, stop, original in self.tree.parts(self._blocks(mine), names):
            if mine is not None:
                self._compare_coded(mine, start, stop, original, errors)
                forget(mine)  # no block is read twice
            if not verbatim:
                self._compare_passing(start, stop)
            if progress is not None:
                progress.advance(stop - start)
        return errors

    def _blocks(self, mine: CodedTree | None) -> list[tuple[int, int]]:
        """Return the entry ranges to go by: blocks, which need no counter of the original's."""
        if mine is not None:
            return [(int(a), int(b)) for a, b in itertools.pairwise(mine.stored.starts)]
        return [] if self.tree.is_verbatim else list(self.tree.blocks())

    def _refuse_missing(self) -> None:
        if int(self.other.num_entries) != self.tree.entries:
            msg = f"{self.where} has {self.other.num_entries} entries, not {self.tree.entries}"
            raise BoundError(msg)
        there = set(self.other.keys(recursive=False))
        wanted = [*self.bounds, *passing_names(self.tree.schema)]
        wanted += [] if self.dropped else self.tree.schema.order
        missing = [n for n in dict.fromkeys(wanted) if n not in there]
        if missing:
            msg = f"{self.where}: branches {', '.join(missing[:10])} are missing"
            raise BoundError(msg)

    def _differences(self) -> list[str]:
        """Name what is not coded and not what it was."""
        if self.dropped:
            tree, names = self.tree.tree, passing_names(self.tree.schema)
            pairs = ((tree[n], self.other[n]) for n in names if n not in self.bounds)
            found = (n for pair in pairs for n in branch_differences(*pair))
            return [f"{self.name}:{n}" for n in found]
        keys = self.source.tree_key(self.name), self.target.tree_key(self.name)
        found_all = tree_differences(self.source, self.target, self.name, keys, self.bounds)
        left = [f"{self.name}: {what}" for what in self.source.remade(self.name)]
        return [d for d in found_all if not self.anew or d not in left]

    def _coded_names(self) -> tuple[str, ...]:
        """Return the coded columns, and the sizes of vectors of vectors among them."""
        known = {c.name: c for c in self.tree.schema.columns}
        strange = [n for n in self.bounds if n not in known]
        if strange:
            msg = f"{self.where}: {self.source.path} has no {', '.join(strange[:10])} to hold"
            raise BoundError(msg)
        nested = (known[n] for n in self.bounds if known[n].is_nested)
        return (*self.bounds, *(s.name for c in nested for s in c.sizes()))

    def _compare_coded(
        self,
        mine: CodedTree,
        start: int,
        stop: int,
        original: dict[str, Values],
        errors: dict[str, float],
    ) -> None:
        for name, returned in mine.decode([*original], start, stop).items():
            bound = self.bounds.get(name, EXACT)  # sizes are always exact
            error = held(original[name], returned, bound, (self.where, name))
            if name in self.bounds:
                errors[name] = max(errors.get(name, 0.0), error)

    def _compare_passing(self, start: int, stop: int) -> None:
        names = [n for n in passing_names(self.tree.schema) if n not in self.bounds]
        mine = self.tree.arrays(start, stop, names)
        for name in names:
            theirs = read(self.other[name], start, stop)
            if not _equal(mine[name], theirs):
                msg = f"{self.where}: branch {name} does not hold the original's values"
                raise BoundError(msg)


def _unheard(_entries: int) -> None:
    """Tell nobody how far it is."""


def check_carriers(tree: Any, mine: CodedTree) -> None:
    """Read what stands for coded columns in a tree: uproot does so before it asks for values.

    Raises:
        CorruptError: it is damaged.
    """
    names = {c for plan in mine.stored.plans for c in plan.carried}
    for branch in tree.branches:
        if branch.name in names:
            mine.check_carrier(branch)
            where = f"{mine.stored.where}: the carrier of {branch.name}"
            try:
                whole = is_constant(branch, CARRIER_VALUE)
            except Exception as error:
                msg = f"{where} cannot be read, the file is damaged: {said(error)}"
                raise CorruptError(msg) from error
            if not whole:
                msg = f"{where} holds something else than carriers do: the file is damaged"
                raise CorruptError(msg)


def _equal(a: ak.Array, b: ak.Array) -> bool:
    """Say whether two arrays hold the same counts and values; texts are lists of bytes here."""
    mine, theirs = (_flattened(ak.without_parameters(x)) for x in (a, b))
    return len(mine) == len(theirs) and all(map(_same, mine, theirs))


def _same(x: NDArray[Any], y: NDArray[Any]) -> bool:
    """Compare numbers: whole ones by value, as counters of RNTuples take another type in a tree."""
    if x.dtype.kind in "iu" and y.dtype.kind in "iu":
        return np.array_equal(x, y)
    return x.dtype == y.dtype and x.tobytes() == y.tobytes()


def _flattened(array: ak.Array) -> list[NDArray[Any]]:
    counts = [ak.flatten(ak.num(array, axis=n), axis=None) for n in range(1, array.ndim)]
    return [np.asarray(ak.to_numpy(x)) for x in (*counts, ak.flatten(array, axis=None))]
