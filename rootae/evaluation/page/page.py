"""One self-contained HTML page of an evaluation: nothing is loaded from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import rootae.evaluation.page.pictures as draw
from rootae.evaluation.page.document import document
from rootae.evaluation.page.legend import LEGEND
from rootae.evaluation.page.peaks import peaks
from rootae.evaluation.page.sections import SEARCH, figure, section
from rootae.evaluation.page.tables import escape, number, short, size, table
from rootae.paths.targets import check_target

if TYPE_CHECKING:
    from pathlib import Path

    from rootae.evaluation.columns.residuals import ColumnReport
    from rootae.evaluation.evaluation import Evaluation, TreeReport

__all__ = ["page", "write"]

_MATRIX = 40  # columns of a correlation matrix that are drawn
_GROUPS = 6  # with more of them, the section of correlations is closed at first


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
        peaks(report),
        _columns(report),
        _correlations(report),
        _latents(report),
        _pictures(report, pictures),
        _notes(report),
    ]
    title = f"{report.compressed.name} against {report.original.name}"
    return document(title, "".join(parts))


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
    doubtful = loose or report.shifts
    kind = "verdict bad" if not report.holds else "verdict loose" if doubtful else "verdict"
    return (
        f"<header><h1>What compression did to <code>{escape(report.original.name)}</code></h1>"
        f'<p class="soft">Every value of <code>{escape(report.compressed.name)}</code> was '
        f"compared with the original. {escape(entries)}.</p>"
        f'<p class="{kind}">{escape(report.verdict)}</p>'
        f'<div class="figures">{figures}</div><nav>{nav}</nav></header>\n'
    )


def _columns(report: Evaluation) -> str:
    head = ["column", "type", "bound", "values", "outside bound", "largest error", "of bound",
            "bias", "RMS", "RMS / spread", "response", "KS", "W1", "bits a value"]  # fmt: skip
    several = len(report.trees) > 1
    rows = [_column_cells(c, several) for c in report.worst]
    legend = "".join(f"<dt>{k}</dt><dd>{v}</dd>" for k, v in LEGEND.items())
    sampled = [t for t in report.trees if t.every > 1]
    note = "".join(
        f"<p>KS, W1 and pictures of {escape(t.path)} are from every {t.every}. entry "
        f"({-(-t.entries // t.every):,} of {t.entries:,}); all else is from all values.</p>"
        for t in sampled
    )
    text = (
        "<p>All columns, the worst first. A click on a heading sorts.</p>"
        f"{note}{SEARCH}{table(head, rows, 'sort', 3)}"
        f"<details><summary>What the figures mean</summary><dl>{legend}</dl></details>"
    )
    return section("columns", f"Columns ({len(rows):,})", text)


def _column_cells(c: ColumnReport, several: bool) -> list[tuple[str, float | None] | str]:
    bound = '<span class="tag none">no bound</span>' if c.bound == "none" else escape(c.bound)
    broken = f'<span class="tag bad">{c.broken:,}</span>' if c.broken else "0"
    share = "" if c.share is None or "exact" in c.bound else f"{100 * c.share:.1f}%"
    name = f"{c.tree}: {c.name}" if several else c.name
    return [
        f"<code>{escape(name)}</code>", escape(c.typename), bound, (f"{c.values:,}", c.values),
        (broken, c.broken), number(c.largest), (share, c.share), number(c.bias), number(c.rms),
        number(c.noise), (f"{short(c.response)} &plusmn; {short(c.resolution)}", c.resolution),
        (f"{short(c.ks)}{'*' * c.is_discrete}", c.ks), number(c.wasserstein),
        ("" if c.bits is None else f"{c.bits:.2f}", c.bits),
    ]  # fmt: skip


def _named(path: str, group: str) -> str:
    """Name a group as whoever reads the page does."""
    return f"{path}: {group.removeprefix('n') or 'one value an entry'}"


def _correlations(report: Evaluation) -> str:
    parts = []
    for tree in report.trees:
        for group in tree.correlations:
            most, one, two = group.largest
            name = _named(tree.path, group.group)
            shown, few = group, ""
            if len(group.names) > _MATRIX:
                shown = group.most_changed(_MATRIX)
                few = f" Drawn: the {_MATRIX} of {len(group.names)} columns that changed most."
            change = shown.difference
            reach = float(np.nanmax(np.abs(change), initial=0.0))
            told = (
                f"Largest change {most:+.2g}, of {escape(one)} with {escape(two)}.{few}"
                if reach
                else f"No correlation changed.{few}"
            )
            sides = [("before", shown.before, 1.0), ("after less before", change, reach)]
            figures = "".join(
                figure(draw.correlations(shown.names, values, limit), side, f"{name}, {side}")
                for side, values, limit in sides
                if limit
            )
            text = f"<b>{escape(name)}</b><br>{told}"
            parts.append(f"<p>{text}</p><div class='grid two'>{figures}</div>")
    if not parts:
        return ""
    text = (
        "<p>Linear correlations between columns, from all values, and how compression changed "
        "them. Constant columns have none and are left out.</p>"
    )
    at_first = len(parts) <= _GROUPS
    return section("correlations", "Correlations", f"{text}{''.join(parts)}", is_open=at_first)


def _latents(report: Evaluation) -> str:
    parts = []
    for tree in report.trees:
        for group in dict.fromkeys(x.group for x in tree.latents):
            mine = [x for x in tree.latents if x.group == group]
            name = _named(tree.path, group)
            gap = max(x.ks for x in mine)
            text = (
                f"<b>{escape(name)}</b>, family {escape(mine[0].family)}<br>Largest "
                f"Kolmogorov-Smirnov distance from the Gaussian: {gap:.2g}."
            )
            parts.append(figure(draw.latents(mine), text, f"latents of {name}", "wide"))
    if not parts:
        return ""
    text = (
        "<p>What the autoencoder stores, less its mean and in units of its width, against a "
        "Gaussian (line), which is what a Gaussian prior asks for.</p>"
    )
    return section("latents", "Latents", f"{text}{''.join(parts)}")


def _pictures(report: Evaluation, most: int) -> str:
    trees = {t.path: t for t in report.trees}
    chosen = report.worst[:most]
    left = len(report.columns) - len(chosen)
    several = len(trees) > 1
    figures = "".join(_picture(c, trees[c.tree], several) for c in chosen)
    note = f" {left} more columns are in the table above only." if left else ""
    text = (
        "<p>Each column before and after, their ratio (band: statistical error of the values "
        f"before), and the errors with the bound; the worst columns first.{note}</p>"
    )
    return section("pictures", "Pictures", f'{text}{SEARCH}<div class="grid">{figures}</div>')


def _picture(c: ColumnReport, tree: TreeReport, several: bool) -> str:
    spectrum = tree.spectra[c.name]
    name = f"{c.tree}: {c.name}" if several else c.name
    bound = "no bound" if c.bound == "none" else c.bound
    same = ", the same in all values" if not c.changed else ""
    outside = f", {100 * spectrum.outside:.1g}% beyond the axis" if spectrum.outside > 0 else ""
    text = f"<b>{escape(name)}</b><br>{escape(bound)}{same}{outside}"
    return figure(draw.column(spectrum), text, f"{name} before and after")


def _notes(report: Evaluation) -> str:
    if not report.notes:
        return ""
    items = "".join(f"<li>{escape(n)}</li>" for n in report.notes)
    return section("notes", "Notes", f'<ul class="soft">{items}</ul>')
