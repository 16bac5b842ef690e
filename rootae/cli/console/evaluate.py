"""What evaluate found: the worst columns, and the peaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.cli.console.table import bound_text, headed, print_table, stdout

if TYPE_CHECKING:
    from rich.console import Console

    from rootae.evaluation.columns.residuals import ColumnReport
    from rootae.evaluation.evaluation import Evaluation
    from rootae.evaluation.peaks.fits import Comparison

__all__ = ["show_evaluated"]

_SHOWN = 15  # columns, where not all are asked for


def show_evaluated(report: Evaluation, *, verbose: bool) -> None:
    """Print what compression did to peaks and columns."""
    console = stdout()
    console.print(headed(report.headline), soft_wrap=True)
    _print_peaks(console, report)
    worst = report.worst if verbose else report.worst[:_SHOWN]
    head = ["column", "bound", "largest error", "of bound", "RMS/spread", "KS"]
    more = ["bias", "RMS", "W1", "bits/value"] if verbose else []
    alone = len(report.trees) == 1
    names = [c.name if alone else f"{c.tree}:{c.name}" for c in worst]
    rows = [[n, *_cells(c, verbose=verbose)] for n, c in zip(names, worst, strict=True)]
    print_table(console, [*head, *more], rows)
    if any(c.is_discrete for c in worst):
        console.print(
            "* repeated values: however little one moves, KS jumps by its share of all; the errors "
            "say more"
        )
    if len(worst) < len(report.columns):
        console.print(f"{len(report.columns) - len(worst)} more columns differ less: -v lists all")


def _cells(c: ColumnReport, *, verbose: bool) -> list[str]:
    share = "" if c.share is None or c.bound == "exact" else f"{100 * c.share:.1f}%"
    bits = "" if c.bits is None else f"{c.bits:.2f}"
    more = [*(f"{x:.3g}" for x in (c.bias, c.rms, c.wasserstein)), bits] if verbose else []
    told = [f"{c.noise:.3g}", f"{c.ks:.3g}{'*' * c.is_discrete}"]
    return [bound_text(c.bound), f"{c.largest:.3g}", share, *told, *more]


def _print_peaks(console: Console, report: Evaluation) -> None:
    if not report.peaks:
        return
    masses = ["mass before", "mass after", "shift of mass"]
    widths = ["width before", "width after", "shift of width"]
    rows = [[f"{p.name} ({p.tree})", *_fit(f, p.unit)] for p in report.peaks for f in p.fits]
    print_table(console, ["peak", "fit", *masses, *widths, "chi2/ndf before, after"], rows, keys=2)


def _fit(fits: Comparison, unit: str) -> list[str]:
    before, after = fits.before, fits.after
    name = before.method + (", chosen again" if fits.selection == "again" else "")
    if not fits.converged:
        return [name, before.problem or after.problem]
    texts = [
        f"{before.mass:.6g} +- {before.mass_error:.2g} {unit}".rstrip(),
        f"{after.mass:.6g} +- {after.mass_error:.2g} {unit}".rstrip(),
        _shift(fits.mass_shift),
        f"{before.width:.5g} +- {before.width_error:.2g}",
        f"{after.width:.5g} +- {after.width_error:.2g}",
        _shift(fits.width_shift),
        f"{before.chi2:.1f}/{before.ndf}, {after.chi2:.1f}/{after.ndf}",
    ]
    return [name, *(t.replace(" ", "\N{NO-BREAK SPACE}") for t in texts)]


def _shift(errors: float) -> str:
    """Return a shift in errors of the fit."""
    return f"{errors:+.4f} sigma" if abs(errors) < 1 else f"{errors:+.1f} sigma"
