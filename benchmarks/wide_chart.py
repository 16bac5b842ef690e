#!/usr/bin/env python
"""How fast compressed trees are read beside ROOT's own: the picture of what wide.py measured.

python benchmarks/wide_chart.py OUT.png WIDE.csv...

Bars say how many times as fast as ROOT's LZMA-9 and ZSTD-5 each part of a tree is read.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

NAMES = {
    "whole": "whole tree, opening included",
    "opening": "opening and a first value",
    "some": "the columns of an analysis",
    "middle": "the same, 1,000 entries",
    "steps": "the same, 2,000 entries a step",
    "ten": "ten columns",
    "one": "one column",
    "write": "writing, a codec at hand",
}
PEERS = {"over_lzma": ("ROOT LZMA-9", "C0"), "over_zstd": ("ROOT ZSTD-5", "C1")}
TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)


def rows_of(path: Path) -> dict[str, Mapping[str, str]]:
    """Return what was measured of rootae's file, by what was read."""
    with path.open(newline="") as file:
        return {
            r["what"]: r
            for r in csv.DictReader(file)
            if r["what"] in NAMES and r["format"] == "rootae"
        }


def draw(paths: Sequence[Path], out: Path) -> None:
    """Draw a panel a file."""
    measured = [rows_of(path) for path in paths]
    heights = [len(rows) + 1 for rows in measured]
    figure = Figure(figsize=(7.2, 0.32 * sum(heights) + 0.9), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(
        len(paths), squeeze=False, sharex=True, gridspec_kw={"height_ratios": heights}
    )
    for axes, path, rows in zip(panels[:, 0], paths, measured, strict=True):
        _panel(axes, path.stem, rows)
    panels[0, 0].legend(
        fontsize=8, frameon=False, ncols=2, loc="lower right", bbox_to_anchor=(1, 1)
    )
    last = panels[-1, 0]
    last.set_xlabel("times as fast as ROOT's file of the same tree (1: as fast)")
    last.xaxis.set_major_locator(FixedLocator(TICKS))
    last.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    last.xaxis.set_minor_formatter(NullFormatter())
    figure.savefig(out)


def _panel(axes: Axes, title: str, rows: Mapping[str, Mapping[str, str]]) -> None:
    axes.set_xscale("log")
    for k, (column, (peer, colour)) in enumerate(PEERS.items()):
        at = [i + 0.2 * (2 * k - 1) for i in range(len(rows))]
        ratios = [float(r[column]) for r in rows.values()]
        axes.barh(at, [r - 1 for r in ratios], 0.38, left=1, color=colour, label=peer)
        for y, ratio in zip(at, ratios, strict=True):
            side, room = ("left", 1.04) if ratio >= 1 else ("right", 1 / 1.04)
            axes.text(ratio * room, y, f"{ratio:.2g}", fontsize=7, ha=side, va="center")
    axes.axvline(1, color="0.3", lw=0.8)
    axes.set_xlim(TICKS[0], TICKS[-1])
    axes.set_yticks(range(len(rows)), [NAMES[name] for name in rows], fontsize=8)
    axes.set_ylim(len(rows) - 0.4, -0.6)  # the first one at the top
    axes.set_title(title.replace("_", " "), fontsize=9, loc="left")
    axes.set_axisbelow(True)
    axes.grid(alpha=0.25, axis="x", which="both")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("csv", type=Path, nargs="+")
    asked = parser.parse_args()
    draw(asked.csv, asked.out)


if __name__ == "__main__":
    main()
