#!/usr/bin/env python
"""What the lossy preset does to fitted peaks: shifts of mass and width in the fit's own error.

    python benchmarks/closure.py OUT.csv FILE[=PEAK]... [--family F]... [--net N]... [--steps N]

Every file is compressed with --lossy by each family and net. The first one's peaks are fitted
before and after (those named, or all that the file has candidates for), binned and unbinned, with
the same candidates and, where they can differ, with candidates chosen anew. Values within a bound
lie on grids that no family knows, so that the others' values should be the same bit for bit: that
is compared, and where it does not hold, their peaks are fitted too. Exits with 1 if a mass shifts
by 0.05 of its error or a width by 0.1. Needs: pip install 'rootae[train,report]'.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import rootae
from rootae.training.options import NETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MASS, WIDTH = 0.05, 0.1
FAMILIES = ("diagram", "predictor", "ae", "sparse", "vae", "wae", "swae", "aae")
WITHOUT_NETS = ("plain", "diagram")


def differing(a: Path, b: Path) -> list[str]:
    """Return the columns that two compressed files do not show alike, bit for bit."""
    found = []
    with rootae.open(a) as one, rootae.open(b) as two:
        for tree in [k for k, c in one.classnames(cycle=False).items() if c == "TTree"]:
            for name in one[tree].keys():  # noqa: SIM118
                x, y = (f[tree][name].array(library="np", array_cache=None) for f in (one, two))
                flat = [np.concatenate(list(v)) if v.dtype == object else v for v in (x, y)]
                if flat[0].tobytes() != flat[1].tobytes():
                    found.append(f"{tree}:{name}")
    return found


def fitted(path: Path, target: Path, peaks: Sequence[str] | None) -> Iterator[dict[str, Any]]:
    """Yield a row a peak, selection and method."""
    for peak in rootae.evaluate(path, target, peaks=peaks).peaks:
        for fit in peak.fits:
            before = fit.before
            yield {
                "peak": peak.name,
                "candidates": peak.candidates,
                "selection": fit.selection,
                "method": before.method,
                "mass": f"{before.mass:.4f}",
                "mass_error": f"{before.mass_error:.4f}",
                "mass_shift": f"{fit.mass_shift:.4f}",
                "width": f"{before.width:.4f}",
                "width_error": f"{before.width_error:.4f}",
                "width_shift": f"{fit.width_shift:.4f}",
            }


def rows_of(
    path: Path,
    peaks: Sequence[str] | None,
    models: Sequence[tuple[str, str]],
    steps: int,
    folder: Path,
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one file."""
    first = folder / "first.root"
    for family, net in models:
        target = first if not first.exists() else folder / "other.root"
        options: dict[str, Any] = {} if family in WITHOUT_NETS else {"net": net, "steps": steps}
        report = rootae.compress(path, target, lossy=True, family=family, force=True, **options)
        about = {"file": path.name, "family": family, "net": options.get("net", "")}
        about["ratio"] = f"{report.before / report.after:.3f}"
        others = [] if target == first else differing(first, target)
        if target != first and not others:
            yield about | {"note": f"the same values as {models[0][0]}, bit for bit"}
            continue
        note = f"other values in {' '.join(others[:5])}" if others else ""
        for row in fitted(path, target, peaks):
            yield about | row | {"note": note}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("files", nargs="+", metavar="FILE[=PEAK]")
    parser.add_argument("--family", action="append")
    parser.add_argument("--net", action="append")
    parser.add_argument("--steps", type=int, default=40)
    options = parser.parse_args()
    models = [
        (family, net)
        for family in options.family or FAMILIES
        for net in (options.net or NETS)[: 1 if family in WITHOUT_NETS else None]
    ]
    rows = []
    for text in options.files:
        path, _, peak = text.partition("=")
        with tempfile.TemporaryDirectory() as folder:
            peaks = [peak] if peak else None
            for row in rows_of(Path(path), peaks, models, options.steps, Path(folder)):
                rows.append(row)
                print(*row.values(), sep=" | ", flush=True)
    with options.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(k for row in rows for k in row)))
        writer.writeheader()
        writer.writerows(rows)
    shifts = [
        (abs(float(r["mass_shift"])), abs(float(r["width_shift"]))) for r in rows if "peak" in r
    ]
    if any(mass >= MASS or width >= WIDTH for mass, width in shifts):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
