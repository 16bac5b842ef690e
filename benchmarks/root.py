#!/usr/bin/env python
"""Time compiled event loops of ROOT on a compressed file, and on what ROOT writes of the same tree.

    python benchmarks/root.py FILE.root:TREE OUT.csv --columns A,B,C,D [--wide FILE.root:TREE]

A, B and C are arrays of float that one counter counts, D is a float. The peers are the same tree as
`hadd -f505` (ZSTD-5) and `hadd -f209` (LZMA-9) write it. Loops are those of `root_loops.cpp`:
`source` is RDataFrame by `rootae::dataframe`, `frame` RDataFrame as ROOT makes it, `reader` a
TTreeReader, `entry` GetEntry; of a peer, `source` is `frame`. Each is the best of later passes of
several fresh processes that take turns; `first` is the first pass, decoding and opening included.
`open` is `TFile::Open` and `Get<TTree>`, of the file behind `--wide` where one is given. Sums have
to agree. `over_zstd` is how many times quicker than on ZSTD-5 a loop is, `over_one` than by one
thread.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wide import made

from rootae.operations import plugin
from rootae.rootio.opening import split_path
from rootae.rootio.plugin.installation import installation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LOOPS = ("source", "frame", "reader", "entry")
PEERS = ("zstd", "lzma")
FIELDS = ["loop", "threads", "format", "first", "seconds", "over_zstd", "over_lzma", "over_one"]
SOURCE = Path(__file__).parent / "root_loops.cpp"


def compiled(folder: Path) -> Path:
    """Return the program."""
    root, program = installation(), folder / "root_loops"
    libraries = ("Core", "RIO", "Tree", "TreePlayer", "ROOTVecOps", "ROOTDataFrame", "Hist", "Imt")
    command = ["g++", "-O2", *root.flags, f"-I{root.headers}", str(SOURCE), "-o", str(program)]
    command += [f"-L{root.libraries}", f"-Wl,-rpath,{root.libraries}"]
    command += [f"-l{name}" for name in libraries]
    subprocess.run([*command, *plugin.flags(print).split()], check=True)
    return program


class Loops:
    """The program, run in turn on several files.

    Arguments:
        program: what it is.
        runs: how many fresh processes each figure is the best of.
        passes: how many each of them makes.
    """

    def __init__(self, program: Path, runs: int, passes: int) -> None:
        self._program = program
        self._runs = runs
        self._passes = passes

    def best(
        self, paths: Mapping[str, Path], tree: str, how: str, threads: int, columns: list[str]
    ) -> dict[str, tuple[float, float]]:
        """Return the seconds of a first and of a later pass, by file."""
        found = dict.fromkeys(paths, (float("inf"), float("inf")))
        sums = {}
        for _ in range(self._runs):
            for name, path in paths.items():
                told = "frame" if how == "source" and name != "rootae" else how
                *seconds, sums[name] = self._run(path, tree, told, threads, columns)
                found[name] = (
                    min(found[name][0], seconds[0]),
                    min(found[name][1], *seconds[1:]),
                )
        if max(sums.values()) - min(sums.values()) > 1e-5 * abs(max(sums.values(), key=abs)):
            msg = f"{how}: sums differ: {sums}"
            raise SystemExit(msg)
        return found

    def _run(
        self, path: Path, tree: str, how: str, threads: int, columns: list[str]
    ) -> list[float]:
        words = [str(path), tree, how, str(threads), str(self._passes), *columns]
        cores = sorted(os.sched_getaffinity(0))[-threads:]
        done = subprocess.run(
            [self._program, *words],
            capture_output=True,
            text=True,
            check=True,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
        return [float(line) for line in done.stdout.splitlines()]


def table(
    loops: Loops, paths: Mapping[str, Path], tree: str, columns: list[str]
) -> Iterator[list[Any]]:
    """Yield a row for each loop, number of threads and file."""
    for how in LOOPS:
        alone: dict[str, float] = {}
        for threads in (1, 2) if how in ("source", "frame") else (1,):
            best = loops.best(paths, tree, how, threads, columns)
            for name, (first, later) in best.items():
                alone.setdefault(name, later)
                over = [best[peer][1] / later for peer in PEERS]
                over.append(alone[name] / later)
                yield [how, threads, name, *(f"{x:.4g}" for x in (first, later, *over))]


def opening(loops: Loops, paths: Mapping[str, Path], tree: str) -> Iterator[list[Any]]:
    """Yield a row for each file's opening."""
    best = loops.best(paths, tree, "open", 1, [""] * 4)
    for name, (first, later) in best.items():
        over = [best[peer][1] / later for peer in PEERS]
        yield ["open", 1, name, *(f"{x:.4g}" for x in (first, later, *over)), ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("out", type=Path)
    parser.add_argument("--columns", type=lambda text: text.split(","), required=True)
    parser.add_argument("--wide")
    parser.add_argument("--codec", type=Path)
    parser.add_argument("--folder", type=Path, help="keeps files, and reads them the next time")
    parser.add_argument("--wide-folder", type=Path, help="the same of the other file")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--passes", type=int, default=8)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, asked.out.open("w", newline="") as out:
        loops = Loops(compiled(Path(folder)), asked.runs, asked.passes)
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(FIELDS)
        paths, tree = files(asked.source, asked.folder or Path(folder) / "a", asked.codec)
        found = [table(loops, paths, tree, asked.columns)]
        if asked.wide:
            wide, name = files(asked.wide, asked.wide_folder or Path(folder) / "b", None)
            found.append(opening(loops, wide, name))
        else:
            found.append(opening(loops, paths, tree))
        for row in itertools.chain(*found):
            rows.writerow(row)
            out.flush()
            print(*row, flush=True)


def files(text: str, folder: Path, codec: Path | None) -> tuple[dict[str, Path], str]:
    """Return a file in every format, and the name of its tree."""
    path, name = split_path(text)
    if name is None:
        msg = f"{path}: say which tree: FILE:TREE"
        raise SystemExit(msg)
    folder.mkdir(exist_ok=True)
    paths, _ = made(Path(path), folder, codec)
    return {name: paths[name] for name in ("rootae", *PEERS)}, name


if __name__ == "__main__":
    main()
