#!/usr/bin/env python
"""Size, write and read speed of the same entries: rootae beside ROOT's own codecs and peers.

    python benchmarks/throughput.py FILE[:TREE] OUT.csv [--codec FILE | --time-budget S]
        [--effort E] [--lossy] [--bound GLOB=BOUND]... [--some A,B,C] [--held-out]

Also draws OUT.png. The codec is trained on the first 90% of the entries, unless one is given.
Measured are all entries, or with --held-out the last 10%. Megabytes are those of the numeric
columns' values; peers keep the bounds that the compressed file records, and values outside them are
counted for every row. A read is a fresh `rootae.open` and `arrays` of every tree, for ROOT's codecs
too, in a warm process, no array cache, one core, the file in the page cache; files are read in
turn, so that a machine that is now quick and now slow is so to all of them. A write of rootae is
`compress` with a codec at hand on all cores, its reading back included; ROOT's codecs write through
uproot from memory, peers code columns in memory. Medians of several runs (of fewer where they take
long). Needs: pip install 'rootae[train,bench]'.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import functools
import os
import platform
import random
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import chart
import in_memory
import peers
import uproot
from clock import on_one_core, side_by_side, timed

import rootae
from rootae.container.codecs import load_codec
from rootae.reader.cache import cache
from rootae.rootio.opening import split_path
from rootae.schema.bounds.bound import EXACT
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray


@dataclass
class Job:
    """What is measured.

    Arguments:
        path: the file that rootae compresses.
        trees: its trees in memory.
        folder: for the files of every codec.
        runs: how often each timing is repeated.
        bounds: of every column, by tree; known once rootae wrote its file.
        files: what was written, by codec: the file, the seconds that took, and a note.
    """

    path: Path
    trees: dict[str, in_memory.Table]
    folder: Path
    runs: int
    bounds: dict[str, dict[str, rootae.Bound]] = dataclasses.field(default_factory=dict)
    files: dict[str, tuple[Path, float, str]] = dataclasses.field(default_factory=dict)

    @property
    def megabytes(self) -> float:
        """Return the size of the numeric columns' values."""
        return sum(t.nbytes for t in self.trees.values()) / 1e6

    def columns(self) -> Iterator[tuple[str, str, NDArray[Any], rootae.Bound]]:
        """Yield tree, name, values and bound of every numeric column."""
        for tree, table in self.trees.items():
            for name, values in table.values.items():
                yield tree, name, values.flat, self.bounds.get(tree, {}).get(name, EXACT)

    def row(
        self, name: str, nbytes: int, write: float, read: float, bad: int, note: str
    ) -> dict[str, Any]:
        """Make a row of bytes, seconds and violations."""
        notes = [note] if note else []
        notes += [f"{bad} values outside their bounds"] if bad else []
        return {
            "codec": name,
            "bytes": nbytes,
            "write_MB_s": self.megabytes / write,
            "read_MB_s": self.megabytes / read,
            "violations": bad,
            "note": "; ".join(notes),
        }

    def file_rows(self) -> Iterator[dict[str, Any]]:
        """Time the reading of all files, in turn, and hold them against the original."""
        jobs = {n: functools.partial(read_all, target) for n, (target, *_) in self.files.items()}
        seconds = side_by_side(jobs, self.runs)
        for name, (target, write, note) in self.files.items():
            size, bad = target.stat().st_size, self.violations(target)
            yield self.row(name, size, write, seconds[name], bad, note)

    def violations(self, target: Path) -> int:
        """Count the values of a file that are outside their bounds."""
        bad = 0
        with uproot.open(target) as file:
            for tree, table in self.trees.items():
                for column in table.schema.columns:
                    back = Values.from_array(file[tree][column.name].array(), column)
                    original = table.values[column.name]
                    bound = self.bounds.get(tree, {}).get(column.name, EXACT)
                    bad += peers.broken(original.flat, back.flat, bound)
        return bad


