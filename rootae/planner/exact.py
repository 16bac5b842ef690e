"""Columns that follow exactly from others: copies and sums.

Exact linear relations are the null space of the matrix of sampled values. Its reduced echelon form,
with the latest columns as pivots, writes each dependent column as a combination of free ones; a
rule is kept if its coefficients are whole (or it is one scaled copy) and it holds within the
column's bound on decoded values, but for a few that will be escaped.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.grids.special import changed
from rootae.codec.relations.derived import Derived
from rootae.planner.nullspace import NullSpace
from rootae.schema.bounds.deviation import deviation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rootae.codec.grids.registry import Grid
    from rootae.schema.bounds.bound import Bound

__all__ = ["find"]

_LANES_AT_MOST = 400
_TOLERANCE = 1e-6  # of a column's size: float32 rounding of a sum is 6e-8
_ESCAPED_AT_MOST = 1e-3
_WHOLE = 1e-3
_EXACT_INTEGER = 2.0**53


def find(
    originals: Sequence[NDArray[Any]],
    decoded: Sequence[NDArray[Any]],
    bounds: Sequence[Bound],
    grids: Sequence[Grid],
    seed: int = 0,
) -> dict[int, Derived]:
    """Find the lanes that follow from others.

    Arguments:
        originals: sampled values of every lane, shape (rows,), each its own dtype.
        decoded: the same after the grids' round trip.
        bounds: each lane's bound.
        grids: each lane's grid.
        seed: chooses the rows that the null space is computed on.

    Returns:
        A rule for each derived lane, of lanes that are not derived themselves.

    Example:
        >>> from rootae.codec.grids.exact import ExactInteger
        >>> from rootae.schema.bounds.bound import EXACT
        >>> a, b = np.arange(50), np.arange(50) ** 2
        >>> find([a, b, a + b], [a, b, a + b], [EXACT] * 3, [ExactInteger("int64")] * 3)
        {2: Derived(terms=((0, 1.0), (1, 1.0)))}
    """
    usable = [i for i, x in enumerate(originals) if bounds[i].promises and _varies(x)]
    copies = _copies(usable, originals)
    free = [i for i in usable if i not in copies][:_LANES_AT_MOST]
    rules = _combinations(free, originals, seed) if len(free) > 1 else {}
    rules = {i: r for i, r in rules.items() if _holds(i, r, originals, decoded, bounds, grids)}
    for i, copy in copies.items():
        rule = rules.get(copy.terms[0][0], copy)  # a copy of a derived lane takes its rule
        if _holds(i, rule, originals, decoded, bounds, grids):
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
    grids: Sequence[Grid],
) -> bool:
    sources = [decoded[i] for i, _ in rule.terms]
    whole = originals[lane].dtype.kind != "f"
    if whole and any(
        s.dtype.kind == "f" or c != int(c) for s, (_, c) in zip(sources, rule.terms, strict=True)
    ):
        return False
    value = rule.evaluate(sources, originals[lane].dtype.name)
    _, wrong = deviation(originals[lane], value, bounds[lane])
    wrong |= changed(grids[lane], originals[lane], value)
    return bool(wrong.mean() <= _ESCAPED_AT_MOST)
