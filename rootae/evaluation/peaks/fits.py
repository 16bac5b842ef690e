"""Fits of a peak on a background: binned and unbinned, before and after compression alike."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rootae.evaluation.extras import needed
from rootae.evaluation.peaks.models import Model, density_of, limits_of
from rootae.evaluation.peaks.shapes import BACKGROUNDS, window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["SHOWN", "Comparison", "Fit", "best", "compare"]

BINS = 1000  # of the binned fit: migrations between wide bins would shift it more than values do
SHOWN = 50  # bins of pictures and of chi2
UNBINNED_AT_MOST = 100_000
LEAST = 50  # values in the window
_EXPECTED = 5.0  # counts in every bin that enters chi2

_HARDLY = 0.1  # share of background below which its shape may be held
_CALLS = 5000  # of the likelihood in one minimisation

Method = Literal["binned", "unbinned"]
Way = tuple[tuple[str, ...], dict[str, float]]  # what is held; where to start


@dataclass(frozen=True)
class Fit:
    """The result of one fit.

    Arguments:
        method: ``binned`` (extended likelihood of 1000 bins) or ``unbinned`` (extended likelihood).
        converged: a minimum with valid errors was found; all numbers are nan otherwise.
        mass, mass_error, width, width_error: of the signal, in the values' unit.
        signal, signal_error: its number of values in the window.
        values: how many values were fitted.
        chi2, ndf: Pearson's, on bins of at least 5 expected values.
        problem: why there is no result, in words.
        parameters: all parameters by name.
        criterion: Akaike's, up to a constant.
        every: 1 if all values were fitted, n if every n-th was.
        held: parameters of the background that were held, because there is hardly any.
    """

    method: Method
    converged: bool
    mass: float = np.nan
    mass_error: float = np.nan
    width: float = np.nan
    width_error: float = np.nan
    signal: float = np.nan
    signal_error: float = np.nan
    values: int = 0
    chi2: float = np.nan
    ndf: int = 0
    problem: str = ""
    parameters: dict[str, float] = field(default_factory=dict)
    criterion: float = np.nan
    every: int = 1
    held: tuple[str, ...] = ()


_NONE = Fit("binned", converged=False)


@dataclass(frozen=True)
class Comparison:
    """One fit before and after, from the same starting point.

    Arguments:
        before, after: the fits.
        selection: ``same`` if candidates are made of the same particles before and after,
            ``again`` if each file's own values chose them.
    """

    before: Fit
    after: Fit
    selection: str = "same"

    @property
    def converged(self) -> bool:
        """Say whether both fits did."""
        return self.before.converged and self.after.converged

    @property
    def mass_shift(self) -> float:
        """Return how far the mass moved, in units of its error before."""
        return (self.after.mass - self.before.mass) / self.before.mass_error

    @property
    def width_shift(self) -> float:
        """Return how far the width moved, in units of its error before."""
        return (self.after.width - self.before.width) / self.before.width_error


def compare(
    model: Model,
    before: Array,
    after: Array,
    method: Method,
    selection: str = "same",
    guess: Mapping[str, float] | None = None,
) -> Comparison:
    """Fit the same model to values before and after compression.

    Both fits have the same window, bins and starting point, so that equal values give equal
    results.

    Arguments:
        model: the shapes and the window.
        before, after: masses in the same order; nan where there is none.
        method: ``binned`` or ``unbinned``.
        selection: ``same`` or ``again``, see `Comparison`.
        guess: parameters of an earlier fit of this model, as a first starting point.

    Returns:
        Both fits; one that does not converge says so.

    Raises:
        MissingDependency: iminuit or scipy is not installed.
    """
    every, inside = _inside(model, before, after, method)
    if min(map(len, inside)) < LEAST:
        problem = f"fewer than {LEAST} values in the window"
        lost = [Fit(method, converged=False, values=len(x), problem=problem) for x in inside]
        return Comparison(lost[0], lost[1], selection)
    starts = [dict(guess)] if guess else []
    ways = list(product(_held(model), [*starts, *_starts(model, inside[0])]))
    fits = _converged(model, inside, method, ways)
    problem = "no minimum with valid errors from any of four starting points"
    first, second = (
        dataclasses.replace(f, every=every, problem="" if f.converged else problem) for f in fits
    )
    return Comparison(first, second, selection)


def best(models: Sequence[Model], values: Array) -> Model:
    """Return the model that describes values best, by Akaike's information criterion.

    References:
        Akaike, A new look at the statistical model identification, IEEE Trans. Autom. Control 19
        (1974) 716.
    """
    if len(models) == 1:
        return models[0]
    ranks = []
    for model in models:
        x = window(model.low, model.high, values)
        ways = list(product(list(_held(model))[:2], list(_starts(model, x))[:2]))
        (fit,) = _converged(model, [x], "binned", ways) if len(x) >= LEAST else (_NONE,)
        ranks.append(fit.criterion if fit.converged else np.inf)
    return models[int(np.argmin(ranks))]


def _converged(
    model: Model, values: Sequence[Array], method: Method, ways: Sequence[Way]
) -> list[Fit]:
    """Fit from one starting point after the other, until all fits converge from the same one."""
    fits = [Fit(method, converged=False, values=len(x)) for x in values]
    for held, start in ways:
        first = _fit(model, values[0], method, start, held)
        if not first.converged:
            continue
        tried = [first, *(_fit(model, x, method, start, held) for x in values[1:])]
        if all(f.converged for f in tried):
            return tried
        fits = tried
    return fits


def _inside(model: Model, before: Array, after: Array, method: Method) -> tuple[int, list[Array]]:
    """Return the values in the window, the same entries of both, and which share of them."""
    both = np.zeros(len(before), bool)
    for x in (before, after):
        both |= (x >= model.low) & (x < model.high)
    entries = np.flatnonzero(both)
    every = 1 if method == "binned" else -(-len(entries) // UNBINNED_AT_MOST) or 1
    return every, [window(model.low, model.high, x[entries[::every]]) for x in (before, after)]


def _held(model: Model) -> Iterator[tuple[str, ...]]:
    """Yield parameters to hold: nothing, the background's shape, then all of it at nothing.

    Where there is no background, its shape is anything, and a fit has no errors.
    """
    shape = tuple(BACKGROUNDS[model.background].others)
    yield from ((), shape, (*shape, "background"))


def _starts(model: Model, x: Array) -> Iterator[dict[str, float]]:
    """Yield starting points of mass and width: the model's or the values' own, then others."""
    counts, edges = np.histogram(x, SHOWN, (model.low, model.high))
    top = int(np.argmax(np.convolve(counts, [1, 2, 3, 2, 1], "same")))
    mass = model.mass if model.mass is not None else float(edges[top] + edges[top + 1]) / 2
    span = model.high - model.low
    width = model.width if model.width is not None else span / 12
    yield {"mass": mass, "width": width}
    yield {"mass": mass, "width": width / 2}
    yield {"mass": float(edges[top] + edges[top + 1]) / 2, "width": span / 20}
    yield {"mass": mass, "width": width * 2}


def _fit(
    model: Model, x: Array, method: Method, start: Mapping[str, float], held: tuple[str, ...]
) -> Fit:
    minuit = _minuit(model, x, method, start)
    for name in held:
        minuit.fixed[name] = True
    if "background" in held:
        minuit.values["background"] = 0.0
    minuit.strategy = 1
    minuit.migrad(ncall=_CALLS)
    if minuit.valid:
        minuit.strategy = 2
        minuit.tol = 1e-3  # a hundredth of iminuit's: what is left must not look like a shift
        minuit.migrad(ncall=_CALLS)
    errors_hold = minuit.valid and minuit.accurate and all(np.isfinite(minuit.errors))
    if not errors_hold or (held and minuit.values["background"] > _HARDLY * len(x)):
        return Fit(method, converged=False, values=len(x))
    values, errors = minuit.values.to_dict(), minuit.errors.to_dict()
    chi2, ndf = _chi2(model, x, values, minuit.nfit)
    return Fit(
        method, True, values["mass"], errors["mass"], values["width"], errors["width"],
        values["signal"], errors["signal"], len(x), chi2, ndf, "", values,
        float(minuit.fval) + 2 * int(minuit.nfit), 1, held,
    )  # fmt: skip


def _minuit(model: Model, x: Array, method: Method, start: Mapping[str, float]) -> Any:
    minuit, cost = needed("iminuit"), needed("iminuit.cost")
    limits = limits_of(model, len(x), start["mass"], start["width"])
    density = density_of(model)
    if method == "binned":
        counts, edges = np.histogram(x, BINS, (model.low, model.high))
        loss = cost.ExtendedBinnedNLL(
            counts, edges, density, use_pdf="approximate", name=list(limits)
        )
    else:
        loss = cost.ExtendedUnbinnedNLL(
            x, lambda x, *p: (p[0] + p[1], density(x, *p)), name=list(limits)
        )
    fit = minuit.Minuit(loss, **({n: first for n, (first, _, _) in limits.items()} | dict(start)))
    for name, (_, low, high) in limits.items():
        fit.limits[name] = (low, high)
    return fit


def _chi2(model: Model, x: Array, parameters: dict[str, float], free: int) -> tuple[float, int]:
    """Return Pearson's chi2 and its degrees of freedom, after bins of few values were joined."""
    counts, _ = np.histogram(x, SHOWN, (model.low, model.high))
    fine = np.linspace(model.low, model.high, SHOWN * 8 + 1)
    middle = (fine[1:] + fine[:-1]) / 2
    density = density_of(model)(middle, *parameters.values())
    expected = (density * np.diff(fine)).reshape(SHOWN, 8).sum(axis=1)
    joined: list[list[float]] = [[0.0, 0.0]]
    for n, mu in zip(counts, expected, strict=True):
        if joined[-1][1] >= _EXPECTED:
            joined.append([0.0, 0.0])
        joined[-1][0] += float(n)
        joined[-1][1] += float(mu)
    if len(joined) > 1 and joined[-1][1] < _EXPECTED:
        n, mu = joined.pop()
        joined[-1][0] += n
        joined[-1][1] += mu
    chi2 = sum((n - mu) ** 2 / mu for n, mu in joined)
    return float(chi2), len(joined) - free
