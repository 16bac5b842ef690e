"""Run the tutorial's commands and keep what they print, its picture and its table of fits.

    python docs/tutorial.py

Everything lands in `docs/made`, which is committed; run this again when what rootae prints changes.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np

import rootae

if TYPE_CHECKING:
    from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
MADE = HERE / "made"
MARK = re.compile(r'```sh\n([^`]+?)\n```(?:\n\n```text\n--8<-- "docs/made/(\w+)\.txt")?')
COMMAND = "import sys; from rootae.cli import main; sys.exit(main())"
LOOSE = "Muon_pt=rel:0.05"
WINDOW = (76.0, 106.0)  # GeV
PEAK = "z_mumu"


def main() -> None:
    """Make everything."""
    plt.rcParams["svg.hashsalt"] = "rootae"  # the same picture, the same bytes
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        page = (HERE / "tutorial.md").read_text()
        for block, name in MARK.findall(page):
            text = "".join(run(line, work) for line in block.splitlines())
            if name:
                (MADE / f"{name}.txt").write_text(text)
        run(f"rootae compress events.root loose.root --lossy --effort fast --bound {LOOSE}", work)
        files = {"--lossy": work / "small.root", f"--lossy --bound {LOOSE}": work / "loose.root"}
        found = {k: evaluated(work / "events.root", p) for k, p in files.items()}
    (MADE / "peak.md").write_text(table(found))
    draw({k: e.peaks[0] for k, e in found.items()}, MADE / "peak.svg")


def run(line: str, work: Path) -> str:
    """Run one line of a shell; return what it prints."""
    words = shlex.split(line, comments=True)
    if words[0] == "rootae":
        words = [sys.executable, "-c", COMMAND, *words[1:]]
    elif words[:2] == ["python", "simulate.py"]:
        words = [sys.executable, str(HERE / "simulate.py"), *words[2:]]
    shown = {"COLUMNS": "96", "NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(
        words, cwd=work, env=os.environ | shown, capture_output=True, text=True, check=True
    )
    return re.sub(r" +$", "", done.stdout, flags=re.MULTILINE)


def evaluated(original: Path, compressed: Path) -> Any:
    """Compare two files."""
    return rootae.evaluate(original, compressed, peaks=[PEAK])


def table(found: dict[str, Any]) -> str:
    """Return the fits and sizes as a table."""
    rows = [
        "| bounds | bytes | mass, GeV | shift | resolution, GeV | shift |",
        "|---|---|---|---|---|---|",
    ]
    for name, report in found.items():
        fit = next(f for f in report.peaks[0].fits if f.before.method == "unbinned")
        if not rows[2:]:
            rows.append(_row("the original", report.before, fit.before, None))
        rows.append(_row(f"`{name}`", report.after, fit.after, fit))
    return "\n".join(rows) + "\n"


def _row(name: str, size: int, fit: Any, shifts: Any) -> str:
    cells = [name, f"{size:,}"]
    pairs = ((fit.mass, fit.mass_error, "mass_shift"), (fit.width, fit.width_error, "width_shift"))
    for value, error, shift in pairs:
        moved = "" if shifts is None else f"{getattr(shifts, shift):+.2f} of its error"
        cells += [f"{value:.3f} ± {error:.3f}", moved]
    return f"| {' | '.join(cells)} |"


def draw(peaks: dict[str, Any], path: Path) -> None:
    """Draw the masses before and after, and their ratios."""
    edges = np.linspace(*WINDOW, 61)
    (first, *_) = peaks.values()
    before = np.histogram(first.before, edges)[0]
    figure, (top, below) = plt.subplots(
        2, 1, figsize=(7, 5), sharex=True, height_ratios=(3, 1), layout="constrained"
    )
    top.stairs(before, edges, fill=True, color="0.85", label="original")
    centres = (edges[1:] + edges[:-1]) / 2
    for (name, peak), (mark, colour) in zip(
        peaks.items(), (("o", "tab:blue"), ("s", "tab:red")), strict=True
    ):
        after: NDArray[np.int64] = np.histogram(peak.after, edges)[0]
        look = {"ls": "", "marker": mark, "ms": 3, "color": colour}
        top.plot(centres, after, label=name, **look)
        below.plot(centres, after / before, **look)
    below.axhline(1, color="0.5", lw=1)
    below.set(xlabel="dimuon mass (GeV)", ylabel="ratio", xlim=WINDOW, ylim=(0.7, 1.3))
    top.set(ylabel=f"candidates in {edges[1] - edges[0]:.1f} GeV", ylim=(0, None))
    top.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main()
