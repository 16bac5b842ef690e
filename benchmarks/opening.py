#!/usr/bin/env python
"""How long a user waits: what `import rootae` adds to `import uproot`, and for a first column.

    python benchmarks/opening.py COMPRESSED.root:TREE COLUMN[,COLUMN]... OUT.csv [--runs N]

Every run is a process of its own, the file in the page cache; medians, and the smallest, in
seconds. The import is the difference of pairs of runs, one with and one without rootae, in turn. A
first column is opening the file, finding the tree and reading one column whole; onnxruntime is
loaded on the way where the file needs it. Exits with 1 if a promise is broken.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.rootio.opening import split_path

if TYPE_CHECKING:
    from collections.abc import Iterator

IMPORT_AT_MOST, COLUMN_AT_MOST = 0.15, 0.5
CLOCK = "import sys, time; start = time.perf_counter()\n"
TOLD = "\nprint(time.perf_counter() - start)"
READ = "with rootae.open(sys.argv[1]) as file: file[sys.argv[2]][sys.argv[3]].array()"


def seconds(code: str, *arguments: object) -> float:
    """Run code in a fresh process and return what its clock says."""
    command = [sys.executable, "-c", code + TOLD, *map(str, arguments)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def imports(runs: int) -> Iterator[float]:
    """Yield what importing rootae adds."""
    for _ in range(runs):
        plain = seconds(f"{CLOCK}import uproot")
        yield seconds(f"{CLOCK}import uproot, rootae") - plain


def columns(path: str, tree: str | None, column: str, runs: int) -> Iterator[float]:
    """Yield the time to a first column, imports left out."""
    for _ in range(runs):
        yield seconds(f"import rootae\n{CLOCK}{READ}", path, tree, column)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file")
    parser.add_argument("columns", type=lambda text: text.split(","))
    parser.add_argument("out", type=Path)
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    path, tree = split_path(options.file)
    size = Path(path).stat().st_size / 1e6
    found = [("import rootae after uproot", list(imports(options.runs)), IMPORT_AT_MOST)]
    for column in options.columns:
        what = f"first column {column} of {size:.1f} MB"
        found.append((what, list(columns(path, tree, column, options.runs)), COLUMN_AT_MOST))
    rows: list[dict[str, Any]] = [
        {
            "what": what,
            "median_s": round(statistics.median(times), 3),
            "least_s": round(min(times), 3),
            "promised_s": promise,
        }
        for what, times, promise in found
    ]
    with options.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    for row in rows:
        print(*row.values(), sep=" | ")
    if any(row["median_s"] > row["promised_s"] for row in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
