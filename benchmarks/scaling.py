#!/usr/bin/env python
"""CPU seconds and peak memory of commands against the size of a file: linear, and level.

    python benchmarks/scaling.py FILE OUT.csv --folder DIR --codec CODEC [--copies N,...]
        [--entries N] [--only TASK,...]

Inputs are FILE, and FILE several times over as `hadd` puts it together (--copies), or a tree of
five flat columns and so many --entries, which takes the place of FILE. CODEC is trained if it is
not there. Every task is the command that users run, in a process of its own; with it are counted
the processes that it starts: their CPU seconds are added up, the peak is the largest resident set
(ru_maxrss) of any one of them, in MB of 10^6 bytes. What `decompress` wrote is held against the
input, bit for bit, by uproot alone, in ten ranges of 20,000 entries from the first to the last.
ROOT's own codecs are `hadd`, which writes what lies there without compression. Rows are added to
OUT.csv as they are measured, and a row that is there is not measured again. Nothing but the
standard library is imported here, since a child's peak starts at its parent's.
Needs: pip install 'rootae[train,report,root]'.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

FIELDS = ("input", "bytes", "entries", "branches", "task", "written", "cpu_s", "wall_s", "peak_MB")
TASKS = {  # in this order: later ones take what earlier ones wrote
    "compress": "compress {file} {coded} --codec {codec} --backend uproot",
    "verify": "verify {coded}",
    "verify against the input": "verify {coded} --against {file}",
    "decompress": "decompress {coded} {plain} --backend uproot",
    "decompress by ROOT": "decompress {coded} {plain} --backend root",
    "compress by ROOT": "compress {file} {out} --codec {codec} --backend root",
    "train and compress": "compress {file} {out} --time-budget 10",
    "merge": "merge {coded} {coded} -o {out}",
    "skim": "skim {coded} {out} --cut nMuon>0",
    "evaluate": "evaluate {file} {coded} --html {page}",
    "ROOT LZMA-9": "hadd -f209 {out} {raw}",
    "ROOT ZSTD-5": "hadd -f505 {out} {raw}",
}
ROOTAE = [sys.executable, "-m", "rootae.cli"]
WRITES = ("coded", "plain", "out", "page")
AT_ONCE = 20_000  # entries that are held against others at a time
RANGES = 10  # of so many, from the first to the last entries
ROWS = 1_000_000  # entries that are made at a time


@dataclass(frozen=True)
class Cost:
    """What a command took: CPU seconds and wall seconds, and the largest resident set in MB."""

    cpu: float
    wall: float
    peak: float


def run(command: Sequence[str]) -> Cost:
    """Run a command; what its children took is counted with it.

    Raises:
        SystemExit: the command failed.
    """
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        msg = f"{' '.join(command)}: exit code {child.returncode}"
        raise SystemExit(msg)
    unit = 1 if sys.platform == "darwin" else 1024
    wall = time.perf_counter() - start
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * unit / 1e6)


def flat(path: str, entries: int) -> None:
    """Write a tree of five flat columns, most of them with all bits of their mantissas in use."""
    import numpy as np
    import uproot

    rng = np.random.default_rng(1)
    kinds = dict.fromkeys("xyz", np.float64) | {"weight": np.float32, "n": np.int32}
    with uproot.recreate(path, compression=uproot.ZSTD(1)) as file:
        tree = file.mktree("Events", kinds)
        for start in range(0, entries, ROWS):
            size = min(ROWS, entries - start)
            columns: dict[str, Any] = {name: rng.standard_normal(size) for name in "xyz"}
            columns |= {"weight": rng.standard_exponential(size, np.float32)}
            columns |= {"n": (rng.standard_exponential(size, np.float32) * 4).astype(np.int32)}
            tree.extend(columns)


def describe(path: str) -> None:
    """Print the number of entries and branches of a file's trees."""
    import uproot

    with uproot.open(path) as file:
        trees = [file[k] for k in file.keys(cycle=False, filter_classname="TTree")]
    print(json.dumps([sum(t.num_entries for t in trees), sum(len(t.branches) for t in trees)]))


