"""Sections 4 and 4.1 to 4.3: rules, centres, four-vectors and links."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from reference.damage import hold
from reference.grids import code_on, type_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

__all__ = ["centre_codes", "component", "derived", "seen"]


def derived(terms: Sequence[tuple[NDArray[Any], float]], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the values of a lane that follows from others.

    Arguments:
        terms: values of each lane, and what they are multiplied with.
        dtype: the lane's own.
    """
    first, coefficient = terms[0]
    if len(terms) == 1 and coefficient == 1 and first.dtype == dtype:
        return first.copy()
    wide: Any = np.float64 if dtype.kind == "f" else np.int64
    total = np.zeros(len(first), wide)
    with np.errstate(all="ignore"):
        for source, factor in terms:
            flags = source.view(np.uint8) != 0 if source.dtype.kind == "b" else source
            total = total + flags.astype(wide) * wide(factor)
        if wide is np.float64:
            total[np.isnan(total)] = np.nan
        return total.astype(dtype)


def exponential(eta: float) -> float:
    """Return e to the power of eta, by section 4.2."""
    x = min(max(eta, -700.0), 700.0) if math.isfinite(eta) else 0.0
    k = float(np.rint(x * 1.4426950408889634))  # of -0 it is -0
    r = (x - k * 0.6931471803691238) - k * 1.9082149292705877e-10
    t = 1 / math.factorial(13)
    for n in range(12, -1, -1):
        t = t * r + 1 / math.factorial(n)
    return math.ldexp(t, int(k))


def cosine_sine(phi: float) -> tuple[float, float]:
    """Return cosine and sine of phi, by section 4.2."""
    x = phi if abs(phi) <= 1000 else 0.0
    k = float(np.rint(x / 1.5707963267948966))
    r = (x - k * 1.5707963267341256) - k * 6.077100506506192e-11
    u, c, s = r * r, 1 / math.factorial(16), 1 / math.factorial(17)
    for n in range(7, -1, -1):
        c = c * u + (-1) ** n / math.factorial(2 * n)
        s = s * u + (-1) ** n / math.factorial(2 * n + 1)
    s *= r
    return [(c, s), (-s, c), (-c, -s), (s, -c)][int(k) % 4]


def component(kind: str, pt: Any, eta: float, phi: float, mass: Any) -> Any:
    """Return one component of a four-vector.

    Arguments:
        kind: `px`, `py`, `pz` or `energy`.
        pt, eta, phi, mass: the vector.
    """
    pt, mass = np.float64(pt), np.float64(mass)
    if kind == "px":
        return pt * cosine_sine(phi)[0]
    if kind == "py":
        return pt * cosine_sine(phi)[1]
    e = exponential(eta)
    if kind == "pz":
        return pt * ((e - 1 / e) * 0.5)
    p = pt * ((e + 1 / e) * 0.5)
    return np.sqrt(p * p + mass * mass)


def centre_codes(
    centre: dict[str, Any],
    values: Callable[[int], NDArray[Any]],
    rows: int,
    grid: dict[str, Any],
    tables: Sequence[NDArray[np.int64]],
) -> NDArray[np.int64]:
    """Return the codes of a lane's centre, row by row.

    Arguments:
        centre: as the plan has it.
        values: gives a lane's values, or a link's.
        rows: of the group.
        grid: the lane's.
        tables: the codec's.
    """
    with np.errstate(all="ignore"):
        sources = [
            [values(i).astype(np.float64).tolist() for i in term["lanes"]]
            for term in centre["terms"]
        ]
        totals = np.array([_total(centre, sources, row) for row in range(rows)], np.float64)
        q = code_on(grid, _rounded(totals, type_of(grid)), tables).tolist()
    return np.array([min(max(v, centre["low"]), centre["high"]) for v in q], np.int64)


def _total(centre: dict[str, Any], sources: Sequence[Sequence[Any]], row: int) -> Any:
    total = np.float64(0)
    for term, columns in zip(centre["terms"], sources, strict=True):
        total += _addend(term, [c[row] for c in columns], squared=centre["root"])
    if centre["root"]:
        total = np.sqrt(total) if not total < 0 else np.float64(0)
    return total if np.isfinite(total) else np.float64(0)


def _addend(term: dict[str, Any], values: Sequence[float], *, squared: bool) -> Any:
    coefficient = float.fromhex(term["coefficient"])
    if term["kind"] == "one":
        return coefficient
    w = np.float64(values[0]) if term["kind"] == "lane" else component(term["kind"], *values)
    return (w * w if squared else w) * coefficient


def _rounded(totals: NDArray[np.float64], dtype: np.dtype[Any]) -> NDArray[Any]:
    if dtype.kind == "f":
        return totals.astype(dtype)
    ends = np.iinfo(dtype if dtype.kind != "b" and dtype.itemsize <= 4 else np.int32)
    whole = [min(max(round(v), int(ends.min)), int(ends.max)) for v in totals.tolist()]
    return np.array(whole, np.int64)


def seen(
    by: NDArray[Any], mine: NDArray[Any], theirs: NDArray[Any], values: NDArray[Any]
) -> NDArray[Any]:
    """Return what the rows of one group see of another.

    Arguments:
        by: the number of the other object in its entry, of each row.
        mine, theirs: objects of the one and of the other group in each entry.
        values: the other lane's, one an object.
    """
    own, others = mine.tolist(), theirs.tolist()
    hold(min([0, *own, *others]) == 0, "a negative number of objects")
    rows = len(own) == len(others) and (sum(own), sum(others)) == (len(by), len(values))
    hold(rows, "other counts than rows")
    found, numbers, row, first = [], by.tolist(), 0, 0
    zero = np.zeros(1, values.dtype)[0]
    for rows, objects in zip(own, others, strict=True):
        led = numbers[row : row + rows]
        found += [values[first + v] if 0 <= v < objects else zero for v in led]
        row, first = row + rows, first + objects
    return np.array(found, values.dtype)