def read_all(path: Path, columns: Sequence[str] | None = None) -> None:
    """Read every tree of a file, or the named columns, and nothing from any cache."""
    cache.clear()
    load_codec.cache_clear()  # sessions are made anew
    with rootae.open(path, array_cache=None) as file:
        for name in dict.fromkeys(
            k for k, c in file.classnames(cycle=False).items() if c == "TTree"
        ):
            tree = file[name]
            wanted = None if columns is None else [c for c in columns if c in tree]
            if wanted is None or wanted:
                tree.arrays(wanted)


def write_rootae(job: Job, codec: Path) -> None:
    """Compress with a codec at hand."""
    target = job.folder / "rootae.root"
    trained = rootae.read_codec(codec)

    def compress() -> None:
        rootae.compress(job.path, target, codec=trained, force=True)

    compress()
    write = timed(compress, job.runs)
    with rootae.open(target) as file:
        job.bounds = file.bounds
    job.files["rootae"] = target, write, ""


def columns_row(job: Job, some: list[str] | None) -> dict[str, Any]:
    """Read a few columns alone, and all of them in turn."""
    target = job.files["rootae"][0]
    triples = [some] if some else chosen(job)
    shares = []
    for names in triples:
        jobs = {str(n): functools.partial(read_all, target, n) for n in (names, None)}
        part, whole = side_by_side(jobs, job.runs).values()
        shares.append(part / whole)
    note = (
        f"share of the time that all take: mean {statistics.mean(shares):.2f}, median "
        f"{statistics.median(shares):.2f}, {min(shares):.2f} to {max(shares):.2f}"
    )
    name = (
        f"rootae, {len(triples[0])} of {len(list(job.columns()))} columns, {len(triples)} choices"
    )
    return {"codec": name, "note": note}


def chosen(job: Job) -> list[list[str]]:
    """Return three columns of the largest tree, drawn twenty times."""
    largest = max(job.trees, key=lambda t: job.trees[t].nbytes)
    names = sorted(job.bounds.get(largest) or job.trees[largest].values)
    draw = random.Random(0)
    return [draw.sample(names, 3) for _ in range(20)]


def write_root(job: Job) -> None:
    """Write through uproot: as it is, and with mantissas cut."""
    for name, code in peers.ROOT.items():
        target = job.folder / f"{name}.root"
        write = timed(functools.partial(in_memory.save, target, job.trees, code), job.runs)
        job.files[f"ROOT {name}"] = target, write, "lossless"
    kept = {(t, n): peers.mantissa_bits(x.ravel(), b) for t, n, x, b in job.columns()}
    for name in ("ZSTD-5", "LZMA-9"):
        target = job.folder / f"cut-{name}.root"

        def save_cut(target: Path = target, name: str = name) -> None:
            cut = {tree: with_cut(table, tree, kept) for tree, table in job.trees.items()}
            in_memory.save(target, cut, peers.ROOT[name])

        job.files[f"mantissa cut + {name}"] = target, timed(save_cut, job.runs), ""


def with_cut(
    table: in_memory.Table, tree: str, kept: Mapping[tuple[str, str], int | None]
) -> in_memory.Table:
    """Return a table with fewer mantissa bits."""
    values = {
        n: dataclasses.replace(v, flat=peers.cut_mantissa(v.flat, kept[tree, n]))
        for n, v in table.values.items()
    }
    return dataclasses.replace(table, values=values)


def memory_rows(job: Job) -> Iterator[dict[str, Any]]:
    """Code every numeric column in memory with each peer."""
    columns = [(x.ravel(), bound) for _, _, x, bound in job.columns()]
    skipped = [n for t in job.trees.values() for n in t.strings]
    note = "in memory, one core"
    note += f"; not numeric, skipped: {' '.join(skipped)}" if skipped else ""
    for peer in peers.PEERS:

        def encode(peer: peers.Peer = peer) -> list[bytes]:
            return [peer.encode(x, bound) for x, bound in columns]

        def decode(blobs: Sequence[bytes], peer: peers.Peer = peer) -> list[NDArray[Any]]:
            pairs = zip(blobs, columns, strict=True)
            return [peer.decode(blob, x.dtype, len(x), bound) for blob, (x, bound) in pairs]

        blobs = encode()
        write = on_one_core(encode, job.runs)
        read = on_one_core(functools.partial(decode, blobs), job.runs)
        pairs = zip(columns, decode(blobs), strict=True)
        bad = sum(peers.broken(x, y, bound) for (x, bound), y in pairs)
        yield job.row(peer.name, sum(map(len, blobs)), write, read, bad, note)


