"""Reading a compressed file back: checksums, and every value against an original."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.aside import reading
from rootae.backend.kept import branch_differences
from rootae.baskets import is_constant
from rootae.blockcache import forget
from rootae.bounds import EXACT
from rootae.branchvalues import read
from rootae.codec import held
from rootae.device import CPU
from rootae.errors import BoundError, CorruptError, UnreadableError, said
from rootae.hook import coded
from rootae.listing import is_empty
from rootae.passing import passing_names
from rootae.reader import open_file
from rootae.sidetree import CARRIER_VALUE
from rootae.source import Source

if TYPE_CHECKING:
    from rootae.bounds import Bound
    from rootae.coded import CodedTree
    from rootae.progress import Progress
    from rootae.schema import Values
    from rootae.sourcetree import SourceTree

__all__ = ["Verified", "verify", "verify_against"]


@dataclass(frozen=True)
class Verified:
    """What was checked.

    Arguments:
        trees: entries by tree.
        columns: number of coded columns that were decoded.
        values: number of values that were decoded.
        errors: largest error by tree and column, where an original was given.
    """

    trees: dict[str, int]
    columns: int
    values: int
    errors: dict[str, dict[str, float]]


def verify(
    path: str | Path,
    against: str | Path | None = None,
    progress: Progress | None = None,
    *,
    device: str | None = None,
) -> Verified:
    """Decode everything in a file, check all checksums, and compare with the original if given.

    Arguments:
        path: a compressed file (or a plain copy).
        against: the original.
        progress: told about phases.
        device: where networks run, as in `rootae.open`.

    Raises:
        CorruptError: something is damaged.
        MissingDependency: CUDA is asked for and cannot be used.
        BoundError: a value is outside its bound, or another one stands where it passed through.
    """
    errors: dict[str, dict[str, float]] = {}
    with open_file(path, device=device) as file:
        if against is not None:
            with Source.open(against) as source:
                errors = verify_against(Path(path), source, progress, device=device)
        elif is_empty(file.file.root_directory):
            msg = (
                f"{path} holds nothing, not one key: what wrote it ended before it closed the "
                "file, or had nothing to write"
            )
            raise CorruptError(msg)
        trees, columns, values = {}, 0, 0
        there = Source(Path(path), file)
        for name in there.tree_paths():
            tree = there.opened(name)
            trees[name] = int(tree.num_entries)
            mine = coded(tree)
            if mine is not None:
                _check_carriers(tree, mine)
                n, v = _decode_all(mine)
                columns, values = columns + n, values + v
        for name in file.container.coded_trees() if file.is_coded else ():
            if name not in trees:
                msg = f"{path}: the file holds blocks of tree {name}, but no such tree"
                raise CorruptError(msg)
    return Verified(trees, columns, values, errors)


def _check_carriers(tree: Any, mine: CodedTree) -> None:
    """Read what stands for coded columns in a tree: uproot does so before it asks for values."""
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


def _decode_all(tree: Any) -> tuple[int, int]:
    stored, names, values = tree.stored, [], 0
    for block in range(len(stored.entries)):
        start, stop = int(stored.starts[block]), int(stored.starts[block + 1])
        names = [c for p in stored.plans[:1] for c in p.carried]
        values += sum(tree.values(n, start, stop).flat.size for n in names)
        forget(tree)
    return len(names), values


def verify_against(
    path: Path,
    source: Source,
    progress: Progress | None = None,
    *,
    dropped: bool = False,
    exact: bool = False,
    device: str | None = CPU,
) -> dict[str, dict[str, float]]:
    """Hold every value of a file against the original it was made from.

    Arguments:
        path: the compressed file.
        source: the original.
        progress: told about phases.
        dropped: branches that uproot cannot write were left out on purpose.
        exact: every value has to be the original's, whatever the bounds.
        device: where networks run, as in `rootae.open`.

    Returns:
        The largest error by tree and column.

    Raises:
        BoundError: a value, a count or an object is not what it should be.
    """
    errors: dict[str, dict[str, float]] = {}
    with open_file(path, device=device) as file:
        bounds = file.bounds
        if exact:
            bounds = {path: dict.fromkeys(mine, EXACT) for path, mine in bounds.items()}
        names, there = source.tree_paths(), Source(path, file)
        trees = set(there.tree_paths())
        if progress is not None:
            progress.phase("read back", sum(source.tree(n).entries for n in names))
        for name in names:
            if name not in trees and dropped and not _writable(source.tree(name)):
                continue
            if name not in trees:
                msg = f"{path}: tree {name} is missing"
                raise BoundError(msg)
            pair = _Pair(source, name, there.opened(name), bounds.get(name, {}), str(path))
            errors[name] = pair.compare(progress, dropped=dropped)
        _same_objects(source, file, path)
    return errors


def _writable(tree: SourceTree) -> bool:
    return bool(tree.schema.columns or tree.schema.passing)


def _same_objects(source: Source, file: Any, path: Path) -> None:
    there = set(file.keys(cycle=False))
    for name, kind in source.objects():
        if name.rsplit(";", 1)[0] not in there:
            msg = f"{path}: object {name} ({kind}) is missing"
            raise BoundError(msg)


class _Pair:
    """An original tree beside its compressed self."""

    def __init__(
        self, source: Source, name: str, other: Any, bounds: dict[str, Bound], path: str
    ) -> None:
        self.source = source
        self.name = name
        self.tree = source.tree(name)
        self.other = other
        self.bounds = bounds
        self.where = f"{path}:{name}"

    def compare(self, progress: Progress | None, *, dropped: bool) -> dict[str, float]:
        def compare() -> dict[str, float]:
            self.tree = self.source.tree(self.name)
            return self._compare(progress, dropped=dropped)

        return reading(self.source, compare, self._same_bytes)

    def _same_bytes(self, source: Source, error: UnreadableError) -> set[str]:
        """Hold a branch that uproot cannot read against the original's bytes, and name it."""
        name = error.branch
        if name in self.bounds or name not in self.other:
            raise error
        if branch_differences(source.opened(error.tree)[name], self.other[name]):
            msg = f"{self.where}: branch {name} does not hold the original's bytes"
            raise BoundError(msg) from error
        return {name}

    def _compare(self, progress: Progress | None, *, dropped: bool) -> dict[str, float]:
        if int(self.other.num_entries) != self.tree.entries:
            msg = f"{self.where} has {self.other.num_entries} entries, not {self.tree.entries}"
            raise BoundError(msg)
        mine = coded(self.other)
        wanted = [*self.bounds, *passing_names(self.tree.schema)]
        missing = [n for n in dict.fromkeys(wanted) if n not in self.other]
        if not dropped:
            there = set(self.other.keys(recursive=False))
            missing += [n for n in self.tree.schema.order if n not in there]
        if missing:
            lost = list(dict.fromkeys(missing))[:10]
            msg = f"{self.where}: branches {', '.join(lost)} are missing"
            raise BoundError(msg)
        errors: dict[str, float] = {}
        if mine is not None:
            _check_carriers(self.other, mine)
        names = self._coded_names() if mine is not None else ()
        for start, stop, original in self.tree.parts(self.tree.blocks(), names):
            if mine is not None:
                self._compare_coded(mine, start, stop, original, errors)
            self._compare_passing(start, stop)
            if mine is not None:
                forget(mine)  # no block is read twice
            if progress is not None:
                progress.advance(stop - start)
        return errors

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
        for name in original:
            returned = mine.values(name, start, stop)
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


def _equal(a: ak.Array, b: ak.Array) -> bool:
    a, b = (ak.without_parameters(v) for v in (a, b))  # texts are bytes, of whatever encoding
    if a.ndim != b.ndim or len(a) != len(b):
        return False
    if a.ndim > 1 and not ak.array_equal(ak.num(a, axis=1), ak.num(b, axis=1)):
        return False
    x, y = (np.asarray(ak.to_numpy(ak.flatten(v, axis=None))) for v in (a, b))
    if x.dtype.kind in "fb":
        return x.dtype == y.dtype and x.tobytes() == y.tobytes()
    return np.array_equal(x, y)
