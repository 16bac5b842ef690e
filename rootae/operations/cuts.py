"""Cuts: which entries of a tree pass an expression of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.errors import ArgumentError, NameNotFound
from rootae.formula.elements import is_text
from rootae.formula.formula import Formula
from rootae.formula.tokens import shown
from rootae.reader.decoded import blocks_of
from rootae.source.rntuple import NTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.source.tree import SourceTree

__all__ = ["Cut"]

_WHAT = "--cut"


class Cut:
    """An expression that says of every entry of a tree whether it passes.

    Entries pass where it is not zero. Those that lack an element of the expression do not pass, as
    in TTree::Draw: ``Jet_pt[0] > 30`` fails without jets, and ``!(Jet_pt[0] > 30)`` too.

    Arguments:
        tree: the tree.
        text: the expression.

    Raises:
        ArgumentError: it is no expression, or names an alias.
        NameNotFound: it names a column that does not exist.
    """

    def __init__(self, tree: SourceTree, text: str) -> None:
        if isinstance(tree.tree, NTuple):
            msg = f"{tree.where} is an RNTuple: compress it, and skim the tree that it becomes"
            raise ArgumentError(msg)
        self._tree = tree
        self._formula = Formula.parse(_WHAT, text, tree.schema.order)
        for name in self._formula.columns:
            self._refuse_unknown(name)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what may be meant otherwise, a sentence each."""
        return self._formula.notes

    def _refuse_unknown(self, name: str) -> None:
        tree = self._tree
        if name in tree.schema.order or name in tree.tree.keys(full_paths=False):
            return
        meant = tree.tree.aliases.get(name)
        if meant is None:
            raise NameNotFound(name, tree.schema.order, tree.where, "column")
        why = (
            f"names {name!r}, an alias of {tree.where}, and aliases of files are not followed; it "
            f"stands for {shown(str(meant))}"
        )
        raise self._formula.error(why)

    def passing(self) -> NDArray[np.int64]:
        """Return the entries that pass, in order.

        Raises:
            ArgumentError: the cut cannot be computed, or gives no truth value in some entry.
        """
        found = [np.zeros(0, np.int64)]
        for start, stop in blocks_of(self._tree):
            found.append(start + np.flatnonzero(self._passes(start, stop)).astype(np.int64))
        return np.concatenate(found)

    def _passes(self, start: int, stop: int) -> NDArray[np.bool_]:
        arrays = self._tree.arrays(start, stop, self._formula.columns)
        value, missing = self._formula.compute(arrays.__getitem__, stop - start)
        self._refuse_others(value)
        value = np.broadcast_to(value, missing.shape)
        if value.dtype.kind == "f" and (np.isnan(value) & ~missing).any():
            why = "is not a number (NaN) in some entries: compare it, as in met > 0, or use isnan"
            raise self._formula.error(why)
        return np.asarray((value != 0) & ~missing)

    def _refuse_others(self, value: Any) -> None:
        if is_text(value):
            why = 'gives a text: compare it with one, as in label == "signal"'
            raise self._formula.error(why)
        if isinstance(value, ak.Array):
            why = (
                "gives a list an entry: make it one truth value, as in any(Jet_pt > 30), "
                "sum(Muon_pt > 20) >= 2, or Jet_pt[0] > 30 for the leading one"
            )
            raise self._formula.error(why)
