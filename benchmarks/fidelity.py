#!/usr/bin/env python
"""Compress, verify, open and decompress files under three settings; one row of CSV for each.

    python benchmarks/fidelity.py OUT.csv FILE... [--time-budget SECONDS]

Violations are counted here, with plain uproot and numpy, not by rootae: every value of every branch
of the original against the compressed file and against the decompressed one.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import uproot

import rootae
from rootae.rootio.compression import setting_of
from rootae.source.source import Source
from rootae.writer.file import write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

MODES: dict[str, dict[str, Any]] = {
    "exact": {},
    "lossy": {"lossy": True},
    "rel": {"bounds": {"*": "rel:1e-3"}},
}


def flat(array: ak.Array) -> tuple[list[NDArray[Any]], NDArray[Any]]:
    """Return lengths of lists and the values of an array, strings included."""
    lengths = []
    while array.ndim > 1 and not isinstance(array.layout, ak.contents.NumpyArray):
        lengths.append(ak.to_numpy(ak.num(array, axis=1)))
        array = ak.flatten(array, axis=1)
    return lengths, ak.to_numpy(array)


def violations(original: ak.Array, returned: ak.Array, bound: rootae.Bound | None) -> int:
    """Count values outside a bound; a wrong shape counts as every value."""
    if (
        original.fields
        or ak.parameters(original).get("__array__") == "string"
        or original.ndim == 0
    ):
        return int(original.to_list() != returned.to_list())
    (la, x), (lb, y) = flat(original), flat(returned)
    if len(la) != len(lb) or any(not np.array_equal(a, b) for a, b in zip(la, lb, strict=True)):
        return max(x.size, 1)
    if x.shape != y.shape:
        return max(x.size, 1)
    if x.dtype.kind != "f":
        return int((x != y).sum())
    bits = np.dtype(f"u{x.dtype.itemsize}")
    same = np.ascontiguousarray(x).view(bits) == np.ascontiguousarray(y).view(bits)
    if bound is None or bound.kind == "exact":
        return int((~same).sum())
    a, b = x.astype(np.float64), y.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        limit = bound.error if bound.kind == "abs" else bound.error * np.abs(a)
        fine = np.isfinite(a) & ~((a == 0) & np.signbit(a)) & (np.abs(b - a) <= limit)
    return int((~(same | fine)).sum())


def compare(path: Path, other: Path, bounds: Mapping[str, Mapping[str, rootae.Bound]]) -> int:
    """Count violations over all trees, and trees that do not have the original's branches."""
    bad = 0
    with uproot.open(path) as a, uproot.open(other) as b:
        for name in dict.fromkeys(k for k, c in a.classnames(cycle=False).items() if c == "TTree"):
            one, two = a[name], b[name]
            bad += int(one.num_entries != two.num_entries)
            bad += int(one.keys() != two.keys())
            bad += int(dict(one.typenames()) != dict(two.typenames()))
            for branch in one.keys(recursive=False):
                bound = bounds.get(name, {}).get(branch)
                bad += violations(one[branch].array(), two[branch].array(), bound)
    return bad


def rewritten(path: Path, target: Path) -> int:
    """Return the size of the file rewritten by uproot in the same compression, if it can be."""
    with Source.open(path) as source:
        try:
            write(
                source, target, None, lambda _: {}, compression=setting_of(None, source.compression)
            )
        except rootae.UnsupportedError:
            return 0
    return target.stat().st_size


def measure(path: Path, mode: str, folder: Path, budget: float | None) -> dict[str, Any]:
    """Run one file under one setting."""
    packed, back = folder / "packed.root", folder / "back.root"
    start = time.perf_counter()
    report = rootae.compress(path, packed, force=True, time_budget=budget, **MODES[mode])
    seconds = time.perf_counter() - start
    rootae.verify(packed, path)
    bounds = rootae.open(packed).bounds
    inside = compare(path, packed, bounds)
    rootae.decompress(packed, back, force=True)
    after = compare(path, back, bounds)
    plain = rewritten(path, folder / "plain.root")
    larger = report.after / max(report.before, plain)
    return {
        "file": "/".join(path.parts[-2:]),
        "mode": mode,
        "input": report.before,
        "rewritten": plain,
        "output": report.after,
        "ratio": round(report.before / report.after, 3),
        "coded_trees": sum(t.coded for t in report.trees),
        "violations": inside,
        "violations_decompressed": after,
        "too_large": int(report.after > 1e6 and larger > 1.03),
        "compress_seconds": round(seconds, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--time-budget", type=float)
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for path in options.files:
            for mode in MODES:
                rows.append(measure(path, mode, Path(folder), options.time_budget))
                print(*rows[-1].values(), flush=True)
    with options.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    bad = sum(r["violations"] + r["violations_decompressed"] + r["too_large"] for r in rows)
    raise SystemExit(bad > 0)


if __name__ == "__main__":
    main()
