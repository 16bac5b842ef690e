#!/usr/bin/env python
"""CPU seconds and peak memory against the size of a file: the picture of what scaling.py measured.

python benchmarks/scaling_chart.py SCALING.csv OUT.png
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import chart
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

LIMIT = 2.0  # GB of memory, for any input
PANELS = {"cpu_s": ("CPU seconds", 1.0), "peak_MB": ("peak memory (GB)", 1e3)}


def draw(rows: Sequence[Mapping[str, str]], path: Path) -> None:
    """Draw a panel for time and one for memory, a line a task."""
    tasks = list(dict.fromkeys(r["task"] for r in rows if not r["task"].startswith("ROOT ")))
    figure = Figure(figsize=(9, 3.8), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(PANELS))
    for axes, (column, (label, unit)) in zip(panels, PANELS.items(), strict=True):
        axes.set(xlabel="file (MB)", ylabel=label, xscale="log")
        axes.grid(alpha=0.25, which="both")
        for k, task in enumerate(tasks):
            _line(axes, [r for r in rows if r["task"] == task], column, unit, f"C{k}", task)
    panels[0].set_yscale("log")
    panels[1].axhline(LIMIT, color="0.3", lw=0.8, ls="--")
    panels[1].set_ylim(0, LIMIT * 1.1)
    lines, names = panels[0].get_legend_handles_labels()
    figure.legend(handles=lines, labels=names, loc="outside right upper", fontsize=8)
    figure.savefig(path)


def _line(
    axes: Axes, rows: Sequence[Mapping[str, str]], column: str, unit: float, colour: str, task: str
) -> None:
    """Join the points of files of many branches; a flat tree's stand alone, empty."""
    wide = sorted((r for r in rows if int(r["branches"]) > 100), key=lambda r: int(r["bytes"]))
    flat = [r for r in rows if r not in wide]
    for some, style, fill in ((wide, "o-", colour), (flat, "s", "none")):
        x = [int(r["bytes"]) / 1e6 for r in some]
        y = [float(r[column]) / unit for r in some]
        label = task if some is wide else None
        axes.plot(x, y, style, color=colour, markerfacecolor=fill, markersize=5, label=label)


if __name__ == "__main__":
    chart.main(__doc__.partition("\n")[0], draw)
