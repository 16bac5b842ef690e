"""Pictures of a comparison as SVG: a colour a family, the same in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.errors.legible import untexed
from rootae.evaluation.families.trial import fit_of
from rootae.evaluation.page.drawing import BEFORE, LIMIT, drawn, latents_drawn
from rootae.training.loop.curve import rate_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.evaluation.families.latents import PriorReport
    from rootae.evaluation.families.trial import Trial
    from rootae.evaluation.peaks.report import PeakReport
    from rootae.training.loop.history import Curve

    Array = NDArray[np.float64]

__all__ = ["colours", "curves", "figures_of_merit", "fitted", "latents", "masses"]

_COLOURS = (
    "#3f90da", "#bd1f01", "#ffa90e", "#832db6", "#5f9e2e", "#a96b59", "#e76300", "#00a6a0",
    "#e377c2", "#1b3a73", "#b9ac70", "#92dadd",
)  # fmt: skip
_SHOWN = 60  # bins of a mass
_LATENTS = 16  # of a group that are drawn
_BASELINE = "plain"


def colours(trials: Sequence[Trial]) -> dict[str, str]:
    """Give each candidate a colour, and `plain` none."""
    names = dict.fromkeys(t.candidate.name for t in trials)
    names.pop(_BASELINE, None)
    found = {name: _COLOURS[i % len(_COLOURS)] for i, name in enumerate(names)}
    return {_BASELINE: LIMIT} | found


def figures_of_merit(
    values: Mapping[str, float], paint: Mapping[str, str], label: str, base: float | None
) -> str:
    """Draw a bar a family.

    Arguments:
        values: by family, drawn from the top.
        paint: colours.
        label: of the axis, with the unit.
        base: of `plain`, drawn as a line.
    """
    names = list(values)

    def draw(figure: Any) -> None:
        axis = figure.subplots()
        heights = [values[n] for n in names]
        axis.barh(range(len(names)), heights, 0.7, color=[paint[n] for n in names])
        most = max([*heights, base or 0.0, 1e-12])
        for i, height in enumerate(heights):
            under = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
            axis.text(
                height + 0.012 * most, i, f"{height:.4g}", va="center", fontsize=8, bbox=under
            )
        if base is not None:  # below the figures, which stand where it may run
            axis.axvline(base, color="0.25", linestyle="--", linewidth=1, zorder=1.5)
        axis.set_yticks(range(len(names)), [untexed(n) for n in names])
        axis.tick_params(axis="y", length=0)
        axis.invert_yaxis()
        axis.set_xlim(0, 1.17 * most)
        axis.locator_params(axis="x", nbins=6)
        axis.set_xlabel(label)

    return drawn((4.6, 0.8 + 0.27 * len(names)), draw)


def fitted(trials: Sequence[Trial], name: str, what: str, paint: Mapping[str, str]) -> str:
    """Draw the fitted mass or width of a peak for each family, and the band of the fit before.

    Arguments:
        trials: those that have the peak.
        name: the peak.
        what: ``mass`` or ``width``.
        paint: colours.
    """
    found = {
        t.candidate.name: (fit_of(p), p.unit) for t in trials for p in t.peaks if p.name == name
    }
    unit = next((u for _, u in found.values()), "")
    first = next((f.before for f, _ in found.values() if f.before.converged), None)

    def draw(figure: Any) -> None:
        axis = figure.subplots()
        if first is not None:
            value, error = getattr(first, what), getattr(first, f"{what}_error")
            axis.axvspan(value - error, value + error, color=BEFORE, alpha=0.25, linewidth=0)
            axis.axvline(value, color=BEFORE, linewidth=1)
        for i, (one, (fits, _)) in enumerate(found.items()):
            if fits.after.converged:
                value, error = getattr(fits.after, what), getattr(fits.after, f"{what}_error")
                axis.errorbar(value, i, xerr=error, fmt="o", ms=4.5, color=paint[one])
            else:
                text = f"{one}: no fit"
                axis.text(0.03, i, text, transform=axis.get_yaxis_transform(), va="center")
        axis.set_yticks(range(len(found)), [untexed(n) for n in found])
        axis.set_ylim(len(found) - 0.5, -0.5)
        axis.margins(x=0.08)
        axis.ticklabel_format(axis="x", useOffset=False)
        axis.locator_params(axis="x", nbins=5)
        axis.set_xlabel(f"{what} / {unit}" if unit else what)

    return drawn((4.6, 0.8 + 0.27 * max(len(found), 2)), draw)


def masses(peaks: Mapping[str, PeakReport], paint: Mapping[str, str]) -> str:
    """Draw the masses of one peak before and as each family gives them back.

    Arguments:
        peaks: by family.
        paint: colours.
    """
    first = next(iter(peaks.values()))
    edges = np.linspace(first.model.low, first.model.high, _SHOWN + 1)
    width = edges[1] - edges[0]

    def draw(figure: Any) -> None:
        axis = figure.subplots()
        before = np.histogram(first.before, edges)[0]
        axis.stairs(before, edges, fill=True, color=BEFORE, alpha=0.3, label="before")
        most = float(before.max(initial=1))
        for name, peak in peaks.items():
            after = np.histogram(peak.after, edges)[0]
            most = max(most, float(after.max(initial=0)))
            axis.stairs(after, edges, color=paint[name], linewidth=1.1, label=untexed(name))
        axis.set_xlim(edges[0], edges[-1])
        rows = -(-(len(peaks) + 1) // 4)
        axis.set_ylim(0, most * (1.08 + 0.12 * rows))  # room for the legend
        axis.legend(frameon=False, ncols=4, loc="upper center", columnspacing=1.0)
        axis.set_xlabel(f"mass / {first.unit}" if first.unit else untexed(first.name))
        axis.set_ylabel(f"candidates / {width:.3g} {first.unit}".rstrip())

    return drawn((5.6, 3.6), draw)


def curves(found: Mapping[str, Curve], paint: Mapping[str, str]) -> str:
    """Draw learning curves of one group, a line a family.

    Arguments:
        found: by family.
        paint: colours.
    """

    def draw(figure: Any) -> None:
        axis = figure.subplots()
        ends = []
        for name, curve in found.items():
            rates = [rate_of(p.validation) for p in curve.points]
            axis.plot(
                curve.steps(), rates, color=paint[name], label=untexed(name), marker=".", ms=3
            )
            ends += rates[len(rates) // 4 :]
        finite = np.array([x for x in ends if np.isfinite(x)])
        if len(finite):  # where training begins is far above what it comes to
            low, high = float(finite.min()), float(finite.max())
            pad = 0.08 * (high - low) + 1e-3 * abs(high)
            axis.set_ylim(low - pad, high + pad)
        axis.set_xlim(left=0)
        axis.locator_params(axis="x", nbins=6)
        axis.set_xlabel("training step")
        axis.set_ylabel("loss on validation rows / (bits a row)")
        axis.legend(frameon=False, ncols=2)

    return drawn((4.6, 3.4), draw)


def latents(reports: Sequence[PriorReport], color: str) -> str:
    """Draw the latents of one group, standardised, against their prior."""
    edges = np.linspace(-4, 4, 65)

    def draw(axis: Any, report: PriorReport) -> None:
        axis.hist(report.sample, edges, density=True, color=color, alpha=0.5)
        heights = np.histogram(report.drawn, edges, density=True)[0]
        axis.stairs(heights, edges, color="0.15", linestyle="-" if report.prior else ":")
        axis.set_title(f"latent {report.number}: KS {report.ks:.2g}", loc="left", fontsize=8)

    return latents_drawn(reports[:_LATENTS], draw)
