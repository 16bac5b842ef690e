"""What was learned, on the page of a comparison: learning curves, and latents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rootae.evaluation.families.pictures as draw
from rootae.evaluation.families.candidate import BOUNDS, NONE
from rootae.evaluation.page.sections import figure, section
from rootae.evaluation.page.tables import escape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rootae.evaluation.families.comparison import FamilyComparison
    from rootae.evaluation.families.latents import PriorReport
    from rootae.evaluation.families.trial import Trial
    from rootae.training.loop.history import Curve

__all__ = ["TITLES", "curves", "latents"]

TITLES = {BOUNDS: "Within bounds", NONE: "Without bounds"}
_GROUPS = 6  # of which learning curves are drawn, those that were looked at most often


def curves(report: FamilyComparison, paint: Mapping[str, str]) -> str:
    """Return the section of learning curves, nothing where there are none."""
    parts = []
    for name, trials in ((BOUNDS, report.within), (NONE, report.loose)):
        found: dict[tuple[str, str], dict[str, Curve]] = {}
        for trial in trials:
            for curve in trial.curves:
                found.setdefault((curve.tree, curve.group), {})[trial.candidate.name] = curve
        order = sorted(found, key=lambda k: -max(len(c.points) for c in found[k].values()))
        for tree, group in order[:_GROUPS]:
            text = f"<b>{escape(_named(tree, group))}</b><br>{TITLES[name].lower()}"
            picture = draw.curves(found[tree, group], paint)
            parts.append(figure(picture, text, f"learning curves of {_named(tree, group)}"))
        if len(order) > _GROUPS:
            left = ", ".join(escape(_named(*k)) for k in order[_GROUPS:])
            parts.append(f'<p class="soft">{TITLES[name]}, in the JSON only: {left}.</p>')
    if not parts:
        return ""
    text = (
        "<p>What each family's loss came to on rows that it was not trained on, as training went "
        "on; of each collection of columns. Losses are what is minimised: the KL term of a vae "
        "counts fewer bits than a file holds. What counts (diagram) has no steps.</p>"
        f'<div class="grid two">{"".join(parts)}</div>'
    )
    return section("curves", "Learning curves", text)


def _named(tree: str, group: str) -> str:
    return f"{tree}: {group.removeprefix('n') or 'one value an entry'}"


def latents(report: FamilyComparison, paint: Mapping[str, str]) -> str:
    """Return the section of latents against their priors, nothing where there are none."""
    parts = []
    for name, trials in ((BOUNDS, report.within), (NONE, report.loose)):
        figures = "".join(_pictures(t, paint[t.candidate.name]) for t in trials)
        if figures:
            parts.append((TITLES[name], figures))
    if not parts:
        return ""
    text = (
        "<p>What each autoencoder stores, less its mean and in units of its width. Full line: the "
        "prior that the family draws its latents towards; dotted: a Gaussian, where it has "
        "none.</p>"
    )
    for title, figures in parts:
        is_open = " open" if title == parts[-1][0] else ""
        text += f"<details{is_open}><summary>{title}</summary>{figures}</details>"
    return section("latents", "Latents", text)


def _pictures(trial: Trial, color: str) -> str:
    """Draw the latents of each group of columns."""
    found = []
    for tree, group in dict.fromkeys((x.tree, x.group) for x in trial.latents):
        mine = [x for x in trial.latents if (x.tree, x.group) == (tree, group)]
        name = _named(tree, group)
        alt = f"latents of {trial.candidate.name}, {name}"
        found.append(figure(draw.latents(mine, color), _told(trial, name, mine), alt, "wide"))
    return "".join(found)


def _told(trial: Trial, group: str, reports: Sequence[PriorReport]) -> str:
    prior = reports[0].prior
    against = f"its prior ({escape(prior)})" if prior else "a Gaussian; it has no prior"
    gap = max(x.ks for x in reports)
    return (
        f"<b>{escape(trial.candidate.name)}</b>, {escape(group)}<br>"
        f"largest KS distance {gap:.2g} from {against}"
    )
