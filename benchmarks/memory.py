#!/usr/bin/env python
"""Peak memory on a file and on one of ten times its entries: it must not grow with the file.

    python benchmarks/memory.py FILE[:TREE] OUT.csv [--time-budget S] [--base N] [--times N]
        [--lossy] [--bound GLOB=BOUND]...

Every figure is the peak resident set (ru_maxrss) of a process of its own, in MB of 10^6 bytes, the
median of several; nothing but the standard library is imported here, since a child's peak starts
at its parent's. The small file is FILE as uproot writes it, its entries --base times over (1); the
large one has them --times as often (10). A file of fewer blocks than are sampled, coded or kept at
a time (four or more of 128 Ki rows) takes less than a full share, so that its ratio says little.
Exits with 1 if a ratio is above 1.5. Needs: pip install 'rootae[train]'.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PROMISE = 1.5
STEP = "20 MB"


def build(options: dict[str, Any], folder: Path) -> None:
    """Write the small file, the large one and a codec."""
    import in_memory
    import uproot

    import rootae
    from rootae.rootio.opening import split_path

    path, tree = split_path(options["file"])
    whole, base = in_memory.load(Path(path), tree), options["base"]
    in_memory.save(folder / "small.root", whole, uproot.ZSTD(5), base)
    in_memory.save(folder / "large.root", whole, uproot.ZSTD(5), base * options["times"])
    rootae.train([folder / "small.root"], folder / "codec.root", **options["training"])


def only_import(_options: dict[str, Any], _folder: Path, _size: str) -> None:
    """Import what the others use."""
    import rootae

    _ = rootae.open, rootae.compress


def compress(_options: dict[str, Any], folder: Path, size: str) -> None:
    """Compress with a codec at hand."""
    import rootae

    path = folder / f"{size}.root"
    rootae.compress(path, folder / f"{size}-coded.root", codec=folder / "codec.root", force=True)


def train_and_compress(options: dict[str, Any], folder: Path, size: str) -> None:
    """Compress without a codec."""
    import rootae

    path = folder / f"{size}.root"
    rootae.compress(path, folder / "trained.root", force=True, **options["training"])


def iterate(_options: dict[str, Any], folder: Path, size: str) -> None:
    """Read all trees of what `compress` wrote, chunk by chunk."""
    import rootae

    with rootae.open(folder / f"{size}-coded.root", array_cache=None) as file:
        for name in file.keys(cycle=False, filter_classname="TTree"):
            for _ in file[name].iterate(step_size=STEP):
                pass


def iterate_uproot(_options: dict[str, Any], folder: Path, size: str) -> None:
    """Read all trees of the input in the same way: what uproot itself takes."""
    import uproot

    with uproot.open(folder / f"{size}.root", array_cache=None) as file:
        for name in file.keys(cycle=False, filter_classname="TTree"):
            for _ in file[name].iterate(step_size=STEP):
                pass


TASKS = {
    "import": only_import,
    "compress with a codec": compress,
    "train and compress": train_and_compress,
    f"iterate in steps of {STEP}": iterate,
    f"uproot: iterate the input in steps of {STEP}": iterate_uproot,
}


def peak() -> float:
    """Return this process's peak resident set in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def child(*arguments: object) -> str:
    """Run one task of this script in a process of its own and return what it prints."""
    command = [sys.executable, __file__, "--child", json.dumps(arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def run_child(task: str, options: dict[str, Any], folder: str, size: str) -> None:
    if task == "build":
        build(options, Path(folder))
    else:
        TASKS[task](options, Path(folder), size)
        print(peak())


def measure(options: dict[str, Any], folder: str, runs: int) -> Iterator[dict[str, Any]]:
    """Yield one row a task."""
    child("build", options, folder, "")
    for task in TASKS:
        peaks = {
            size: statistics.median(float(child(task, options, folder, size)) for _ in range(runs))
            for size in ("small", "large")
        }
        row = {"task": task} | {f"{size}_MB": round(mb, 1) for size, mb in peaks.items()}
        yield row | {"ratio": round(peaks["large"] / peaks["small"], 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file")
    parser.add_argument("out", type=Path)
    parser.add_argument("--time-budget", type=float, default=10.0)
    parser.add_argument("--base", type=int, default=1)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--bound", action="append", default=[])
    parser.add_argument("--lossy", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    bounds = dict(b.rpartition("=")[::2] for b in options.bound)
    training = {"time_budget": options.time_budget, "bounds": bounds, "lossy": options.lossy}
    asked = {k: getattr(options, k) for k in ("file", "base", "times")} | {"training": training}
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for row in measure(asked, folder, options.runs):
            rows.append(row)
            print(*row.values(), sep=" | ", flush=True)
    with options.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    raise SystemExit(any(row["ratio"] > PROMISE for row in rows))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        run_child(*json.loads(sys.argv[2]))
    else:
        main()
