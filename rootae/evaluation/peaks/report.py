"""A peak's masses, fitted before and after compression."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from rootae.evaluation.peaks.fits import Comparison, best, compare
from rootae.evaluation.peaks.masses import guessed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.evaluation.peaks.masses import Masses
    from rootae.evaluation.peaks.models import Model

    Array = NDArray[np.float64]

__all__ = ["PeakReport", "fit_peak"]

_LEAST, _SIGNIFICANT = 100, 5.0  # values in the window, signal over its error: else no peak


@dataclass(frozen=True)
class PeakReport:
    """What became of one peak.

    Arguments:
        name, tree: which peak, where.
        text: how a mass is made.
        unit: of masses, empty where it is not known.
        note: how the file's own unit was read, or nothing.
        model: what was fitted.
        candidates: how many masses there are before compression, inside and outside the window.
        moved: entries whose candidate is made of other particles when it is chosen again.
        fits: binned and unbinned, of the same candidates, and of those chosen again if any moved.
        before, after: masses of the same candidates.
    """

    name: str
    tree: str
    text: str
    unit: str
    note: str
    model: Model
    candidates: int
    moved: int
    fits: tuple[Comparison, ...]
    before: Array = field(repr=False, compare=False)
    after: Array = field(repr=False, compare=False)


def fit_peak(masses: Masses) -> PeakReport | str:
    """Choose a model on the values before, fit it to both, or say why there is no peak.

    Only peaks that nobody asked for may have no report: too few values in the window, or no
    significant signal.

    Raises:
        MissingDependency: iminuit or scipy is not installed.
    """
    before, same, again = masses.arrays
    models = guessed(before, masses.window, masses.models)
    low, high = models[0].low, models[0].high
    inside = int(((before >= low) & (before < high)).sum())
    where = f"{masses.name} in {masses.tree}"
    if not masses.asked and inside < _LEAST:
        return f"{where}: {inside} candidates from {low:g} to {high:g} GeV, too few for a fit"
    model = best(models, before)
    fits = [compare(model, before, same, "binned")]
    if not masses.asked and not _significant(fits[0]):
        return f"{where}: {inside} candidates from {low:g} to {high:g} GeV, but no significant peak"
    guess = fits[0].before.parameters
    fits.append(compare(model, before, same, "unbinned", guess=guess))
    if masses.moved:
        fits.append(compare(model, before, again, "binned", "again", guess))
        fits.append(compare(model, before, again, "unbinned", "again", guess))
    note = "the file is in MeV" if (masses.factor or 1.0) > 1 else ""
    count = int(np.isfinite(before).sum())
    return PeakReport(
        masses.name, masses.tree, masses.text, masses.unit, note, model, count, masses.moved,
        tuple(fits), before, same,
    )  # fmt: skip


def _significant(fit: Comparison) -> bool:
    first = fit.before
    return not first.converged or first.signal > _SIGNIFICANT * first.signal_error
