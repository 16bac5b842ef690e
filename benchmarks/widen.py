#!/usr/bin/env python
"""Make a tree of many entries from a small one: its entries are drawn again, no float comes twice.

    python benchmarks/widen.py IN.root:TREE OUT.root --entries N [--seed S]

Every float is multiplied with a factor near one, in the mantissa bits that its column uses; whole
numbers and special values stay. So branches, multiplicities and mantissas are those of the file,
while relations between columns are blurred: it is for speed and memory, not for sizes. Branches
that uproot cannot read or write are left out.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import uproot

from rootae.rootio.opening import split_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

AT_ONCE = 20_000  # entries


def moved(x: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    """Move floats in the mantissa bits that they use; whole numbers below 1000 stay."""
    bits: Any = np.uint32 if x.dtype == np.float32 else np.uint64
    used = np.bitwise_or.reduce(x.view(bits)) if len(x) else bits(0)
    special = ~np.isfinite(x) | (x == np.rint(x)) & (np.abs(x) < 1000)
    with np.errstate(invalid="ignore", over="ignore"):
        y = (x * (1 + 0.05 * rng.standard_normal(len(x)))).astype(x.dtype)
    return np.where(special, x, (y.view(bits) & used).view(x.dtype))


def drawn(array: ak.Array, pick: NDArray[Any], rng: np.random.Generator) -> Any:
    """Return entries of a branch, floats moved."""
    some = ak.to_packed(array[pick])
    flat = ak.to_numpy(ak.flatten(some)) if some.ndim > 1 else ak.to_numpy(some)
    if flat.dtype.kind == "f" and flat.ndim == 1:
        flat = moved(flat, rng)
    return ak.unflatten(flat, ak.num(some)) if some.ndim > 1 else flat


def branches(tree: Any) -> tuple[dict[str, ak.Array], dict[str, str]]:
    """Return arrays of the branches that uproot reads and writes, and what counts them."""
    found, counters = {}, {}
    for branch in tree.branches:
        try:
            array = branch.array()
            flat = array if array.ndim == 1 else ak.flatten(array) if array.ndim == 2 else None
            kind = None if flat is None else ak.to_numpy(flat).dtype
        except Exception:  # of what it cannot read: it is left out
            continue
        if (
            kind is None
            or kind.kind not in "biuf"
            or isinstance(array.type.content, ak.types.RegularType)
        ):
            continue
        leaf = (
            branch.member("fLeaves")[0].member("fLeafCount") if branch.member("fLeaves") else None
        )
        if leaf is not None:
            counters[branch.name] = str(leaf.member("fName"))
        found[branch.name] = array
    return {n: a for n, a in found.items() if n not in set(counters.values())}, counters


def widen(source: str, target: str, entries: int, seed: int = 1) -> None:
    """Write a tree of so many entries."""
    path, name = split_path(source)
    rng = np.random.default_rng(seed)
    with uproot.open(path) as file, uproot.recreate(target, compression=uproot.ZSTD(5)) as out:
        arrays, counters = branches(file[name])
        kinds = {
            n: f"var * {ak.flatten(a).type.content}" if a.ndim > 1 else ak.to_numpy(a).dtype
            for n, a in arrays.items()
        }
        made = out.mktree(name, kinds, counter_name=lambda n: counters.get(n, f"n{n}"))
        for start in range(0, entries, AT_ONCE):
            count = min(AT_ONCE, entries - start)
            pick = rng.integers(0, file[name].num_entries, count)
            made.extend({n: drawn(a, pick, rng) for n, a in arrays.items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    widen(asked.source, asked.target, asked.entries, asked.seed)


if __name__ == "__main__":
    main()
