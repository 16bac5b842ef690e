"""Invertible maps from a column's values onto integers, one step of which honours the bound.

Every inverse uses only comparisons, table look-ups, integer arithmetic, IEEE additions,
multiplications and `ldexp`, so that decoded values too are the same bits on every machine.
A grid is an offer, not a promise: the codec compares `inverse(forward(x))` with the bound and
stores what breaks it verbatim, as SZ3's quantiser does (Liang et al., IEEE TBD 2022).
"""

from __future__ import annotations

import decimal
import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from rootae.errors import FormatError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.bounds import Bound

__all__ = ["AbsGrid", "ExactFloat", "ExactInteger", "Grid", "RankGrid", "RelGrid", "grid_for", "grid_from_json", "grid_to_json", "through_table"]

_POINTS_AT_MOST = 2048  # an octave; beyond it segments of equal steps lose under 0.02 bits
_SEGMENTS = 32
_LOOKUP = 1 << 20  # codes spanning no more than that many values are read through a table
_TOP = 2.0**62


class Grid(Protocol):
    """What the codec needs of a grid."""

    kind: ClassVar[str]
    dtype: str

    def forward(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Map values to codes; where no code fits, any code."""
        ...

    def inverse(self, q: NDArray[Any]) -> NDArray[Any]:
        """Map codes to values of the column's dtype."""
        ...


@dataclass(frozen=True)
class ExactInteger:
    """Integers and booleans as themselves, 64-bit ones modulo 2^64.

    Example:
        >>> grid = ExactInteger("uint64")
        >>> int(grid.inverse(grid.forward(np.array([2**64 - 1], np.uint64)))[0]) == 2**64 - 1
        True
    """

    kind: ClassVar[str] = "integer"
    dtype: str

    def forward(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Map values to codes."""
        return x.view(np.int64) if x.dtype == np.uint64 else x.astype(np.int64)

    def inverse(self, q: NDArray[Any]) -> NDArray[Any]:
        """Map codes to values."""
        return q.astype(np.int64, copy=False).astype(np.dtype(self.dtype))


@dataclass(frozen=True)
class ExactFloat:
    """Floats by their own bits, as integers in the floats' order.

    A magnitude is the bits without the sign; a negative float's code is the complement of its
    magnitude, so that -0.0, infinities and NaN payloads are ordinary values and mantissa bits
    that a column never uses can be shifted out of all codes alike.

    Example:
        >>> grid = ExactFloat("float32")
        >>> x = np.array([-np.inf, -0.0, 0.0, 1.5], "f4")
        >>> bool((np.diff(grid.forward(x)) > 0).all())
        True
    """

    kind: ClassVar[str] = "bits"
    dtype: str

    def forward(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Map values to codes."""
        signed = x.view(np.dtype(f"i{x.dtype.itemsize}"))
        top = np.iinfo(signed.dtype).max
        return np.where(signed < 0, ~(signed & top), signed).astype(np.int64)

    def inverse(self, q: NDArray[Any]) -> NDArray[Any]:
        """Map codes to values."""
        dtype = np.dtype(self.dtype)
        integer = np.dtype(f"i{dtype.itemsize}")
        narrow = q.astype(integer)
        low = np.iinfo(integer).min
        return np.where(narrow < 0, ~narrow | low, narrow).view(dtype)


@dataclass(frozen=True)
class AbsGrid:
    """Multiples of a step, for an absolute bound.

    Arguments:
        dtype: the column's dtype.
        step: distance of two points, in the branch's unit; at most twice the bound.
    """

    kind: ClassVar[str] = "abs"
    dtype: str
    step: float

    @classmethod
    def for_bound(cls, dtype: str, error: float, scale: float) -> AbsGrid:
        """Choose the step so that values up to `scale` stay within `error` after rounding.

        The output's own rounding (half a unit in the last place) is taken off the bound, but
        never more than a tenth of it: what lies beyond is escaped.
        """
        rounding = float(np.spacing(np.dtype(dtype).type(max(scale, 0.0)))) / 2
        margin = min(rounding if math.isfinite(rounding) else math.inf, error / 10)
        return cls(dtype, 2 * (error - margin) * (1 - 2.0**-40))

    def forward(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Map values to codes."""
        with np.errstate(invalid="ignore", over="ignore"):
            q = np.rint(x.astype(np.float64) / self.step)
        return np.where(np.abs(q) < _TOP, q, 0.0).astype(np.int64)

    def inverse(self, q: NDArray[Any]) -> NDArray[Any]:
        """Map codes to values."""
        with np.errstate(over="ignore"):
            return (q.astype(np.float64) * self.step).astype(np.dtype(self.dtype))


@functools.lru_cache(maxsize=32)
def _octave(n: int) -> NDArray[np.float64]:
    """Return the float64 nearest to 2^(i/n) for i = 0 .. n, the same on every machine."""
    with decimal.localcontext(prec=40):
        root = decimal.Decimal(2) ** (decimal.Decimal(1) / n)
        point, points = decimal.Decimal(1), []
        for _ in range(n):
            points.append(float(point))
            point *= root
    return np.array([*points, 2.0])


@dataclass(frozen=True)
class RelGrid:
    """Points that lie as densely in every octave, for a relative bound.

    Up to 2048 points an octave they are 2^(i/n); for tighter bounds an octave is cut into 32
    segments of equally spaced points. Zero is code 0; a negative value has the negated code.

    Arguments:
        dtype: the column's dtype.
        error: the relative bound less the output's own rounding.
        octave: n where the points are 2^(i/n), 0 where they lie in segments.

    Example:
        >>> grid = RelGrid.for_bound("float32", 1e-3)
        >>> grid.points
        347
        >>> grid.inverse(grid.forward(np.array([1.0, -2.0, 0.0], "f4"))).tolist()
        [1.0, -2.0, 0.0]
    """

    kind: ClassVar[str] = "rel"
    dtype: str
    error: float
    octave: int

    @classmethod
    def for_bound(cls, dtype: str, error: float) -> RelGrid | ExactFloat:
        """Choose the grid of a bound; exact where no coarser grid exists."""
        left = error - float(np.finfo(np.dtype(dtype)).eps) / 2
        if left <= float(np.finfo(np.dtype(dtype)).eps):
            return ExactFloat(dtype)
        octave = math.ceil(math.log(2) / (2 * math.log1p(left)))
        return cls(dtype, left, octave if octave <= _POINTS_AT_MOST else 0)

    @functools.cached_property
    def _segments(self) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Return each segment's first index (and the total), lower end and step."""
        base = 1 + np.arange(_SEGMENTS) / _SEGMENTS
        count = np.ceil((1 / _SEGMENTS) / (2 * self.error * base))
        starts = np.concatenate([np.zeros(1), np.cumsum(count)]).astype(np.int64)
        return starts, base, (1 / _SEGMENTS) / count

    @property
    def points(self) -> int:
        """Return the number of points an octave."""
        return self.octave or int(self._segments[0][-1])

    @property
    def _first(self) -> int:
        """Return the code of magnitude 2^0: codes of magnitudes start at 1."""
        info = np.finfo(np.dtype(self.dtype))
        return 1 - (int(info.minexp) - int(info.nmant) - 1) * self.points

    def forward(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Map values to codes."""
        magnitude = np.abs(x.astype(np.float64))
        usable = np.isfinite(magnitude) & (magnitude > 0)
        mantissa, exponent = np.frexp(np.where(usable, magnitude, 1.0))
        mantissa *= 2
        if self.octave:
            octave = _octave(self.points)
            index = np.searchsorted((octave[:-1] + octave[1:]) / 2, mantissa)
        else:
            starts, base, step = self._segments
            segment = np.floor((mantissa - 1) * _SEGMENTS).astype(np.int64)
            index = starts[segment] + np.rint((mantissa - base[segment]) / step[segment])
        code = (exponent.astype(np.int64) - 1) * self.points + index.astype(np.int64)
        return np.where(usable, np.where(x < 0, -1, 1) * (code + self._first), 0)

    def inverse(self, q: NDArray[Any]) -> NDArray[Any]:
        """Map codes to values."""
        return through_table(self._values, q)

    def _values(self, q: NDArray[np.int64]) -> NDArray[Any]:
        exponent, index = np.divmod(np.abs(q) - self._first, self.points)
        if self.octave:
            mantissa = _octave(self.points)[index]
        else:
            starts, base, step = self._segments
            segment = np.searchsorted(starts, index, side="right") - 1
            mantissa = base[segment] + (index - starts[segment]) * step[segment]
        exponent = np.clip(exponent, -1200, 1200).astype(np.int32)
        with np.errstate(over="ignore", under="ignore"):
            y = np.ldexp(mantissa, exponent) * np.sign(q)
            return y.astype(np.dtype(self.dtype))


def through_table(values: Any, q: NDArray[Any]) -> NDArray[Any]:
    """Evaluate a map of codes once per code in their range where that is less work."""
    if not len(q):
        return np.asarray(values(q.astype(np.int64)))
    low, high = int(q.min()), int(q.max())
    if high - low >= min(_LOOKUP, 2 * q.size):
        return np.asarray(values(q.astype(np.int64)))
    table = np.asarray(values(np.arange(low, high + 1, dtype=np.int64)))
    return np.take(table, q.astype(np.intp) - low)


@dataclass(frozen=True, eq=False)
class RankGrid:
    """Equally filled bins and one point in each, for columns without a bound.

    Arguments:
        dtype: the column's dtype.
        edges: float64 upper ends of all bins but the last.
        points: float64 value of each bin, one more than edges.
    """

    kind: ClassVar[str] = "rank"
    dtype: str
    edges: NDArray[np.float64]
    points: NDArray[np.float64]

    @classmethod
    def fit(cls, x: NDArray[Any], bins: int = 1024) -> RankGrid:
        """Take bins and points from a sample of values."""
        finite = np.sort(x.astype(np.float64)[np.isfinite(x)])
        if not len(finite):
            finite = np.zeros(1)
        at = (np.arange(bins) + 0.5) / bins * (len(finite) - 1)
        points = np.unique(finite[np.rint(at).astype(np.int64)])
        return cls(x.dtype.name, (points[:-1] + points[1:]) / 2, points)

    def forward(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Map values to codes."""
        return np.searchsorted(self.edges, x.astype(np.float64)).clip(0, len(self.points) - 1)

    def inverse(self, q: NDArray[Any]) -> NDArray[Any]:
        """Map codes to values."""
        index = np.clip(q.astype(np.int64), 0, len(self.points) - 1)
        return self.points[index].astype(np.dtype(self.dtype))


def grid_for(bound: Bound, sample: NDArray[Any]) -> Grid:
    """Choose the grid that a bound asks for.

    Arguments:
        bound: the column's bound.
        sample: some of its values, in the column's dtype; only an absolute bound's margin and the
            bins of `none` depend on them.
    """
    dtype = sample.dtype.name
    if bound.kind == "none":
        return RankGrid.fit(sample)
    if sample.dtype.kind != "f":
        return ExactInteger(dtype)
    if bound.kind == "rel":
        return RelGrid.for_bound(dtype, bound.error)
    if bound.kind == "abs":
        magnitude = np.abs(sample.astype(np.float64))
        magnitude = magnitude[np.isfinite(magnitude)]
        scale = float(np.quantile(magnitude, 0.999)) if len(magnitude) else 0.0
        return AbsGrid.for_bound(dtype, bound.error, scale)
    return ExactFloat(dtype)


def grid_to_json(grid: Grid) -> dict[str, Any]:
    """Return a grid as plain JSON values; a rank grid's tables stay outside."""
    config: dict[str, Any] = {"kind": grid.kind, "dtype": grid.dtype}
    if isinstance(grid, AbsGrid):
        config["step"] = grid.step
    if isinstance(grid, RelGrid):
        config |= {"error": grid.error, "octave": grid.octave}
    return config


def grid_from_json(config: dict[str, Any]) -> Grid:
    """Rebuild a grid; a kind that this version does not know is refused."""
    match config:
        case {"kind": "integer", "dtype": str(dtype)}:
            return ExactInteger(dtype)
        case {"kind": "bits", "dtype": str(dtype)}:
            return ExactFloat(dtype)
        case {"kind": "abs", "dtype": str(dtype), "step": float(step)}:
            return AbsGrid(dtype, step)
        case {"kind": "rel", "dtype": str(dtype), "error": float(error), "octave": int(octave)}:
            return RelGrid(dtype, error, octave)
        case {"kind": "rank", "dtype": str(dtype), "edges": edges, "points": points}:
            return RankGrid(dtype, np.asarray(edges), np.asarray(points))
    msg = f"unknown grid {config.get('kind')!r}: the file needs a newer rootae"
    raise FormatError(msg)