def prepared(options: argparse.Namespace, folder: Path) -> tuple[Path, Path]:
    """Write the entries to measure and to train on; return the former's path and a codec."""
    path, tree = split_path(options.file)
    whole = in_memory.load(Path(path), tree)
    for name, table in whole.items():
        for branch in table.left_out:
            print(f"left out, uproot cannot write it: {name}:{branch}")
    cuts = {n: int(0.9 * t.entries) for n, t in whole.items()}
    seen = {n: in_memory.part(t, 0, cuts[n]) for n, t in whole.items()}
    kept_back = {n: in_memory.part(t, cuts[n], t.entries) for n, t in whole.items()}
    in_memory.save(folder / "input.root", kept_back if options.held_out else whole, uproot.ZSTD(5))
    if options.codec is not None:
        return folder / "input.root", options.codec
    in_memory.save(folder / "seen.root", seen, uproot.ZSTD(5))
    bounds = dict(b.rpartition("=")[::2] for b in options.bound or [])
    rootae.train(
        [folder / "seen.root"],
        folder / "codec.root",
        bounds=bounds,
        lossy=options.lossy,
        effort=options.effort,
        time_budget=options.time_budget,
    )
    return folder / "input.root", folder / "codec.root"


def compared(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield rows with ratios to uproot's LZMA-9 and ZSTD-5."""
    by_name = {r["codec"]: r for r in rows}
    lzma, zstd = by_name["ROOT LZMA-9"], by_name["ROOT ZSTD-5"]
    ratios = {
        "size_to_LZMA-9": ("bytes", lzma),
        "read_to_LZMA-9": ("read_MB_s", lzma),
        "read_to_ZSTD-5": ("read_MB_s", zstd),
        "write_to_LZMA-9": ("write_MB_s", lzma),
    }
    for row in rows:
        found = {k: round(row[f] / ref[f], 3) for k, (f, ref) in ratios.items() if f in row}
        speeds = {k: round(row[k], 1) for k in ("write_MB_s", "read_MB_s") if k in row}
        kept = {k: row.get(k, "") for k in ("codec", "bytes")}
        late = {k: row.get(k, "") for k in ("violations", "note")}
        blank = dict.fromkeys(("write_MB_s", "read_MB_s", *ratios), "")
        yield kept | blank | speeds | found | late | {"machine": machine()}


def machine() -> str:
    """Return the processor's name and how many cores this process may use."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [x.partition(":")[2].strip() for x in lines if x.startswith("model name")]
    return f"{(names or [platform.machine()])[0]}, {len(os.sched_getaffinity(0))} cores"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file")
    parser.add_argument("out", type=Path)
    parser.add_argument("--codec", type=Path, help="trained elsewhere")
    parser.add_argument("--time-budget", type=float, default=60.0)
    parser.add_argument("--effort", default="default")
    parser.add_argument("--lossy", action="store_true")
    parser.add_argument("--bound", action="append")
    parser.add_argument("--some", type=lambda s: s.split(","), help="columns to read alone")
    parser.add_argument("--held-out", action="store_true", help="measure the last tenth alone")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path, codec = prepared(options, Path(name))
        job = Job(path, in_memory.load(path), Path(name), options.runs)
        write_rootae(job, codec)
        write_root(job)
        mine, *others = job.file_rows()
        few = columns_row(job, options.some)
        rows = list(compared([*others, *memory_rows(job), mine, few]))
    print("codec", *list(rows[0])[1:-1], sep=" | ")
    for row in rows:
        print(*list(row.values())[:-1], sep=" | ")
    with options.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    chart.draw(rows, options.out.with_suffix(".png"))


if __name__ == "__main__":
    main()
