#!/usr/bin/env python
"""Time compiled event loops of ROOT on a compressed file, and on what ROOT writes of the same tree.

    python benchmarks/root.py FILE.root:TREE OUT.csv --columns A,B,C,D

A, B and C are arrays of float that one counter counts, D is a float. The peers are the same tree as
`hadd -f505` (ZSTD-5) and `hadd -f209` (LZMA-9) write it, and FILE itself, `plain`. Loops are those
of `root_loops.cpp`: `source` is RDataFrame by `rootae::dataframe`, `frame` RDataFrame as ROOT makes
it, `reader` a TTreeReader, `entry` GetEntry; of a peer, `source` is `frame`. `open` is
`TFile::Open` and `Get<TTree>`.

`first` is a fresh process's first pass, opening included, `second` its second, each the best of
several processes, of all formats in turn. ROOT unpacks baskets in every pass. The plug-in keeps
decoded blocks: `rootae` is with the 256 MB that it keeps by default, `rootae uncached` with none,
as where a loop's columns take more than is kept. `decoded` is how many columns of blocks the second
pass decoded: none where all came from what was kept. Sums have to agree. `over_zstd` is how many
times quicker a second pass is than on ZSTD-5, `over_one` than by one thread.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from wide import made

from rootae.operations import plugin
from rootae.rootio.opening import split_path
from rootae.rootio.plugin.installation import installation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LOOPS = ("source", "frame", "reader", "entry")
PEERS = ("zstd", "lzma", "plain")
OVER = [f"over_{peer}" for peer in PEERS]
FIELDS = ["loop", "threads", "format", "first", "second", "decoded", *OVER, "over_one"]
SOURCE = Path(__file__).parent / "root_loops.cpp"


class Format(NamedTuple):
    """A file, and how many megabytes of decoded blocks are kept of it."""

    path: Path
    kept: str = "default"


class Times(NamedTuple):
    """The seconds of two passes, and what the second one decoded."""

    first: float = float("inf")
    second: float = float("inf")
    decoded: int = 0

    def best(self, other: Times) -> Times:
        """Return the shorter ones."""
        return Times(min(self.first, other.first), min(self.second, other.second), other.decoded)


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
        formats: the files.
        tree: what their tree is called.
        runs: how many fresh processes each figure is the best of.
    """

    def __init__(self, program: Path, formats: Mapping[str, Format], tree: str, runs: int) -> None:
        self._program = program
        self._formats = formats
        self._tree = tree
        self._runs = runs

    def table(self, columns: list[str]) -> Iterator[list[Any]]:
        """Yield a row for each loop, number of threads and file, and for opening."""
        for how in (*LOOPS, "open"):
            alone: dict[str, float] = {}
            for threads in (1, 2) if how in ("source", "frame") else (1,):
                best = self._best(how, threads, columns)
                for name, found in best.items():
                    alone.setdefault(name, found.second)
                    over = [best[peer].second / found.second for peer in PEERS]
                    over.append(alone[name] / found.second)
                    first, second, *ratios = (
                        f"{x:.4g}" for x in (found.first, found.second, *over)
                    )
                    yield [how, threads, name, first, second, found.decoded, *ratios]

    def _best(self, how: str, threads: int, columns: list[str]) -> dict[str, Times]:
        """Return the shortest times by file."""
        found = dict.fromkeys(self._formats, Times())
        sums = {}
        for _ in range(self._runs):
            for name, each in self._formats.items():
                told = "frame" if how == "source" and name in PEERS else how
                times, sums[name] = self._run(each, told, threads, columns)
                found[name] = found[name].best(times)
        if max(sums.values()) - min(sums.values()) > 1e-5 * abs(max(sums.values(), key=abs)):
            msg = f"{how}: sums differ: {sums}"
            raise SystemExit(msg)
        return found

    def _run(self, of: Format, how: str, threads: int, columns: list[str]) -> tuple[Times, float]:
        words = [str(of.path), self._tree, how, str(threads), "2", of.kept, *columns]
        cores = sorted(os.sched_getaffinity(0))[-threads:]
        done = subprocess.run(
            [self._program, *words],
            capture_output=True,
            text=True,
            check=True,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
        first, second, total = (line.split() for line in done.stdout.splitlines())
        return Times(float(first[0]), float(second[0]), int(second[1])), float(total[0])


def formats(text: str, folder: Path, codec: Path | None) -> tuple[dict[str, Format], str]:
    """Return a file in every format, and the name of its tree."""
    path, name = split_path(text)
    if name is None:
        msg = f"{path}: say which tree: FILE:TREE"
        raise SystemExit(msg)
    folder.mkdir(exist_ok=True)
    paths, _ = made(Path(path), folder, codec)
    coded = paths["rootae"]
    found = {"rootae": Format(coded), "rootae uncached": Format(coded, "0")}
    return found | {peer: Format(paths[peer]) for peer in PEERS}, name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("out", type=Path)
    parser.add_argument("--columns", type=lambda text: text.split(","), required=True)
    parser.add_argument("--codec", type=Path)
    parser.add_argument("--folder", type=Path, help="keeps files, and reads them the next time")
    parser.add_argument("--runs", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, asked.out.open("w", newline="") as out:
        files, tree = formats(asked.source, asked.folder or Path(folder) / "files", asked.codec)
        loops = Loops(compiled(Path(folder)), files, tree, asked.runs)
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(FIELDS)
        for row in loops.table(asked.columns):
            rows.writerow(row)
            out.flush()
            print(*row, flush=True)


if __name__ == "__main__":
    main()
