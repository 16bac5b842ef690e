"""What evaluate found: the worst columns, and the peaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.cli.console.table import bound_text, headed, print_table, size_text, stdout

if TYPE_CHECKING:
    from rich.console import Console

    from rootae.evaluation.columns.residuals import ColumnReport
    from rootae.evaluation.evaluation import Evaluation
    from rootae.evaluation.peaks.fits import Comparison

__all__ = ["show_evaluated"]

_SHOWN = 15  # columns, where not all are asked for


def show_evaluated(report: Evaluation, *, verbose: bool) -> None:
    """Print what compression did to columns and peaks."""
    console = stdout()
    worst = report.worst if verbose else report.worst[:_SHOWN]
    head = ["column", "bound", "largest error", "of bound", "bias", "RMS", "RMS/spread", "KS"]
    print_table(console, [*head, "W1", "bits/value"], [_cells(c) for c in worst])
    if len(worst) < len(report.columns):
        console.print(f"{len(report.columns) - len(worst)} more columns differ less: -v lists all")
    _print_peaks(console, report)
    sizes = size_text(report.before), size_text(report.after)
    console.print(f"{sizes[0]} -> {sizes[1]}: {report.ratio:.2f} times smaller")
    console.print(headed(report.verdict))


def _cells(c: ColumnReport) -> list[str]:
    share = "" if c.share is None or c.bound == "exact" else f"{100 * c.share:.1f}%"
    numbers = (f"{x:.3g}" for x in (c.bias, c.rms, c.noise, c.ks, c.wasserstein))
    bits = "" if c.bits is None else f"{c.bits:.2f}"
    name = f"{c.tree}:{c.name}"
    return [name, bound_text(c.bound), f"{c.largest:.3g}", share, *numbers, bits]


def _print_peaks(console: Console, report: Evaluation) -> None:
    if not report.peaks:
        return
    head = ["peak", "fit", "mass before", "mass after", "shift", "width before", "width after"]
    rows = [[f"{p.name} ({p.tree})", *_fit(f, p.unit)] for p in report.peaks for f in p.fits]
    print_table(console, [*head, "shift", "chi2/ndf before, after"], rows)


def _fit(fits: Comparison, unit: str) -> list[str]:
    before, after = fits.before, fits.after
    name = before.method + (", chosen again" if fits.selection == "again" else "")
    if not fits.converged:
        return [name, before.problem or after.problem]
    return [
        name,
        f"{before.mass:.6g} +- {before.mass_error:.2g} {unit}".rstrip(),
        f"{after.mass:.6g} +- {after.mass_error:.2g} {unit}".rstrip(),
        f"{fits.mass_shift:+.4f} sigma",
        f"{before.width:.5g} +- {before.width_error:.2g}",
        f"{after.width:.5g} +- {after.width_error:.2g}",
        f"{fits.width_shift:+.4f} sigma",
        f"{before.chi2:.1f}/{before.ndf}, {after.chi2:.1f}/{after.ndf}",
    ]