def same(path: str, other: str) -> None:
    """Hold every branch of a file's trees against another's, bit for bit, in some of the entries.

    Raises:
        SystemExit: something differs.
    """
    import uproot

    with uproot.open(path, array_cache=None) as one, uproot.open(other, array_cache=None) as two:
        for name in one.keys(cycle=False, filter_classname="TTree"):
            last = max(one[name].num_entries - AT_ONCE, 0)
            for start in sorted({last * k // (RANGES - 1) for k in range(RANGES)}):
                ends = {"entry_start": start, "entry_stop": start + AT_ONCE}
                found = [f[name].arrays(**ends) for f in (one, two)]
                _same(found[0], found[1], f"{other}: {name}, from entry {start}")


def _same(one: Any, two: Any, where: str) -> None:
    """Hold arrays of a tree's branches against others."""
    import awkward as ak

    for branch in one.fields:
        forms = (ak.to_buffers(ak.to_packed(x[branch])) for x in (one, two))
        (_, n, left), (_, m, right) = forms
        parts = zip(left.values(), right.values(), strict=True)
        if n != m or any(x.tobytes() != y.tobytes() for x, y in parts):
            msg = f"{where}: {branch} is another"
            raise SystemExit(msg)


CHILDREN: dict[str, Callable[..., None]] = {"flat": flat, "describe": describe, "same": same}


def child(name: str, *arguments: object) -> str:
    """Run a function of this script in a process of its own; return what it prints."""
    command = [sys.executable, __file__, "--child", json.dumps([name, *arguments])]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def hadd() -> str:
    """Return where ROOT's hadd is."""
    spec = importlib.util.find_spec("ROOT")
    if spec is None or spec.origin is None:
        msg = "ROOT is not installed: pip install 'rootae[root]'"
        raise SystemExit(msg)
    return str(Path(spec.origin).parent / "bin/hadd")


def made(source: Path, folder: Path, copies: int, entries: int) -> Path:
    """Return an input, made if it is not there."""
    if copies == 1 and not entries:
        return source
    path = folder / (f"flat-{entries}.root" if entries else f"{source.stem}-{copies}.root")
    if not path.exists():
        if entries:
            child("flat", str(path), entries)
        else:
            command = [hadd(), "-ff", str(path), *[str(source)] * copies]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return path


def measure(
    path: Path, label: str, folder: Path, codec: Path, tasks: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield a row a task; all that was written is gone afterwards, but what other tasks take."""
    entries, branches = json.loads(child("describe", str(path)))
    if not codec.exists():
        run([*ROOTAE, "train", str(path), "-o", str(codec), "--time-budget", "10", "-q"])
    files = {n: folder / f"{path.stem}-{n}" for n in (*WRITES, "raw")} | {
        "file": path,
        "codec": codec,
    }
    about = {"input": label, "bytes": path.stat().st_size, "entries": entries, "branches": branches}
    for task in tasks:
        if not files["coded"].exists() and "{coded}" in TASKS[task] and task != "compress":
            run(command("compress", files))
        if "{raw}" in TASKS[task] and not files["raw"].exists():
            run([hadd(), "-f0", str(files["raw"]), str(path)])
        cost = run(command(task, files))
        written = next((n for n in WRITES if n != "coded" and files[n].exists()), "coded")
        size = files[written].stat().st_size if task[:6] != "verify" else ""
        if task.startswith("decompress"):
            child("same", str(path), str(files["plain"]))
        for name in ("plain", "out", "page"):
            files[name].unlink(missing_ok=True)
        took = (round(cost.cpu, 2), round(cost.wall, 2), round(cost.peak, 1))
        yield about | {"task": task, "written": size} | dict(zip(FIELDS[6:], took, strict=True))
    files["raw"].unlink(missing_ok=True)


def command(task: str, files: Mapping[str, Path]) -> list[str]:
    """Return what a task runs."""
    words = TASKS[task].format(**files).split()
    if words[0] == "hadd":
        return [hadd(), *words[1:]]
    return [*ROOTAE, *words, "-q", *([] if words[0] == "verify" else ["-f"])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--codec", type=Path, required=True)
    parser.add_argument("--copies", type=lambda text: [int(n) for n in text.split(",")])
    parser.add_argument("--entries", type=int, default=0)
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(TASKS))
    asked = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    there = set()
    if asked.out.exists():
        with asked.out.open(newline="") as file:
            there = {(row["input"], row["task"]) for row in csv.DictReader(file)}
    for copies in asked.copies or [1]:
        label = (
            f"flat, {asked.entries} entries" if asked.entries else f"{asked.file.stem} x {copies}"
        )
        tasks = [t for t in TASKS if t in asked.only and (label, t) not in there]
        if tasks:
            path = made(asked.file, asked.folder, copies, asked.entries)
            for row in measure(path, label, asked.folder, asked.codec, tasks):
                keep(asked.out, row)


def keep(path: Path, row: dict[str, Any]) -> None:
    """Add a row to a file of rows, and print it."""
    begun = path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        if not begun:
            writer.writeheader()
        writer.writerow(row)
    print(*row.values(), sep=" | ", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        name, *arguments = json.loads(sys.argv[2])
        CHILDREN[name](*arguments)
    else:
        main()
