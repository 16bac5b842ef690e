"""Some entries and branches of a tree, as a tree of their own: what skim writes."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import uproot
from uproot.language.python import PythonLanguage

from rootae.decoded import blocks_of, coded_of
from rootae.errors import ArgumentError, NameNotFound, RootaeError
from rootae.ntuple import NTuple
from rootae.rows import joined
from rootae.sourcetree import SourceTree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from rootae.schema import TreeSchema

__all__ = ["SelectedTree", "narrowed", "passing_cut"]

_REDUCERS = ("all", "any", "max", "mean", "min", "prod", "sum")


def _reducer(name: str) -> Callable[..., Any]:
    """Return awkward's function of that name, over the objects of an entry by default."""
    function: Callable[..., Any] = getattr(ak, name)
    return lambda array, axis=1: function(array, axis=axis)


LANGUAGE = PythonLanguage(
    {**PythonLanguage.default_functions, "num": ak.num} | {n: _reducer(n) for n in _REDUCERS}
)


def passing_cut(tree: SourceTree, cut: str) -> NDArray[np.int64]:
    """Return the entries that pass a cut, in order.

    Arguments:
        tree: the tree.
        cut: an expression over its columns as in uproot's ``cut``, one number or boolean an entry;
            lists are reduced by ``any``, ``all``, ``sum``, ``min``, ``max``, ``mean``, ``num``.

    Raises:
        ArgumentError: the cut cannot be computed, or gives a list an entry.
        NameNotFound: it names a column that does not exist.
    """
    if isinstance(tree.tree, NTuple):
        msg = f"{tree.where} is an RNTuple: compress it, and skim the tree that it becomes"
        raise ArgumentError(msg)
    found = [np.zeros(0, np.int64)]
    for start, stop in blocks_of(tree):
        passed = _evaluate(tree, cut, start, stop)
        found.append(start + np.flatnonzero(passed).astype(np.int64))
    return np.concatenate(found)


def _evaluate(tree: SourceTree, cut: str, start: int, stop: int) -> NDArray[np.bool_]:
    options = {"entry_start": start, "entry_stop": stop, "language": LANGUAGE, "array_cache": None}
    try:
        found = tree.tree.arrays([cut], **options)[cut]
    except RootaeError:
        raise
    except uproot.KeyInFileError as error:
        raise NameNotFound(str(error.key), tree.schema.order, tree.where, "column") from error
    except Exception as error:
        msg = f"--cut {cut!r} cannot be computed in {tree.where}: {error}".splitlines()[0]
        raise ArgumentError(msg) from error
    if found.ndim != 1 or isinstance(ak.type(found).content, ak.types.OptionType):
        msg = (
            f"--cut {cut!r} gives a list or a missing value in some entries of {tree.where}: make "
            "it one number an entry, as in any(Jet_pt > 30) or sum(Muon_pt > 20) >= 2"
        )
        raise ArgumentError(msg)
    return np.asarray(ak.to_numpy(found) != 0)


def narrowed(schema: TreeSchema, names: Iterable[str], carried: Sequence[str]) -> TreeSchema:
    """Keep some branches of a tree, and the counters that these need.

    Arguments:
        schema: the tree's branches.
        names: those to keep.
        carried: coded columns, which stay counters even if nothing is left to count.
    """
    kept = set(names)
    counters = schema.counters_of(kept)
    kept |= counters
    columns = (
        c if c.name in carried or c.name in counters else dataclasses.replace(c, is_counter=False)
        for c in schema.columns
        if c.name in kept
    )
    return dataclasses.replace(
        schema,
        columns=tuple(columns),
        passing=tuple(b for b in schema.passing if b.name in kept),
        unsupported=tuple(p for p in schema.unsupported if p[0] in kept),
        order=tuple(n for n in schema.order if n in kept),
    )


class SelectedTree(SourceTree):
    """Some entries and branches of a tree; it is read in the blocks of the whole one.

    Arguments:
        whole: the tree.
        schema: the branches that are left.
        at: the entries that are left, in order.
    """

    def __init__(self, whole: SourceTree, schema: TreeSchema, at: NDArray[np.int64]) -> None:
        self.tree = whole.tree
        self.where = whole.where
        self.schema = schema
        self.entries = len(at)
        self._whole = whole
        self._at = at
        self._edges = np.array([0, *(stop for _, stop in blocks_of(whole))], np.int64)

    def arrays(self, start: int, stop: int, names: Sequence[str]) -> dict[str, Any]:
        """Read branches over some of the selected entries.

        Raises:
            FormatError: a basket is damaged.
        """
        at = self._at[start:stop]
        parts: dict[str, list[Any]] = {n: [] for n in names}
        for low, high in self._ranges(at) if names else ():
            here = at[np.searchsorted(at, low) : np.searchsorted(at, high)] - low
            found = self._whole.arrays(low, high, names)
            for name in names:
                parts[name].append(ak.to_packed(found[name][here]))
        return {n: joined(p) for n, p in parts.items()}

    def _ranges(self, at: NDArray[np.int64]) -> list[tuple[int, int]]:
        """Return the whole tree's ranges that hold some entries, an empty one if there are none."""
        if not len(at):
            return [(0, 0)]
        edges = self._edges
        blocks = np.unique(np.searchsorted(edges, at, side="right")) - 1
        limits = int(at[0]), int(at[-1]) + 1
        pairs = ((max(int(edges[b]), limits[0]), min(int(edges[b + 1]), limits[1])) for b in blocks)
        return list(pairs)

    def runs(self) -> list[tuple[bytes, SelectedTree]]:
        """Return the tree in pieces whose entries come from blocks of one codec, and its id."""
        mine = coded_of(self._whole)
        if mine is None:
            return []
        digests = [mine.stored.codec_of(b).digest for b in range(len(mine.stored.entries))]
        changes = [i for i in range(1, len(digests)) if digests[i] != digests[i - 1]]
        edges = [0, *changes, len(digests)]
        runs = []
        for first, last in itertools.pairwise(edges):
            low, high = np.searchsorted(self._at, mine.stored.starts[[first, last]])
            if high > low:
                part = SelectedTree(self._whole, self.schema, self._at[low:high])
                runs.append((digests[first], part))
        return runs
