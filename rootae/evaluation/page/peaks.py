"""Fitted peaks on the page: a table of the fits, and before and after in one picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rootae.evaluation.page.pictures as draw
from rootae.evaluation.page.sections import figure, section
from rootae.evaluation.page.tables import escape, measured, table

if TYPE_CHECKING:
    from rootae.evaluation.evaluation import Evaluation
    from rootae.evaluation.peaks.fits import Comparison
    from rootae.evaluation.peaks.report import PeakReport

__all__ = ["peaks"]


def peaks(report: Evaluation) -> str:
    """Return the section of the fitted peaks, nothing where there are none."""
    if not report.peaks:
        return ""
    text = (
        "<p>Masses from the columns, fitted before and after with the same window, bins and "
        "starting point. A shift is given in units of the fit's own error: at 0.05, the error of "
        "the measurement would grow by about a tenth of a per cent.</p>"
    )
    return section("peaks", "Peaks", f"{text}{''.join(map(_peak, report.peaks))}")


def _peak(peak: PeakReport) -> str:
    unit = f" / {escape(peak.unit)}" if peak.unit else ""
    head = ["fit", "candidates", f"mass before{unit}", f"mass after{unit}", "mass shift / error",
            f"width before{unit}", f"width after{unit}", "width shift / error",
            "&chi;&sup2;/ndf before", "after"]  # fmt: skip
    rows = [_fit_cells(f) for f in peak.fits]
    moved = (
        f" Chosen again from the values after, {peak.moved:,} entries have another candidate, "
        "because a value passed a threshold or two changed places."
        if peak.moved
        else ""
    )
    note = f"; {escape(peak.note)}" if peak.note else ""
    where = "" if not peak.unit else f" in {escape(peak.unit)}"
    text = (
        f"<h3>{escape(peak.name)}</h3><p>{escape(peak.text)} (tree {escape(peak.tree)}{note}; "
        f"{peak.candidates:,} candidates). Fitted{where}: {escape(peak.model.text)}.{moved}</p>"
    )
    shown = next((f for f in peak.fits if f.converged), peak.fits[0])
    picture = figure(
        draw.peak(peak, shown),
        f"{shown.before.method} fit",
        f"{peak.name} before and after",
        "peak",
    )
    return f"{text}{table(head, rows, '', 1)}{picture}"


def _shift(errors: float) -> str:
    """Return a shift in errors of the fit, marked where it is an error or more."""
    text = f"{errors:+.4f}" if abs(errors) < 1 else f"{errors:+.1f}"
    return f'<span class="tag bad">{text}</span>' if abs(errors) >= 1 else text


def _fit_cells(fits: Comparison) -> list[str]:
    before, after = fits.before, fits.after
    again = ", candidates chosen again" if fits.selection == "again" else ""
    none = ", no background" if "background" in before.held else ""
    name = f"{before.method}{again}{none}"
    if not fits.converged:
        return [name, f"{before.values:,}", escape(before.problem or after.problem), *[""] * 7]
    return [
        name,
        f"{before.values:,}" + (f" (every {before.every}.)" if before.every > 1 else ""),
        measured(before.mass, before.mass_error),
        measured(after.mass, after.mass_error),
        _shift(fits.mass_shift),
        measured(before.width, before.width_error),
        measured(after.width, after.width_error),
        _shift(fits.width_shift),
        f"{before.chi2:.1f}/{before.ndf}",
        f"{after.chi2:.1f}/{after.ndf}",
    ]
