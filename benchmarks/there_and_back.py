#!/usr/bin/env python
"""Send files there and back by both backends, and hold what comes back against ROOT's reading.

    python benchmarks/there_and_back.py OUT.csv FILE... [--jobs N]

Each file is compressed and decompressed by uproot and by ROOT: four ways. A line for each says
whether it came back, was copied, or was stopped with the names of what would be lost, and how many
differences ROOT sees: those that no note of the run names, and those that one names. With the
first of these on standard error.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from ways import CODED, Way, held, sent

FIELDS = ["file", "there", "back", "outcome", "lost", "named", "seconds"]


def rows(path: Path, folder: Path | None) -> tuple[list[list[Any]], list[tuple[str, str]]]:
    """Send one file all ways: its rows, and what no note names."""
    with tempfile.TemporaryDirectory(dir=folder) as here:
        begun = time.perf_counter()
        try:
            ways = held(sent(path, Path(here)))
        except Exception as error:  # whatever it is, the next file is next
            said = f"{type(error).__name__}: {error}"
            ways = [Way(path, "", "", "failed", [said], lost=[said])]
        seconds = time.perf_counter() - begun
    told = [
        [path.name, w.there, w.back, w.outcome, len(w.lost), len(w.named), round(seconds, 1)]
        for w in ways
    ]
    return told, [(w.name, line) for w in ways for line in (w.lost or _reasons(w))]


def _reasons(way: Way) -> list[str]:
    return [] if way.outcome == CODED else [f"({way.outcome}) {said}" for said in way.said]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--scratch", type=Path, help="where copies lie meanwhile")
    asked = parser.parse_args()
    with asked.out.open("w", newline="") as out, ProcessPoolExecutor(asked.jobs) as pool:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(FIELDS)
        for told, lost in pool.map(rows, asked.files, [asked.scratch] * len(asked.files)):
            table.writerows(told)
            out.flush()
            for row in told:
                print(*row, flush=True)
            for way, line in lost:
                print(f"    {way}: {line[:300]}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
