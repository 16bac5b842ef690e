"""Pictures of an evaluation as SVG, in the style of mplhep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.errors.legible import untexed
from rootae.evaluation.page.drawing import AFTER, BEFORE, LIMIT, drawn, latents_drawn
from rootae.evaluation.peaks.fits import SHOWN
from rootae.evaluation.peaks.models import curve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rootae.evaluation.columns.latents import LatentReport
    from rootae.evaluation.columns.spectra import Spectrum
    from rootae.evaluation.peaks.fits import Comparison
    from rootae.evaluation.peaks.report import PeakReport

    Array = NDArray[np.float64]

__all__ = ["column", "correlations", "latents", "peak"]


def column(spectrum: Spectrum) -> str:
    """Draw a column before and after, their ratio, and its errors with the bound."""
    has_errors = len(spectrum.errors) > 0
    heights = [3.0, 1.1, 2.2] if has_errors else [3.0, 1.1]

    def draw(figure: Any) -> None:
        axes = figure.subplots(len(heights), 1, height_ratios=heights)
        _overlay(axes[0], axes[1], spectrum.edges, spectrum.before, spectrum.after)
        if has_errors:
            _errors(axes[2], spectrum)
        below = 0.10 if has_errors else 0.07
        figure.subplots_adjust(left=0.16, right=0.95, top=0.97, bottom=below, hspace=0.08)
        if has_errors:
            box = axes[2].get_position()
            axes[2].set_position((box.x0, box.y0, box.width, box.height * 0.85))

    return drawn((4.0, 4.6 if has_errors else 3.3), draw, None)  # a fixed layout is twice as fast


def _overlay(top: Any, below: Any, edges: Array, before: Array, after: Array) -> None:
    widths = np.diff(edges)
    top.stairs(before / widths, edges, fill=True, color=BEFORE, alpha=0.45, label="before")
    top.stairs(after / widths, edges, color=AFTER, label="after")
    filled = before[before > 0]
    if len(filled) and filled.max() > 300 * max(np.median(before), 1):
        top.set_yscale("log")
    else:
        top.set_ylim(bottom=0)
    top.legend(frameon=False)
    top.set_ylabel("values per unit")
    top.tick_params(labelbottom=False)
    _ratio(below, edges, before, after)
    for axis in (top, below):
        axis.set_xlim(edges[0], edges[-1])
    below.locator_params(axis="x", nbins=6)
    below.xaxis.set_major_formatter("{x:.4g}")
    below.set_ylabel("ratio")


def _ratio(below: Any, edges: Array, before: Array, after: Array) -> None:
    """Draw the ratio of two histograms, in a band of the first one's statistical error."""
    ratio = np.divide(after, before, out=np.full(len(before), np.nan), where=before > 0)
    error = np.divide(1.0, np.sqrt(before), out=np.zeros(len(before)), where=before > 0)
    below.fill_between(
        np.repeat(edges, 2)[1:-1], *(np.repeat(1 + s * error, 2) for s in (-1, 1)),
        color=BEFORE, alpha=0.25, linewidth=0,
    )  # fmt: skip
    below.stairs(ratio, edges, color=AFTER, baseline=None)
    spread = np.nanmax(np.abs(ratio - 1)) if np.isfinite(ratio).any() else 0.0
    reach = float(min(max(1.3 * spread, 0.02), 1.0))
    below.set_ylim(1 - reach, 1 + reach)
    # labels at its ends would touch those of the panel above and of the other axis
    below.locator_params(axis="y", nbins=5, prune="both")


def _errors(axis: Any, spectrum: Spectrum) -> None:
    """Draw errors in units of the bound, or as they are where there is none."""
    has_bound = bool(np.isfinite(spectrum.bound))
    edges = spectrum.error_edges / (spectrum.bound if has_bound else 1.0)
    axis.stairs(spectrum.errors, edges, fill=True, color=LIMIT, alpha=0.6)
    for side in (-1, 1) if has_bound else ():
        axis.axvline(side, color=AFTER, linestyle="--")
    axis.set_xlim(edges[0], edges[-1])
    axis.set_ylim(bottom=0)
    axis.locator_params(axis="x", nbins=5)
    if not has_bound:
        axis.xaxis.set_major_formatter("{x:.2g}")
    error = "(after - before) / |before|" if spectrum.relative else "after - before"
    axis.set_xlabel(f"{error}, in units of the bound" if has_bound else f"{error}, no bound")
    axis.set_ylabel("values")


