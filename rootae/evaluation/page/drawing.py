"""How a picture is drawn: the style of mplhep, as SVG, the same bytes each time."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from rootae.evaluation.extras import needed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["AFTER", "BEFORE", "LIMIT", "drawn", "latents_drawn"]

BEFORE, AFTER, LIMIT = "#5790fc", "#e42536", "#717581"
_BLANK = re.compile(r"\s+")
_METADATA = ("Creator", "Date", "Format", "Type")  # none of them
_STYLE = {
    "font.size": 9,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
    "mathtext.fontset": "dejavusans",
    "axes.labelsize": 9,
    "axes.titlesize": 10,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "lines.linewidth": 1.2,
    "axes.linewidth": 0.8,
    "xtick.major.size": 4,
    "xtick.minor.size": 2,
    "ytick.major.size": 4,
    "ytick.minor.size": 2,
    "xtick.minor.visible": False,
    "ytick.minor.visible": False,
    "xtick.top": False,
    "ytick.right": False,
    "xtick.major.pad": 3,
    "ytick.major.pad": 3,
    "svg.fonttype": "none",  # letters, not their outlines: a tenth of the bytes
    "svg.hashsalt": "rootae",
}


def drawn(
    size: tuple[float, float], draw: Callable[[Any], None], layout: str | None = "constrained"
) -> str:
    """Draw a figure and return it as SVG, the same bytes each time.

    Arguments:
        size: width and height in inches.
        draw: takes the figure.
        layout: matplotlib's, None for one of the figure's own.

    Raises:
        MissingDependency: matplotlib or mplhep is not installed.
    """
    figures, style = needed("matplotlib.figure"), needed("mplhep").style.ROOT
    matplotlib, target = needed("matplotlib"), io.StringIO()
    with matplotlib.rc_context({**style, **_STYLE}):
        figure = figures.Figure(figsize=size, layout=layout)
        draw(figure)
        figure.savefig(target, format="svg", metadata=dict.fromkeys(_METADATA))
    text = target.getvalue()
    return _BLANK.sub(" ", text[text.index("<svg") :])


def latents_drawn(reports: Sequence[Any], draw: Callable[[Any, Any], None]) -> str:
    """Draw standardised latents beside each other, four in a row.

    Arguments:
        reports: one a latent.
        draw: takes the axes and the report of one.
    """
    columns = min(len(reports), 4)
    rows = -(-len(reports) // columns)

    def all_of_them(figure: Any) -> None:
        axes = figure.subplots(rows, columns, squeeze=False, sharex=True)
        for axis, report in zip(axes.flat, reports, strict=False):
            draw(axis, report)
            axis.set_xlim(-4, 4)
            axis.set_yticks([])
        for axis in list(axes.flat)[len(reports) :]:
            axis.set_axis_off()

    return drawn((2.0 * columns, 1.6 * rows), all_of_them)
