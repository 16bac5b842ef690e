"""Compress the sample twice, read it back through both doors, and compare every value.

The comparison does not trust rootae: it opens the original and the compressed file with uproot and
holds the values against each other here.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import uproot
from rich.console import Console
from rich.table import Table

import rootae

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from rootae import Bound, Report

HERE = Path(__file__).resolve().parent
SAMPLE = HERE / "sample.root"
DOORS: dict[str, Callable[[Path], Any]] = {"rootae.open": rootae.open, "uproot.open": uproot.open}


@dataclass
class Checked:
    """What a comparison found.

    Arguments:
        values: how many values were compared.
        outside: how many of them break their bound.
        largest: the largest error of each (tree, column), relative under a relative bound.
    """

    values: int = 0
    outside: int = 0
    largest: dict[tuple[str, str], float] = field(default_factory=dict)


def main() -> int:
    """Run the demo; the result is the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--family", default="auto", help="training family, or plain")
    parser.add_argument("--time-budget", type=float, default=20, help="seconds of training a file")
    options = parser.parse_args()
    out = HERE / "out"
    out.mkdir(exist_ok=True)
    console = Console(width=None if sys.stdout.isatty() else 110)
    reports, checks, seconds = {}, {}, {}
    for name, lossy in (("lossless", False), ("lossy", True)):
        console.print(f"compressing {SAMPLE.name}, {name} ...")
        start = time.perf_counter()
        reports[name] = rootae.compress(
            SAMPLE,
            out / f"{name}.root",
            lossy=lossy,
            family=options.family,
            time_budget=options.time_budget,
            force=True,
        )
        seconds[name] = time.perf_counter() - start
        with rootae.open(out / f"{name}.root") as file:
            bounds = file.bounds
        for door, opener in DOORS.items():
            with opener(out / f"{name}.root") as file:
                checks[name, door] = compare(SAMPLE, file, bounds)
    for table in tables(reports["lossless"], reports["lossy"], checks["lossy", "uproot.open"]):
        console.print(table)
    lzma = rewrite(SAMPLE, out / "lzma9.root")
    console.print(totals(reports, seconds, lzma))
    for (name, door), check in checks.items():
        console.print(
            f"{name}, read with {door}: {check.values:,} values compared, "
            f"{check.outside} outside their bound"
        )
    return 1 if any(c.outside for c in checks.values()) else 0


def compare(original: Path, returned: Any, bounds: dict[str, dict[str, Bound]]) -> Checked:
    """Hold every value of every branch against the original."""
    check = Checked()
    with uproot.open(original) as file:
        for path in file.keys(cycle=False, filter_classname="TTree"):
            there = returned[path]
            if there.keys() != file[path].keys():
                sys.exit(f"tree {path} came back with other branches")
            for branch in file[path].branches:
                bound = bounds.get(path, {}).get(branch.name, rootae.Bound("exact"))
                x, y = branch.array(), there[branch.name].array()
                if x.type != y.type or not np.array_equal(counts(x), counts(y)):
                    sys.exit(f"{path}:{branch.name} came back as {y.type}, not {x.type}")
                error, outside = difference(flat(x), flat(y), bound)
                check.values += len(outside)
                check.outside += int(outside.sum())
                check.largest[path, branch.name] = error
    return check


def flat(array: ak.Array) -> NDArray[Any]:
    """Return all values without the entries' boundaries."""
    values: NDArray[Any] = ak.to_numpy(ak.flatten(array, axis=None))
    return values


def counts(array: ak.Array) -> Any:
    """Return the number of objects in each entry."""
    return ak.to_numpy(ak.num(array, axis=1)) if array.ndim > 1 else len(array)


def difference(x: NDArray[Any], y: NDArray[Any], bound: Bound) -> tuple[float, NDArray[np.bool_]]:
    """Return the largest error, and which values are outside the bound."""
    bits = f"u{x.dtype.itemsize}"
    same = x.view(bits) == y.view(bits)
    if bound.kind == "exact" or x.dtype.kind != "f":
        return (0.0 if same.all() else float("inf")), ~same
    x, y = x.astype(np.float64), y.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.where(same, 0.0, np.abs(y - x))
        limit = bound.error * np.abs(x) if bound.kind == "rel" else bound.error
        outside = ~same & ~(error <= limit)
        shown = np.where(same, 0.0, error / np.abs(x)) if bound.kind == "rel" else error
    return float(shown.max(initial=0.0)), outside


def rewrite(source: Path, target: Path) -> int:
    """Write the same trees with LZMA level 9, the strongest there is; return the bytes."""
    with uproot.open(source) as file, uproot.recreate(target, compression=uproot.LZMA(9)) as out:
        for path in file.keys(cycle=False, filter_classname="TTree"):
            branches = file[path].branches
            counters = {b.name: b.count_branch.name for b in branches if b.count_branch is not None}
            arrays = {b.name: b.array() for b in branches}
            types = {n: str(a.type.content) for n, a in arrays.items()}
            out.mktree(path, types, counter_name=counters.get).extend(arrays)
    return target.stat().st_size


def tables(lossless: Report, lossy: Report, check: Checked) -> list[Table]:
    """Make one table a tree: every column's bytes before and after."""
    made = []
    for exact, loose in zip(lossless.trees, lossy.trees, strict=True):
        table = Table(
            title=f"tree {exact.path}, {exact.entries:,} entries: bytes of each column",
            caption="exact means bit for bit; largest error as measured by this script",
        )
        table.add_column("column")
        table.add_column("before", justify="right")
        table.add_column("lossless", justify="right", style="green")
        table.add_column("lossy", justify="right", style="green")
        table.add_column("lossy: bound")
        table.add_column("largest error", justify="right")
        after = {c.name: c for c in loose.columns}
        for column in exact.columns:
            other = after[column.name]
            error = check.largest.get((exact.path, column.name), 0.0)
            table.add_row(
                column.name,
                f"{column.before:,}",
                f"{column.after:,}",
                f"{other.after:,}",
                other.bound,
                "0" if other.bound == "exact" and not error else f"{error:.3g}",
            )
        table.add_section()
        table.add_row("latents", "", f"{exact.latents:,}", f"{loose.latents:,}", "", "")
        sums = [sum(c.before for c in exact.columns)]
        sums += [sum(c.after for c in t.columns) + t.latents for t in (exact, loose)]
        table.add_row("sum", *(f"{n:,}" for n in sums), "", "", style="bold")
        made.append(table)
    return made


def totals(reports: dict[str, Report], seconds: dict[str, float], lzma: int) -> Table:
    """Make the table of whole files: headers, networks and everything else included."""
    before = SAMPLE.stat().st_size
    table = Table(title="whole files, with everything that is needed to read them")
    table.add_column("file")
    for name in ("bytes", "of the original", "of LZMA-9", "seconds"):
        table.add_column(name, justify="right")
    rows = [("original (ZSTD-5)", before, ""), ("uproot rewrite, LZMA-9", lzma, "")]
    rows += [(f"rootae, {n}", r.after, f"{seconds[n]:.0f}") for n, r in reports.items()]
    for name, size, took in rows:
        table.add_row(name, f"{size:,}", f"{size / before:.1%}", f"{size / lzma:.1%}", took)
    return table


if __name__ == "__main__":
    sys.exit(main())
