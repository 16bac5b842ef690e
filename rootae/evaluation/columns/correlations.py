"""Linear correlations among the columns of a group, before and after compression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["CorrelationReport", "Correlations"]

_AT_ONCE = 1 << 21  # values of a block that are looked at together


@dataclass(frozen=True)
class CorrelationReport:
    """Pearson's correlations of the columns of one group.

    Arguments:
        tree: the tree's path.
        group: the counter of a collection, empty for columns with one value an entry.
        names: the columns that are not constant.
        before, after: matrices in the order of `names`.
    """

    tree: str
    group: str
    names: tuple[str, ...]
    before: Array
    after: Array

    @property
    def difference(self) -> Array:
        """Return after less before."""
        return np.asarray(self.after - self.before)

    @property
    def largest(self) -> tuple[float, str, str]:
        """Return the correlation that changed most: by how much, and of which columns."""
        gap = np.abs(np.nan_to_num(self.difference))
        i, j = np.unravel_index(int(np.argmax(gap)), gap.shape)
        return float(self.difference[i, j]), self.names[i], self.names[j]

    def most_changed(self, n: int) -> CorrelationReport:
        """Return the n columns whose correlations changed most, in their order."""
        change = np.abs(np.nan_to_num(self.difference)).max(axis=1)
        keep = np.sort(np.argsort(-change, kind="stable")[:n])
        names = tuple(self.names[i] for i in keep)
        cut = np.ix_(keep, keep)
        return CorrelationReport(self.tree, self.group, names, self.before[cut], self.after[cut])


class Correlations:
    """Gathers the sums that correlations need, block by block.

    Pairs of values that are not finite, before or after, are left out of both matrices.

    Arguments:
        names: the columns, all of one group and with one value a row.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._shift: Array | None = None
        self._sums = np.zeros((2, 4, len(names), len(names)))

    def update(
        self, before: Sequence[NDArray[np.generic]], after: Sequence[NDArray[np.generic]]
    ) -> None:
        """Take in rows: flat arrays of one length, one a column."""
        rows = len(before[0])
        step = max(_AT_ONCE // len(before), 1)
        for start in range(0, rows, step):
            part = slice(start, start + step)
            # values may be signalling NaNs, or so large that their squares are infinite
            with np.errstate(invalid="ignore", over="ignore", under="ignore"):
                self._add(
                    *(np.stack([x[part].astype(float) for x in v], 1) for v in (before, after))
                )

    def _add(self, before: Array, after: Array) -> None:
        there = np.isfinite(before) & np.isfinite(after)
        if self._shift is None:  # sums of squares far from zero would lose their digits
            n = np.maximum(there.sum(axis=0), 1)
            self._shift = np.where(there, before, 0.0).sum(axis=0) / n
        mask = there.astype(np.float64)
        for sums, values in zip(self._sums, (before, after), strict=True):
            x = np.where(there, values - self._shift, 0.0)
            sums += np.stack([mask.T @ mask, x.T @ mask, (x * x).T @ mask, x.T @ x])

    def report(self, tree: str, group: str) -> CorrelationReport | None:
        """Return the matrices, or None if fewer than two columns vary."""
        before, after = (_matrix(*sums) for sums in self._sums)
        varies = np.isfinite(np.diag(before))
        if varies.sum() < 2:
            return None
        names = tuple(n for n, v in zip(self.names, varies, strict=True) if v)
        cut = np.ix_(varies, varies)
        return CorrelationReport(tree, group, names, before[cut], after[cut])


def _matrix(n: Array, x: Array, xx: Array, xy: Array) -> Array:
    """Return correlations from sums over the rows in which both columns are finite."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        covariance = xy / n - (x / n) * (x.T / n)
        variance = xx / n - (x / n) ** 2
        variance = np.where(
            variance > 1e-14 * xx / n, variance, np.nan
        )  # constant but for rounding
        return np.asarray(np.clip(covariance / np.sqrt(variance * variance.T), -1.0, 1.0))
