"""One self-contained HTML page of a comparison: nothing is loaded from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rootae.evaluation.families.pictures as draw
from rootae.evaluation.families.candidate import BOUNDS, NONE, PLAIN
from rootae.evaluation.families.learned import TITLES, curves, latents
from rootae.evaluation.families.trial import fit_of
from rootae.evaluation.page.document import document
from rootae.evaluation.page.sections import figure, section
from rootae.evaluation.page.tables import escape, measured, number, size, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rootae.evaluation.families.comparison import FamilyComparison
    from rootae.evaluation.families.trial import Trial

__all__ = ["page"]

_TOLD = {
    BOUNDS: "Every value came back within its bound; what a family learned only saves bytes. "
    "<i>Plain</i> learns nothing and is the dashed line. A family is stored here even where it "
    "does not pay, so that it can be compared; <code>rootae compress</code> would not store it.",
    NONE: "No column of floats has a bound here: what comes back is what the decoder makes of "
    "the stored latents. Integers are exact. A study of autoencoders, and no way to store data.",
}
_LEGEND = {
    "bits a row": "bits that columns and latents take in the file, for each entry of the trees; "
    "tables and networks, which a file holds once, are not counted",
    "file": "bytes of the whole file, with everything",
    "RMS / spread": "the root mean square of (after &minus; before), in units of the column's own "
    "standard deviation: the median of the columns that changed, and the worst one",
    "mass, width": "of a binned fit of the candidates that are chosen by the values of the file, "
    "with the fit's own errors; a shift is in units of the error before",
    "training": "seconds of wall time that learning took; on a busy machine they say little",
    "KS": "Kolmogorov-Smirnov distance, from 0 (equal) to 1",
}


def page(report: FamilyComparison) -> str:
    """Return the page.

    Raises:
        MissingDependency: matplotlib or mplhep is not installed.
    """
    paint = draw.colours(report.trials)
    parts = [_head(report)]
    for name, trials in ((BOUNDS, report.within), (NONE, report.loose)):
        if trials:
            parts.append(_way(name, trials, paint))
    parts += [curves(report, paint), latents(report, paint), _legend(), _failed(report)]
    return document(f"Families on {report.original.name}", "".join(parts))


def _head(report: FamilyComparison) -> str:
    links = {
        BOUNDS: report.within, NONE: report.loose,
        "curves": any(t.curves for t in report.trials),
        "latents": any(t.latents for t in report.trials), "failed": report.failed,
    }  # fmt: skip
    titles = {**TITLES, "curves": "Learning curves"}
    nav = "".join(
        f'<a href="#{k}">{titles.get(k, k.capitalize())}</a>' for k, there in links.items() if there
    )
    asked = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in report.asked.items())
    boxes = {"file before": size(report.before)}
    if report.within:
        best = min(report.within, key=lambda t: t.bits)
        boxes |= {"least bits a row": f"{best.bits:.2f}", "in a file of": size(best.nbytes)}
    if report.loose:
        boxes["least RMS error / spread"] = f"{report.loose[0].rms:.3g}"
    figures = "".join(f"<div><b>{v}</b><span>{k}</span></div>" for k, v in boxes.items())
    kind = "verdict" if report.holds and not report.failed else "verdict loose"
    return (
        f"<header><h1>Families on <code>{escape(report.original.name)}</code></h1>"
        f'<p class="soft">The file was compressed anew with each family. Asked for: '
        f"{escape(asked)}.</p>"
        f'<p class="{kind}">{escape(report.verdict[:1].upper() + report.verdict[1:])}.</p>'
        f'<div class="figures">{figures}</div><nav>{nav}</nav></header>\n'
    )


def _way(name: str, trials: Sequence[Trial], paint: Mapping[str, str]) -> str:
    base = next((t.bits for t in trials if t.candidate.family == PLAIN), None)
    bits = {t.candidate.name: t.bits for t in trials}
    pictures = [figure(draw.figures_of_merit(bits, paint, "bits a row", base), "", "bits a row")]
    if name == NONE:
        noise = {t.candidate.name: t.rms for t in trials}
        label = "RMS error / spread, median of columns"
        pictures.append(figure(draw.figures_of_merit(noise, paint, label, None), "", label))
    text = f"<p>{_TOLD[name]}</p>{_rates(trials, base)}"
    text += f'<div class="grid two">{"".join(pictures)}</div>'
    peaks = dict.fromkeys(p.name for t in trials for p in t.peaks)
    text += "".join(_peak(peak, trials, paint) for peak in peaks)
    return section(name, TITLES[name], text)


def _rates(trials: Sequence[Trial], base: float | None) -> str:
    of_plain = ["of plain"] if base else []
    head = ["family", "bits a row", *of_plain, "file / bytes", "RMS / spread",
            "of the worst column", "training / s"]  # fmt: skip
    rows: list[list[tuple[str, float | None] | str]] = []
    for t in trials:
        worst = next(iter(t.changed), None)
        told = f"{worst.name}: {worst.noise:.3g}" if worst is not None else "none changed"
        share = [(f"{100 * t.bits / base:.1f}%", t.bits)] if base else []
        rows.append(
            [
                f"<b>{escape(t.candidate.name)}</b>", (f"{t.bits:.2f}", t.bits), *share,
                (f"{t.nbytes:,}", t.nbytes), number(t.rms),
                (escape(told), worst.noise if worst is not None else 0.0),
                (f"{t.seconds:.1f}", t.seconds),
            ]
        )  # fmt: skip
    return table(head, rows, "sort", 1)


def _peak(name: str, trials: Sequence[Trial], paint: Mapping[str, str]) -> str:
    found = {t.candidate.name: p for t in trials for p in t.peaks if p.name == name}
    first = next(iter(found.values()))
    unit = f" / {escape(first.unit)}" if first.unit else ""
    before = fit_of(first).before
    head = ["family", f"mass{unit}", "shift / error", f"width{unit}", "shift / error", "others"]
    rows: list[list[tuple[str, float | None] | str]] = [
        ["<b>before</b>", measured(before.mass, before.mass_error), "",
         measured(before.width, before.width_error), "", ""]
    ]  # fmt: skip
    for one, peak in found.items():
        fits = fit_of(peak)
        if not fits.converged:
            why = escape(fits.before.problem or fits.after.problem)
            rows.append([f"<b>{escape(one)}</b>", why, *[""] * 4])
            continue
        after = fits.after
        rows.append([
            f"<b>{escape(one)}</b>",
            measured(after.mass, after.mass_error), _shift(fits.mass_shift),
            measured(after.width, after.width_error), _shift(fits.width_shift),
            f"{peak.moved:,}",
        ])  # fmt: skip
    text = (
        f"<h3>{escape(name)}</h3><p>{escape(first.text)} (tree {escape(first.tree)}; "
        f"{first.candidates:,} candidates; fitted: {escape(first.model.text)}). <i>Others</i>: "
        "entries whose candidate is made of other particles than before. Band: the fit before "
        "compression, with its error.</p>"
    )
    pictures = [
        figure(draw.fitted(trials, name, what, paint), "", f"{what} of {name} by family")
        for what in ("mass", "width")
    ]
    overlay = figure(draw.masses(found, paint), "", f"{name} before and after", "peak")
    return (
        f'{text}{table(head, rows, "", 1)}<div class="grid two">{"".join(pictures)}</div>{overlay}'
    )


def _shift(errors: float) -> str:
    text = f"{errors:+.3f}" if abs(errors) < 1 else f"{errors:+.1f}"
    return f'<span class="tag bad">{text}</span>' if abs(errors) >= 1 else text


def _legend() -> str:
    items = "".join(f"<dt>{k}</dt><dd>{v}</dd>" for k, v in _LEGEND.items())
    return section("legend", "What the figures mean", f"<dl>{items}</dl>", is_open=False)


def _failed(report: FamilyComparison) -> str:
    found = [
        f"<b>{escape(f.candidate.name)}</b>, {TITLES[f.candidate.way].lower()}: {escape(f.text)}"
        for f in report.failed
    ]
    told = [f"{escape(t.candidate.name)}: {escape(n)}" for t in report.trials for n in t.notes]
    text = section("failed", "Failed", _listed(found)) if found else ""
    if told:
        text += section("notes", "Notes", _listed(list(dict.fromkeys(told))), is_open=False)
    return text


def _listed(items: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{x}</li>' for x in items)}</ul>"
