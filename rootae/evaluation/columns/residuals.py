"""How far a column's values moved: residuals against the bound, and distances of distributions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from rootae.evaluation.extras import needed
from rootae.schema.bounds.bound import Bound
from rootae.schema.bounds.deviation import deviation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["ColumnReport", "Residuals", "kolmogorov_smirnov", "wasserstein"]

_DISCRETE = 0.002  # share of values that are one value, from which on a column is discrete
_STEPS = 2  # a distance of so many of its largest steps comes of them


@dataclass(frozen=True)
class ColumnReport:
    """What happened to one column, x before and y after.

    Arguments:
        tree, name, typename: which column.
        bound: what was promised, as text; ``none`` for no bound.
        values: how many values were compared, all of them.
        changed: how many came back with other bits.
        broken: how many are outside the bound.
        nonfinite: values that are not finite before or after; those are in no other figure.
        largest: the largest error, absolute, or relative where the bound is.
        rms, bias: root mean square and mean of y - x, in the branch's unit.
        spread: standard deviation of x.
        response, resolution: mean and standard deviation of (y - x) / x where x is not zero.
        ks: Kolmogorov-Smirnov distance, the largest gap of the cumulative distributions.
        wasserstein: Wasserstein-1 distance, the mean way a value of one distribution has to go to
            make the other, in the branch's unit.
        sampled: values that `ks` and `wasserstein` are from; the branch's all where it says
            `values`.
        nbytes: bytes in the compressed file, None where it does not say.
        bits: the same a value.
        step: the largest share of values that one value before makes up, where any changed: as
            much of `ks` may come of the smallest change of that value.
    """

    tree: str
    name: str
    typename: str
    bound: str
    values: int
    changed: int
    broken: int
    nonfinite: int
    largest: float
    rms: float
    bias: float
    spread: float
    response: float
    resolution: float
    ks: float
    wasserstein: float
    sampled: int
    nbytes: int | None = None
    step: float = 0.0

    @property
    def is_discrete(self) -> bool:
        """Say whether the distance of distributions says more of repeated values than of errors."""
        return self.ks > 0 and self.step >= _DISCRETE and self.ks <= _STEPS * self.step

    @property
    def bits(self) -> float | None:
        """Return the bits a value takes."""
        return None if self.nbytes is None else 8 * self.nbytes / max(self.values, 1)

    @property
    def share(self) -> float | None:
        """Return the largest error in units of the bound; None where there is no bound."""
        error = Bound.parse(self.bound).error
        if self.bound == "none":
            return None
        return self.largest / error if error else 0.0 if not self.broken else np.inf

    @property
    def noise(self) -> float:
        """Return the RMS error in units of the column's own standard deviation.

        In units of the value where the column is constant.
        """
        if self.spread > 0:
            return self.rms / self.spread
        return float(np.hypot(self.response, self.resolution))


@dataclass
class _Moments:
    """Mean and variance of what comes in pieces (Chan, Golub and LeVeque 1979)."""

    n: int = 0
    mean: np.float64 = field(default_factory=np.float64)  # numpy's overflow is infinity
    squares: np.float64 = field(default_factory=np.float64)

    def update(self, x: Array) -> None:
        if not x.size:
            return
        mean = np.float64(x.mean())
        squares = ((x - mean) ** 2).sum()
        total = self.n + x.size
        gap = mean - self.mean
        self.squares += squares + gap**2 * self.n * x.size / total
        self.mean += gap * x.size / total
        self.n = total

    @property
    def std(self) -> float:
        return float(np.sqrt(self.squares / self.n)) if self.n else 0.0

    @property
    def rms(self) -> float:
        return float(np.hypot(self.mean, self.std))


@dataclass
class Residuals:
    """Gathers one column's figures block by block.

    Arguments:
        bound: what the column was promised.
    """

    bound: Bound
    values: int = 0
    changed: int = 0
    broken: int = 0
    nonfinite: int = 0
    largest: float = 0.0
    error: _Moments = field(default_factory=_Moments)
    original: _Moments = field(default_factory=_Moments)
    response: _Moments = field(default_factory=_Moments)
    _before: list[NDArray[np.generic]] = field(default_factory=list)
    _after: list[NDArray[np.generic]] = field(default_factory=list)

    def update(
        self,
        before: NDArray[np.generic],
        after: NDArray[np.generic],
        keep: NDArray[np.bool_] | slice,
    ) -> None:
        """Take in more values.

        Arguments:
            before, after: flat arrays of one length.
            keep: which of them are kept for distances of distributions and pictures.
        """
        self.values += before.size
        after = after.astype(before.dtype, copy=False)
        self._before.append(before[keep])
        _, unequal = deviation(before, after, Bound("exact"))
        self.changed += int(unequal.sum())
        largest, broken = deviation(before, after, self.bound)
        self.largest = max(self.largest, largest)
        self.broken += int(broken.sum())
        self._after.append(after[keep] if unequal.any() else self._before[-1])
        x, y = _doubles(before), _doubles(after)
        finite = np.isfinite(x) & np.isfinite(y)
        self.nonfinite += int(finite.size - finite.sum())
        x, y = x[finite], y[finite]
        with np.errstate(over="ignore", invalid="ignore"):
            self.original.update(x)
            self.error.update(y - x)
            self.response.update(((y - x)[x != 0]) / x[x != 0])

    @property
    def sample(self) -> tuple[Array, Array]:
        """Return the kept values before and after, those that are finite in both."""
        if not self._before:
            return np.zeros(0), np.zeros(0)
        x, y = (_doubles(np.concatenate(v)) for v in (self._before, self._after))
        finite = np.isfinite(x) & np.isfinite(y)
        return x[finite], y[finite]

    def report(self, tree: str, name: str, typename: str, nbytes: int | None) -> ColumnReport:
        """Return the figures.

        Raises:
            MissingDependency: scipy is not installed.
        """
        x, y = self.sample
        distances = kolmogorov_smirnov(x, y), wasserstein(x, y)
        return ColumnReport(
            tree, name, typename, str(self.bound), self.values, self.changed, self.broken,
            self.nonfinite, self.largest, self.error.rms, float(self.error.mean), self.original.std,
            float(self.response.mean), self.response.std, *distances,
            len(x), nbytes, _largest_step(x) if distances[0] else 0.0,
        )  # fmt: skip


def _largest_step(x: Array) -> float:
    """Return the largest share of values that are equal."""
    return float(np.unique(x, return_counts=True)[1].max(initial=0) / max(len(x), 1))


def kolmogorov_smirnov(x: Array, y: Array) -> float:
    """Return the largest difference of two empirical cumulative distributions.

    Arguments:
        x, y: values, of any numbers.

    Example:
        >>> kolmogorov_smirnov(np.arange(4.0), np.arange(4.0) + 1)
        0.25
    """
    if not len(x) or not len(y) or np.array_equal(x, y):
        return 0.0
    x, y = np.sort(x), np.sort(y)
    points = np.concatenate([x, y])
    below = (np.searchsorted(v, points, side="right") / len(v) for v in (x, y))
    return float(np.abs(np.subtract(*below)).max())


def wasserstein(x: Array, y: Array) -> float:
    """Return the Wasserstein-1 distance of two samples, in their unit.

    Arguments:
        x, y: values, of any numbers.

    Raises:
        MissingDependency: scipy is not installed.

    References:
        Ramdas, Garcia and Cuturi, On Wasserstein two sample testing and related families of
        nonparametric tests, arXiv:1509.02237.

    Example:
        >>> round(wasserstein(np.arange(4.0), np.arange(4.0) + 1), 12)
        1.0
    """
    if not len(x) or not len(y) or np.array_equal(x, y):
        return 0.0
    return float(needed("scipy.stats").wasserstein_distance(x, y))


def _doubles(values: NDArray[np.generic]) -> Array:
    with np.errstate(invalid="ignore"):  # signalling NaN
        return values.astype(np.float64)
