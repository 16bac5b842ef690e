"""One self-contained HTML page of an evaluation: nothing is loaded from elsewhere."""

from __future__ import annotations

import base64
import html
from typing import TYPE_CHECKING

import numpy as np

import rootae.evaluation.page.pictures as draw
from rootae.evaluation.page.legend import LEGEND
from rootae.evaluation.page.style import CSS, SCRIPT
from rootae.evaluation.page.tables import measured, number, short, size, table
from rootae.legible import legible
from rootae.targets import check_target

if TYPE_CHECKING:
    from pathlib import Path

    from rootae.evaluation.columns.residuals import ColumnReport
    from rootae.evaluation.evaluation import Evaluation, TreeReport
    from rootae.evaluation.peaks.fits import Comparison
    from rootae.evaluation.peaks.report import PeakReport

__all__ = ["page", "write"]

_MATRIX = 40  # columns of a correlation matrix that are drawn


def write(
    evaluation: Evaluation, path: str | Path, *, pictures: int = 60, force: bool = False
) -> Path:
    """Write one self-contained page.

    Arguments:
        evaluation: what to show.
        path: the file to write.
        pictures: draw this many columns at most, the worst ones; all are in the table.
        force: replace a file of that name.

    Returns:
        The path.

    Raises:
        ArgumentError: the file is there, or is one that was compared.
        MissingDependency: matplotlib or mplhep is not installed.
    """
    compared = [evaluation.original, evaluation.compressed]
    output = check_target(path, compared, force=force)
    text = page(evaluation, pictures)
    with output.atomic() as part:
        part.write_text(text, encoding="utf-8")
    return output.path


def page(report: Evaluation, pictures: int = 60) -> str:
    """Return the page.

    Arguments:
        report: what to show.
        pictures: how many columns to draw at most, the worst ones.

    Raises:
        MissingDependency: matplotlib or mplhep is not installed.
    """
    parts = [
        _head(report),
        _peaks(report),
        _columns(report),
        _correlations(report),
        _latents(report),
        _pictures(report, pictures),
        _notes(report),
    ]
    title = f"{escape(report.compressed.name)} against {escape(report.original.name)}"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{CSS}</style>\n</head>\n<body>\n"
        f"{''.join(parts)}<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )


def _head(report: Evaluation) -> str:
    links = {"peaks": report.peaks, "columns": True, "correlations": True, "pictures": True}
    nav = "".join(f'<a href="#{k}">{k.capitalize()}</a>' for k, there in links.items() if there)
    entries = ", ".join(f"{t.path}: {t.entries:,} entries" for t in report.trees)
    boxes = {
        "file before": size(report.before),
        "file after": size(report.after),
        "times smaller": f"{report.ratio:.2f}",
        "columns compared": f"{len(report.columns):,}",
        "values compared": f"{sum(c.values for c in report.columns):,}",
    }
    figures = "".join(f"<div><b>{v}</b><span>{k}</span></div>" for k, v in boxes.items())
    loose = any(c.bound == "none" for c in report.columns)
    kind = "verdict bad" if not report.holds else "verdict loose" if loose else "verdict"
    return (
        f"<header><h1>What compression did to <code>{escape(report.original.name)}</code></h1>"
        f'<p class="soft">Every value of <code>{escape(report.compressed.name)}</code> was '
        f"compared with the original. {escape(entries)}.</p>"
        f'<p class="{kind}">{escape(report.verdict)}</p>'
        f'<div class="figures">{figures}</div><nav>{nav}</nav></header>\n'
    )


def _peaks(report: Evaluation) -> str:
    if not report.peaks:
        return ""
    text = (
        "<p>Masses from the columns, fitted before and after with the same window, bins and "
        "starting point. A shift is given in units of the fit's own error: at 0.05, the error of "
        "the measurement would grow by about a tenth of a per cent.</p>"
    )
    return (
        f'<section id="peaks"><h2>Peaks</h2>{text}{"".join(map(_peak, report.peaks))}</section>\n'
    )


def _peak(peak: PeakReport) -> str:
    head = ["fit", "candidates", "mass before", "mass after", "mass shift", "width before",
            "width after", "width shift", "&chi;&sup2;/ndf before", "after"]  # fmt: skip
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
    sides = (("before", shown.before, peak.before), ("after", shown.after, peak.after))
    figures = "".join(
        _figure(draw.peak(peak, fit, values), f"<b>{side}</b>, {fit.method}", f"{peak.name} {side}")
        for side, fit, values in sides
    )
    return f"{text}{table(head, rows, '', 1)}<div class='grid two'>{figures}</div>"


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
        f"{fits.mass_shift:+.4f} &sigma;",
        measured(before.width, before.width_error),
        measured(after.width, after.width_error),
        f"{fits.width_shift:+.4f} &sigma;",
        f"{before.chi2:.1f}/{before.ndf}",
        f"{after.chi2:.1f}/{after.ndf}",
    ]


def _columns(report: Evaluation) -> str:
    head = ["column", "type", "bound", "values", "outside bound", "largest error", "of bound",
            "bias", "RMS", "RMS / spread", "response", "KS", "W1", "bits"]  # fmt: skip
    several = len(report.trees) > 1
    rows = [_column_cells(c, several) for c in report.worst]
    legend = "".join(f"<dt>{k}</dt><dd>{v}</dd>" for k, v in LEGEND.items())
    sampled = [t for t in report.trees if t.every > 1]
    note = "".join(
        f"<p>KS, W1 and pictures of {escape(t.path)} are from every {t.every}. entry "
        f"({-(-t.entries // t.every):,} of {t.entries:,}); all else is from all values.</p>"
        for t in sampled
    )
    return (
        '<section id="columns"><h2>Columns</h2><p>All columns, the worst first. A click on a '
        f"heading sorts.</p>{note}{table(head, rows, 'sort', 3)}"
        f"<details open><summary>What the figures mean</summary><dl>{legend}</dl></details>"
        "</section>\n"
    )


