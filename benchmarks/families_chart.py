#!/usr/bin/env python
"""The picture of what families.py measured, bits within bounds and peaks without; and its table.

    python benchmarks/families_chart.py families.csv families.png

draws the picture again and prints the table in Markdown, as the README has it.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from families_rows import known
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from families_rows import Row
    from matplotlib.axes import Axes

COLOURS = {"dense": "C0", "conv": "C1"}


def draw(rows: Sequence[Row], path: Path) -> None:
    """Draw a file of families.py's rows.

    Arguments:
        rows: as `families_rows.Row`.
        path: of the PNG.
    """
    files = list(dict.fromkeys(r.file for r in rows))
    figure = Figure(figsize=(11, 2.6 * len(files) + 0.6), dpi=130, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(files), 3, squeeze=False)
    for line, file in zip(axes, files, strict=True):
        mine = [r for r in rows if r.file == file]
        bars(line[0], [r for r in mine if r.setting == "bounds"], "bits", "bits a row in bounds")
        loose = [r for r in mine if r.setting == "none"]
        bars(line[1], loose, "rms", "no bound: RMS error / spread")
        peaks(line[2], loose)
        line[0].set_ylabel(file)
        line[1].set_ylabel("" if line[0].axison else file)
    for net, colour in COLOURS.items():
        axes[0, 0].plot([], [], "s", color=colour, label=net)
    axes[0, 0].legend(fontsize=8, loc="lower right")
    figure.savefig(path)


def bars(axes: Axes, rows: Sequence[Row], name: str, title: str) -> None:
    """Draw one figure a family and net."""
    if not rows:
        axes.set_axis_off()
        return
    families = list(dict.fromkeys(r.family for r in rows))
    for r in rows:
        x = families.index(r.family) + (0.2 if r.net == "conv" else -0.2)
        axes.bar(x, getattr(r, name), 0.38, color=COLOURS[r.net])
    axes.set_xticks(range(len(families)), families, rotation=45, fontsize=8)
    axes.set_title(title, fontsize=9)


def peaks(axes: Axes, rows: Sequence[Row]) -> None:
    """Draw fitted masses after compression, with the band of the fit before it."""
    rows = [r for r in rows if math.isfinite(r.mass)]
    if not rows:
        axes.set_axis_off()
        return
    families = list(dict.fromkeys(r.family for r in rows))
    axes.axhspan(rows[0].mass - rows[0].mass_error, rows[0].mass + rows[0].mass_error, color="0.85")
    axes.axhline(rows[0].mass, color="0.4", linewidth=1)
    for r in rows:
        x = families.index(r.family) + (0.15 if r.net == "conv" else -0.15)
        axes.errorbar(x, r.mass_anew, r.mass_anew_error, fmt="o", ms=4, color=COLOURS[r.net])
    axes.set_xticks(range(len(families)), families, rotation=45, fontsize=8)
    axes.set_title("no bound: fitted mass in GeV (band: before)", fontsize=9)


def table(rows: Sequence[Row]) -> Iterator[list[str]]:
    """Yield a table in Markdown: a line a family and net, a column a file and setting."""
    within = list(dict.fromkeys(r.file for r in rows if r.setting == "bounds"))
    loose = list(dict.fromkeys(r.file for r in rows if r.setting == "none"))
    found = {(r.family, r.net, r.setting, r.file): r for r in rows}
    head = ["family", "net", *(f"{f}: bits a row, bounds kept" for f in within)]
    for file in loose:
        first = next(r for r in rows if r.setting == "none" and r.file == file)
        head.append(f"{file}, no bound: mass ({error(first.mass, first.mass_error)} before)")
        head.append(f"width ({error(first.width, first.width_error)})")
    head.append("training s")
    yield head
    yield ["---"] * len(head)
    for family, net in sorted({(r.family, r.net) for r in rows}):
        mine = [found.get((family, net, "bounds", f)) for f in within]
        cells = [family, net, *(f"{r.bits:.2f}" if r else "" for r in mine)]
        for r in (found.get((family, net, "none", f)) for f in loose):
            cells.append(error(r.mass_anew, r.mass_anew_error) if r else "")
            cells.append(error(r.width_anew, r.width_anew_error) if r else "")
            mine.append(r)
        yield [*cells, ", ".join(f"{r.seconds:.0f}" for r in mine if r)]


def error(value: float, uncertainty: float) -> str:
    """Return a figure with its error."""
    return f"{value:.3f} ± {uncertainty:.3f}"


def main() -> None:
    rows = known(Path(sys.argv[1]))
    draw(rows, Path(sys.argv[2]))
    for line in table(rows):
        print(f"| {' | '.join(line)} |")


if __name__ == "__main__":
    main()
