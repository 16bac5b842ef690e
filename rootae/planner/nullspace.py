"""Linear relations between columns, at any tolerance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["NullSpace"]

_LEAST_PIVOT = 1e-3


class NullSpace:
    """The linear relations among columns, at any tolerance.

    Arguments:
        columns: finite values, shape (rows,) each.
        seed: chooses the rows that are looked at.
    """

    def __init__(self, columns: Sequence[NDArray[np.float64]], seed: int) -> None:
        rows = len(columns[0]) if columns else 0
        take = min(rows, max(2000, 6 * len(columns)))
        self._keep = np.zeros(0, np.intp)
        if take <= len(columns):
            return
        pick = np.random.default_rng(seed).choice(rows, take, replace=False)
        table = np.stack([c[pick] for c in columns], axis=1)
        with np.errstate(over="ignore"):
            size = np.sqrt((table**2).mean(axis=0))
        self._keep = np.flatnonzero((size > 0) & np.isfinite(size))
        if len(self._keep) > 1:
            self._size = size[self._keep]
            table = table[:, self._keep] / (self._size * np.sqrt(take))
            # eigenvalues of table^T table: half the digits of a singular value decomposition,
            # 3e-8 where 1e-6 is asked for, at a tenth of its time
            values, vectors = np.linalg.eigh(table.T @ table)
            self._singular, self._right = np.sqrt(np.maximum(values, 0)), vectors.T

    def relations(self, tolerance: float) -> list[tuple[int, dict[int, float]]]:
        """Return the relations that hold within a tolerance.

        Arguments:
            tolerance: the largest residual, of a column's root mean square.

        Returns:
            Pairs of a dependent column and the coefficients of others that make it up. Dependent
            columns are the latest possible ones and stand in no other relation.
        """
        if len(self._keep) < 2:
            return []
        found = []
        for pivot, row in _echelon(self._right[self._singular <= tolerance]):
            used = [k for k in range(len(row)) if k != pivot and abs(row[k]) > 10 * tolerance]
            scale = self._size[pivot] / self._size
            coefficients = {int(self._keep[k]): float(-row[k] * scale[k]) for k in used}
            found.append((int(self._keep[pivot]), coefficients))
        return found


def _echelon(null: NDArray[np.float64]) -> list[tuple[int, NDArray[np.float64]]]:
    """Reduce the null space's basis so that each row has a pivot column, latest columns first."""
    basis = null.copy()
    pivots: list[int] = []
    for column in reversed(range(basis.shape[1] if len(basis) else 0)):
        done = len(pivots)
        if done == len(basis):
            break
        best = done + int(np.argmax(np.abs(basis[done:, column])))
        if abs(basis[best, column]) < _LEAST_PIVOT:
            continue
        basis[[done, best]] = basis[[best, done]]
        basis[done] /= basis[done, column]
        for other in range(len(basis)):
            if other != done:
                basis[other] -= basis[other, column] * basis[done]
        pivots.append(column)
    return [(p, basis[k]) for k, p in enumerate(pivots)]
