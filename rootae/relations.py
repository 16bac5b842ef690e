"""Columns that are an exact expression of others: nothing of them is stored but the rule.

Exact linear relations are the null space of the matrix of sampled values. Its reduced echelon form,
with the latest columns as pivots, writes each dependent column as a combination of free ones; a
rule is kept if its coefficients are whole (or it is one scaled copy) and it holds within the
column's bound on decoded values, but for a few that will be escaped.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.arithmetic import add
from rootae.bounds import deviation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rootae.bounds import Bound

__all__ = ["Derived", "NullSpace", "find"]

_LANES_AT_MOST = 400
_TOLERANCE = 1e-6  # of a column's size: float32 rounding of a sum is 6e-8
_ESCAPED_AT_MOST = 1e-3
_WHOLE = 1e-3
_ROWS = 16_384  # at a time: intermediate results stay near the processor
_EXACT_INTEGER = 2.0**53


@dataclass(frozen=True)
class Derived:
    """A lane equals the sum of `coefficient * lane`, added in order and rounded once.

    Arguments:
        terms: pairs of lane and coefficient.
    """

    terms: tuple[tuple[int, float], ...]

    def evaluate(self, sources: Sequence[NDArray[Any]], dtype: str) -> NDArray[Any]:
        """Compute the lane from its terms' decoded values.

        Arguments:
            sources: values of the terms' lanes, shape (rows,) each.
            dtype: the derived lane's dtype.

        Example:
            >>> Derived(((0, 1.0), (1, 2.0))).evaluate([np.ones(1), np.ones(1)], "float32")
            array([3.], dtype=float32)
        """
        target = np.dtype(dtype)
        if len(self.terms) == 1 and self.terms[0][1] == 1 and sources[0].dtype == target:
            return sources[0].copy()
        out = np.empty(len(sources[0]), target)
        for a in range(0, len(out), _ROWS):
            out[a : a + _ROWS] = self._some([s[a : a + _ROWS] for s in sources], target)
        return out

    def _some(self, sources: Sequence[NDArray[Any]], target: np.dtype[Any]) -> NDArray[Any]:
        total = np.zeros(len(sources[0]), np.int64 if target.kind != "f" else np.float64)
        with np.errstate(all="ignore"):
            for (_, coefficient), source in zip(self.terms, sources, strict=True):
                add(total, source, coefficient)
            return total.astype(target)


def find(
    originals: Sequence[NDArray[Any]],
    decoded: Sequence[NDArray[Any]],
    bounds: Sequence[Bound],
    seed: int = 0,
) -> dict[int, Derived]:
    """Find the lanes that follow from others.

    Arguments:
        originals: sampled values of every lane, shape (rows,), each its own dtype.
        decoded: the same after the grids' round trip.
        bounds: each lane's bound.
        seed: chooses the rows that the null space is computed on.

    Returns:
        A rule for each derived lane, of lanes that are not derived themselves.

    Example:
        >>> from rootae.bounds import EXACT
        >>> a, b = np.arange(50), np.arange(50) ** 2
        >>> find([a, b, a + b], [a, b, a + b], [EXACT] * 3)
        {2: Derived(terms=((0, 1.0), (1, 1.0)))}
    """
    usable = [i for i, x in enumerate(originals) if bounds[i].kind != "none" and _varies(x)]
    copies = _copies(usable, originals)
    free = [i for i in usable if i not in copies][:_LANES_AT_MOST]
    rules = _combinations(free, originals, seed) if len(free) > 1 else {}
    rules = {i: r for i, r in rules.items() if _holds(i, r, originals, decoded, bounds)}
    for i, copy in copies.items():
        rule = rules.get(copy.terms[0][0], copy)  # a copy of a derived lane takes its rule
        if _holds(i, rule, originals, decoded, bounds):
            rules[i] = rule
    return dict(sorted(rules.items()))


def _varies(x: NDArray[Any]) -> bool:
    if len(x) < 2:
        return False
    with np.errstate(invalid="ignore"):
        value = x.astype(np.float64)
    finite = bool(np.isfinite(value).all() and np.abs(value).max() < _EXACT_INTEGER)
    return finite and bool((x != x[0]).any())


def _copies(lanes: list[int], originals: Sequence[NDArray[Any]]) -> dict[int, Derived]:
    seen: dict[bytes, int] = {}
    rules = {}
    for i in lanes:
        key = originals[i].dtype.str.encode() + originals[i].tobytes()
        first = seen.setdefault(key, i)
        if first != i:
            rules[i] = Derived(((first, 1.0),))
    return rules


def _combinations(
    lanes: list[int], originals: Sequence[NDArray[Any]], seed: int
) -> dict[int, Derived]:
    columns = [originals[i].astype(np.float64) for i in lanes]
    rules = {}
    for pivot, row in NullSpace(columns, seed).relations(_TOLERANCE):
        terms = _terms({lanes[k]: c for k, c in row.items()})
        if terms:
            rules[lanes[pivot]] = Derived(terms)
    return rules


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
        if abs(basis[best, column]) < _WHOLE:
            continue
        basis[[done, best]] = basis[[best, done]]
        basis[done] /= basis[done, column]
        for other in range(len(basis)):
            if other != done:
                basis[other] -= basis[other, column] * basis[done]
        pivots.append(column)
    return [(p, basis[k]) for k, p in enumerate(pivots)]


def _terms(row: dict[int, float]) -> tuple[tuple[int, float], ...] | None:
    """Round coefficients to whole ones; a single term may keep its own."""
    if row and all(round(c) and abs(c - round(c)) < _WHOLE for c in row.values()):
        return tuple((lane, float(round(c))) for lane, c in row.items())
    if len(row) == 1:
        return tuple((lane, _plain(c)) for lane, c in row.items())
    return None


def _plain(coefficient: float) -> float:
    """Take the fraction that a coefficient is but for rounding: 0.001, not 0.00100000000000002."""
    fraction = float(Fraction(coefficient).limit_denominator(10_000))
    return fraction if abs(fraction - coefficient) < 1e-9 * abs(coefficient) else coefficient


def _holds(
    lane: int,
    rule: Derived,
    originals: Sequence[NDArray[Any]],
    decoded: Sequence[NDArray[Any]],
    bounds: Sequence[Bound],
) -> bool:
    sources = [decoded[i] for i, _ in rule.terms]
    whole = originals[lane].dtype.kind != "f"
    if whole and any(
        s.dtype.kind == "f" or c != int(c) for s, (_, c) in zip(sources, rule.terms, strict=True)
    ):
        return False
    value = rule.evaluate(sources, originals[lane].dtype.name)
    _, wrong = deviation(originals[lane], value, bounds[lane])
    return bool(wrong.mean() <= _ESCAPED_AT_MOST)
