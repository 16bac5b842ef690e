#!/usr/bin/env python
"""Size against read speed, a labelled point a codec: the picture of what throughput.py measured.

python benchmarks/chart.py THROUGHPUT.csv OUT.png
"""

from __future__ import annotations

import argparse
import csv
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter
from matplotlib.transforms import Bbox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axes import Axes

SIDES = {(1, 0): "left", (-1, 0): "right", (0, 1): "center", (0, -1): "center"}
SIDES |= {(1, 1): "left", (1, -1): "left", (-1, 1): "right", (-1, -1): "right"}
VERTICAL = {0: "center", 1: "bottom", -1: "top"}
COLOURS = {"ROOT": "C0", "mantissa": "C1", "rootae": "C3"}


def draw(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw a file of throughput.py's rows."""
    points = [r for r in rows if r["bytes"] != ""]
    figure = Figure(figsize=(7.2, 4.6), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_xscale("log")
    axes.set_xlabel("read speed on one core (MB of decoded columns a second)")
    axes.set_ylabel("size (ROOT LZMA-9, lossless = 1)")
    x = [float(r["read_MB_s"]) for r in points]
    y = [float(r["size_to_LZMA-9"]) for r in points]
    for r, a, b in zip(points, x, y, strict=True):
        colour = COLOURS.get(r["codec"].split()[0], "C2")
        filled = "none" if "in memory" in r["note"] else colour
        axes.plot(a, b, "o", color=colour, markerfacecolor=filled, markersize=6)
    axes.set_xlim(min(x) / 1.6, max(x) * 1.6)
    axes.set_ylim(0, max(y) * 1.12)
    axes.grid(alpha=0.25, which="both")
    _ticks(axes, *axes.get_xlim())
    _legend(axes)
    _label(figure, axes, [r["codec"] for r in points], x, y)
    figure.savefig(path)


def _ticks(axes: Axes, low: float, high: float) -> None:
    steps = (m * 10**e for e in range(6) for m in (1, 2, 5))
    axes.xaxis.set_major_locator(FixedLocator([s for s in steps if low <= s <= high]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _legend(axes: Axes) -> None:
    axes.plot([], [], "o", color="0.3", label="a file, read through uproot")
    axes.plot([], [], "o", color="0.3", markerfacecolor="none", label="columns in memory")
    axes.legend(
        fontsize=8, loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False, borderpad=0
    )


def _label(
    figure: Figure, axes: Axes, names: Sequence[str], x: Sequence[float], y: Sequence[float]
) -> None:
    """Write every name where it covers no point and no other name, as near as that goes."""
    figure.draw_without_rendering()
    at = axes.transData.transform(list(zip(x, y, strict=True)))
    taken = [Bbox.from_extents(px - 9, py - 9, px + 9, py + 9) for px, py in at]
    for k, (name, point) in enumerate(zip(names, zip(x, y, strict=True), strict=True)):
        for offset in itertools.product((7, 14, 24, 36), SIDES):
            text, box = _text(figure, axes, name, point, *offset)
            others = [b for i, b in enumerate(taken) if i != k]
            if _inside(axes, box) and not any(box.overlaps(b) for b in others):
                taken.append(box)
                break
            text.remove()
        else:
            axes.annotate(name, point, fontsize=8)


def _text(
    figure: Figure,
    axes: Axes,
    name: str,
    point: tuple[float, float],
    distance: float,
    side: tuple[int, int],
) -> tuple[Annotation, Bbox]:
    """Write a name beside a point, with a line where it is far; return it and its box."""
    line = {"arrowstyle": "-", "color": "0.6", "lw": 0.6}
    text = axes.annotate(
        name,
        point,
        (side[0] * distance, side[1] * distance),
        textcoords="offset points",
        ha=SIDES[side],
        va=VERTICAL[side[1]],
        fontsize=8,
        arrowprops=line if distance > 7 else None,
    )
    canvas: Any = figure.canvas  # Agg's, which has a renderer
    text.update_positions(canvas.get_renderer())
    return text, Text.get_window_extent(text)  # the annotation's own has the line in it


def _inside(axes: Axes, box: Bbox) -> bool:
    frame = axes.get_window_extent()
    return frame.contains(box.x0, box.y0) and frame.contains(box.x1, box.y1)


def main(what: str, draw: Callable[[Sequence[Mapping[str, Any]], Path], None]) -> None:
    """Draw the rows of the CSV that the command line names.

    Arguments:
        what: it is, in a line.
        draw: takes rows, and the path of the PNG.
    """
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("csv", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    with options.csv.open(newline="") as file:
        draw(list(csv.DictReader(file)), options.out)


if __name__ == "__main__":
    main(__doc__.partition("\n")[0], draw)