def _column_cells(c: ColumnReport, several: bool) -> list[tuple[str, float | None] | str]:
    bound = '<span class="tag none">no bound</span>' if c.bound == "none" else escape(c.bound)
    broken = f'<span class="tag bad">{c.broken:,}</span>' if c.broken else "0"
    share = "" if c.share is None or "exact" in c.bound else f"{100 * c.share:.1f}%"
    name = f"{c.tree}: {c.name}" if several else c.name
    return [
        f"<code>{escape(name)}</code>", escape(c.typename), bound, (f"{c.values:,}", c.values),
        (broken, c.broken), number(c.largest), (share, c.share), number(c.bias), number(c.rms),
        number(c.noise), (f"{short(c.response)} &plusmn; {short(c.resolution)}", c.resolution),
        number(c.ks), number(c.wasserstein),
        ("" if c.bits is None else f"{c.bits:.2f}", c.bits),
    ]  # fmt: skip


def _correlations(report: Evaluation) -> str:
    parts = []
    for tree in report.trees:
        for group in tree.correlations:
            most, one, two = group.largest
            name = f"{tree.path}: {group.group.removeprefix('n') or 'one value an entry'}"
            shown, few = group, ""
            if len(group.names) > _MATRIX:
                shown = group.most_changed(_MATRIX)
                few = f" Drawn: the {_MATRIX} of {len(group.names)} columns that changed most."
            text = (
                f"<b>{escape(name)}</b><br>Largest change {most:+.2g}, of {escape(one)} with "
                f"{escape(two)}.{few}"
            )
            change = shown.difference
            reach = max(float(np.nanmax(np.abs(change), initial=0.0)), 1e-12)
            sides = (("before", shown.before, 1.0), ("after less before", change, reach))
            figures = "".join(
                _figure(draw.correlations(shown.names, values, limit), side, f"{name}, {side}")
                for side, values, limit in sides
            )
            parts.append(f"<p>{text}</p><div class='grid two'>{figures}</div>")
    if not parts:
        return ""
    text = (
        "<p>Linear correlations between columns, from all values, and how compression changed "
        "them. Constant columns have none and are left out.</p>"
    )
    return f'<section id="correlations"><h2>Correlations</h2>{text}{"".join(parts)}</section>\n'


def _latents(report: Evaluation) -> str:
    parts = []
    for tree in report.trees:
        for group in dict.fromkeys(x.group for x in tree.latents):
            mine = [x for x in tree.latents if x.group == group]
            name = f"{tree.path}: {group.removeprefix('n') or 'one value an entry'}"
            gap = max(x.ks for x in mine)
            text = (
                f"<b>{escape(name)}</b>, family {escape(mine[0].family)}<br>Largest "
                f"Kolmogorov-Smirnov distance from the Gaussian: {gap:.2g}."
            )
            parts.append(_figure(draw.latents(mine), text, f"latents of {name}", "wide"))
    if not parts:
        return ""
    text = (
        "<p>What the autoencoder stores, less its mean and in units of its width, against a "
        "Gaussian (line), which is what a Gaussian prior asks for.</p>"
    )
    return f'<section id="latents"><h2>Latents</h2>{text}{"".join(parts)}</section>\n'


def _pictures(report: Evaluation, most: int) -> str:
    trees = {t.path: t for t in report.trees}
    chosen = report.worst[:most]
    left = len(report.columns) - len(chosen)
    several = len(trees) > 1
    figures = "".join(_picture(c, trees[c.tree], several) for c in chosen)
    note = f" {left} more columns are in the table above only." if left else ""
    return (
        '<section id="pictures"><h2>Pictures</h2><p>Each column before and after, their ratio '
        "(band: statistical error of the values before), and the errors with the bound; the worst "
        f'columns first.{note}</p><div class="grid">{figures}</div></section>\n'
    )


def _picture(c: ColumnReport, tree: TreeReport, several: bool) -> str:
    spectrum = tree.spectra[c.name]
    name = f"{c.tree}: {c.name}" if several else c.name
    bound = "no bound" if c.bound == "none" else c.bound
    same = ", the same in all values" if not c.changed else ""
    outside = f", {100 * spectrum.outside:.1g}% beyond the axis" if spectrum.outside > 0 else ""
    text = f"<b>{escape(name)}</b><br>{escape(bound)}{same}{outside}"
    return _figure(draw.column(spectrum), text, f"{name} before and after")


def _notes(report: Evaluation) -> str:
    if not report.notes:
        return ""
    items = "".join(f"<li>{escape(n)}</li>" for n in report.notes)
    return f'<section id="notes"><h2>Notes</h2><ul class="soft">{items}</ul></section>\n'


def _figure(svg: str, text: str, alt: str, kind: str = "") -> str:
    data = base64.b64encode(svg.encode()).decode()
    caption = f"<figcaption>{text}</figcaption>" if text else ""
    image = f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{data}">'
    return f'<figure class="{kind}">{caption}{image}</figure>'


def escape(text: str) -> str:
    """Return text for the page: nothing in it is markup, and all of it is shown."""
    return html.escape(legible(text))