def correlations(names: Sequence[str], values: Array, limit: float) -> str:
    """Draw a matrix of correlations, or of their changes.

    Arguments:
        names: of the columns.
        values: the matrix.
        limit: where the colours end, on either side of zero.
    """
    n, size = len(names), _small(len(names))

    def draw(figure: Any) -> None:
        axis = figure.subplots()
        image = axis.imshow(values, cmap="RdBu_r", vmin=-limit, vmax=limit)
        axis.tick_params(length=0)
        shown = [untexed(name) for name in names]
        axis.set_xticks(range(n), shown, rotation=90, fontsize=size)
        axis.set_yticks(range(n), shown, fontsize=size)
        bar = figure.colorbar(image, ax=axis, shrink=0.7, format="%.2g")
        bar.ax.tick_params(labelsize=7)

    side = 2.8 + 0.11 * n
    return drawn((side + 0.4, side), draw)


def _small(n: int) -> float:
    return 8 if n <= 15 else 6.5


def peak(report: PeakReport, fits: Comparison) -> str:
    """Draw masses before and after, their fits and their ratio, in one picture.

    Arguments:
        report: the peak.
        fits: of these masses.
    """

    def draw(figure: Any) -> None:
        top, below = figure.subplots(2, 1, height_ratios=[3, 1], sharex=True)
        _masses(top, below, report)
        for fit, color, line in ((fits.before, BEFORE, "-"), (fits.after, AFTER, "--")):
            if fit.converged:
                fine = np.linspace(report.model.low, report.model.high, 8 * SHOWN + 1)
                heights = curve(report.model, fit.parameters, fine) * _width(report) * fit.every
                side = "before" if fit is fits.before else "after"
                top.plot(fine, heights, color=color, linestyle=line, label=f"fit {side}")
        top.legend(frameon=False, ncols=2, loc="upper center")
        top.set_ylabel(f"candidates / {_width(report):.3g} {report.unit}".rstrip())
        below.set_ylabel("after / before")
        below.set_xlabel(f"mass / {report.unit}" if report.unit else untexed(report.name))
        figure.align_ylabels([top, below])

    return drawn((4.6, 4.0), draw)


def _width(report: PeakReport) -> float:
    return (report.model.high - report.model.low) / SHOWN


def _masses(top: Any, below: Any, report: PeakReport) -> None:
    """Draw both histograms, and their ratio with the statistical error of the values before."""
    window = (report.model.low, report.model.high)
    before, edges = np.histogram(report.before, SHOWN, window)
    after = np.histogram(report.after, SHOWN, window)[0]
    middle = (edges[1:] + edges[:-1]) / 2
    top.stairs(before, edges, fill=True, color=BEFORE, alpha=0.35, label="before")
    top.plot(middle, after, "o", color=AFTER, markersize=2.8, label="after")
    top.set_xlim(*window)
    top.set_ylim(0, 1.45 * max(before.max(), after.max(), 1))  # room for the legend
    _ratio(below, edges, before.astype(np.float64), after.astype(np.float64))
    below.set_xlim(*window)


def latents(reports: Sequence[LatentReport]) -> str:
    """Draw latents, standardised, against a Gaussian."""
    x = np.linspace(-4, 4, 161)

    def draw(axis: Any, report: LatentReport) -> None:
        axis.hist(report.sample, 64, (-4, 4), density=True, color=BEFORE, alpha=0.45)
        axis.plot(x, np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi), color=AFTER)
        axis.set_title(f"latent {report.number}", loc="left")

    return latents_drawn(reports, draw)
