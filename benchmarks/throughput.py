#!/usr/bin/env python
"""Size, write and read speed of a whole file: rootae beside ROOT's own codecs through uproot.

    python benchmarks/throughput.py FILE OUT.csv [--time-budget S] [--bound GLOB=BOUND]...

Every row is of the same entries in the same run. Megabytes are those of the decoded columns. A
read is a fresh `open` and `arrays` of every tree in a warm process, no array cache, one core, the
file in the page cache; a write of rootae is with a codec at hand. Medians of several runs.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

import uproot

import rootae
from rootae.coded import cache
from rootae.source import Source
from rootae.writer import write

PEERS = {
    "ZLIB-1": uproot.ZLIB(1),
    "LZ4-4": uproot.LZ4(4),
    "ZSTD-5": uproot.ZSTD(5),
    "LZMA-9": uproot.LZMA(9),
}


def timed(run, runs):
    """Return the median of wall seconds."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def read(path, columns=None):
    """Read every tree of a file and return the bytes of its columns."""
    cache.clear()
    with uproot.open(path, array_cache=None) as file:
        names = [k for k, c in file.classnames(cycle=False).items() if c == "TTree"]
        trees = [file[n] for n in dict.fromkeys(names) if not n.startswith("rootae/")]
        return sum(t.arrays(columns).nbytes for t in trees)


def on_one_core(run, runs):
    """Time something on a single core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        run()
        return timed(run, runs)
    finally:
        os.sched_setaffinity(0, cores)


def measure(path, folder, options):
    """Yield one row a codec."""
    nbytes = read(path)

    def row(name, target, seconds):
        return {
            "codec": name,
            "bytes": target.stat().st_size,
            "write_MB_s": round(nbytes / 1e6 / seconds, 1),
            "read_MB_s": round(nbytes / 1e6 / on_one_core(lambda: read(target), options.runs), 1),
        }

    with Source.open(path) as source:
        for name, code in PEERS.items():
            target = folder / f"{name}.root"

            def run(target=target, code=code):
                write(source, target, None, lambda _: {}, compression=code)

            yield row(name, target, timed(run, 1))
    codec = folder / "codec.root"
    bounds = dict(b.rpartition("=")[::2] for b in options.bound or [])
    rootae.train([path], codec, bounds=bounds, time_budget=options.time_budget)
    trained, target = rootae.Codec.load(codec), folder / "rootae.root"

    def compress():
        rootae.compress(path, target, codec=trained, force=True)

    compress()
    yield row("rootae", target, timed(compress, options.runs))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--time-budget", type=float, default=60.0)
    parser.add_argument("--bound", action="append")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = list(measure(options.file, Path(folder), options))
    lzma = next(r for r in rows if r["codec"] == "LZMA-9")
    for row in rows:
        row["size_to_LZMA-9"] = round(row["bytes"] / lzma["bytes"], 3)
        row["read_to_LZMA-9"] = round(row["read_MB_s"] / lzma["read_MB_s"], 2)
        row["machine"] = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"
        print(*row.values())
    with options.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
