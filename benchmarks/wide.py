#!/usr/bin/env python
"""Read a tree of many branches, compressed by rootae and by ROOT: times and ratios, one core.

    python benchmarks/wide.py FILE.root:TREE OUT.csv --some BRANCH,... [--codec CODEC]

The peers are the same tree as `hadd -f209` (LZMA-9) and `hadd -f505` (ZSTD-5) write it, and FILE
itself, `plain`. Each figure is the best of several fresh processes that take turns, pinned to one
core. What is read: the whole tree, opening included; and, with opening left out (the first value of
another column was read before), some branches, some entries of them in the middle, the same in
steps of 2,000 entries, and ten and one of them; opening with the first value of one column; and
what the file takes beside values. Files are kept in `--folder`, if there is one, and read again by
the next run, which then says nothing of writing.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uproot

import rootae
from rootae.operations.info import info
from rootae.rootio.opening import split_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WHAT = ["whole", "opening", "some", "middle", "steps", "ten", "one"]
PEERS = ("lzma", "zstd")
FIELDS = ["what", "format", "bytes", "seconds", "over_lzma", "over_zstd", "over_plain"]


def measured(path: Path, name: str, what: str, some: list[str]) -> float:
    """Return the seconds that reading takes in this process."""
    opened = rootae.open if path.name == "rootae.root" else uproot.open
    begun = time.perf_counter()
    tree = opened(path)[name]
    if what == "whole":
        tree.arrays()
        return time.perf_counter() - begun
    other = next(k for k in tree.keys() if k not in some)  # noqa: SIM118  names alone
    tree[other].array(entry_stop=1)
    if what == "opening":
        return time.perf_counter() - begun
    middle = tree.num_entries // 2
    begun = time.perf_counter()
    if what == "steps":
        for _ in tree.iterate(some, step_size=2000):
            pass
    elif what == "middle":
        tree.arrays(some, entry_start=middle - 500, entry_stop=middle + 500)
    else:
        tree.arrays({"some": some, "ten": some[:10], "one": some[:1]}[what])
    return time.perf_counter() - begun


def fresh(path: Path, name: str, what: str, some: list[str], core: int) -> float:
    """Measure in a fresh process on one core."""
    asked = json.dumps([str(path), name, what, some])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", __file__, "--measure", asked],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    return float(done.stdout)


def hadd() -> Path:
    """Return where ROOT's hadd is."""
    spec = importlib.util.find_spec("ROOT")
    if spec is None or spec.origin is None:
        msg = "ROOT is not installed: pip install 'rootae[root]'"
        raise SystemExit(msg)
    return Path(spec.origin).parent / "bin/hadd"


def seconds(command: Sequence[str | Path]) -> float:
    """Run a command; return the CPU seconds that it and its children took."""
    before = os.times()
    subprocess.run(command, check=True, capture_output=True)
    after = os.times()
    children = after.children_user - before.children_user
    return children + after.children_system - before.children_system


def made(
    source: Path, folder: Path, codec: Path | None
) -> tuple[dict[str, Path], dict[str, float]]:
    """Write the file in every format; return CPU seconds that writing took, by format."""
    paths = {n: folder / f"{n}.root" for n in ("lzma", "zstd", "rootae")} | {"plain": source}
    if codec is None:
        codec = folder / "codec.root"
        if not codec.exists():
            rootae.train([source], codec, family="diagram")
    python = [sys.executable, "-m", "rootae.cli"]
    commands: dict[str, list[str | Path]] = {
        "lzma": [hadd(), "-f209", paths["lzma"], source],
        "zstd": [hadd(), "-f505", paths["zstd"], source],
        "rootae": [*python, "compress", "--codec", codec, source, paths["rootae"]],
    }
    todo = {n: c for n, c in commands.items() if not paths[n].exists()}
    return paths, {name: seconds(command) for name, command in todo.items()}


def table(
    paths: Mapping[str, Path], writing: Mapping[str, float], name: str, asked: argparse.Namespace
) -> Iterator[list[Any]]:
    """Yield a row for everything that is read, and one for writing."""
    sizes = {n: p.stat().st_size for n, p in paths.items()}
    for what in (*asked.what, *(["write"] if len(writing) == len(PEERS) + 1 else [])):
        unknown = dict.fromkeys(paths, float("inf"))
        best = unknown | dict(writing) if what == "write" else unknown
        for _ in range(0 if what == "write" else asked.runs):
            for each, path in paths.items():
                best[each] = min(best[each], fresh(path, name, what, asked.some, asked.core))
        for each in paths:
            if best[each] == float("inf"):
                continue
            over = (best[peer] / best[each] for peer in (*PEERS, "plain"))
            yield [what, each, sizes[each], f"{best[each]:.4f}", *(f"{x:.3f}" for x in over)]


def overhead(path: Path) -> Iterator[list[Any]]:
    """Yield what the file takes beside coded values, in bytes a column, and its blocks."""
    found = info(path)
    coded = [t for t in found.trees if t.columns]
    rest = found.nbytes - sum(t.latents + sum(c.nbytes for c in t.columns) for t in coded)
    blocks = ", ".join(str(t.blocks) for t in coded)
    each = round(rest / sum(len(t.columns) for t in coded))
    yield [f"overhead a column, {blocks} blocks", "rootae", each, *[""] * 4]


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        path, *rest = json.loads(sys.argv[2])
        print(measured(Path(path), *rest))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("out", type=Path)
    parser.add_argument("--some", type=lambda text: text.split(","), required=True)
    parser.add_argument("--codec", type=Path)
    parser.add_argument("--what", type=lambda text: text.split(","), default=WHAT)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--core", type=int, default=0)
    asked = parser.parse_args()
    path, name = split_path(asked.source)
    if name is None:
        parser.error(f"{path}: say which tree: FILE:TREE")
    with tempfile.TemporaryDirectory() as folder, asked.out.open("w", newline="") as out:
        paths, writing = made(Path(path), asked.folder or Path(folder), asked.codec)
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(FIELDS)
        rows_of = table(paths, writing, name, asked)
        for row in itertools.chain(rows_of, overhead(paths["rootae"])):
            rows.writerow(row)
            out.flush()
            print(*row, flush=True)


if __name__ == "__main__":
    main()
