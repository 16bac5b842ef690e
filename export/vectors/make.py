#!/usr/bin/env python
"""Write a format's vectors: small files, and what any reader of them has to find.

    python export/vectors/make.py FOLDER

`NAME.root` is a compressed file; `NAME.npz` has the values of its coded columns, bit for bit, as
`export/reference --npz` names them. Vectors are written once, by the version that settles a
format, and never again: every later version reads them. A file that is there is left alone.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import uproot

import rootae
from rootae.training import race
from rootae.training.diagrams.learner import PRICES

if TYPE_CHECKING:
    from numpy.typing import NDArray

Columns = dict[str, Any]  # arrays of a tree
TREE = "Events"
SHOWN = 400  # entries of a vector
LEARNED, LEARNED_PLAIN = 12_000, 1000  # and of what its codec is trained on
ODD = [np.nan, np.inf, -np.inf, -0.0, 0.0, 1e30, -1e30, 1e-42]


def lists(counts: NDArray[np.int32], flat: NDArray[Any]) -> ak.Array:
    """Return values in lists of such lengths."""
    return ak.unflatten(ak.from_numpy(flat), counts)


def types(entries: int, rng: np.random.Generator) -> Columns:
    """Return columns of every type, one value an entry, several, and in lists."""
    counts = rng.poisson(2, entries).astype("i4")
    total = int(counts.sum())
    columns: Columns = {"bit": rng.random(entries) < 0.3}
    for bits in (8, 16, 32, 64):
        low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
        columns[f"int{bits}"] = rng.integers(low, high, entries, f"i{bits // 8}", endpoint=True)
        columns[f"small{bits}"] = rng.integers(0, 9, entries).astype(f"u{bits // 8}")
    for bits in (32, 64):
        x = rng.normal(0, 50, entries).astype(f"f{bits // 8}")
        x[:: entries // len(ODD)][: len(ODD)] = np.array(ODD).astype(x.dtype)
        columns[f"float{bits}"] = x
        columns[f"Obj_x{bits}"] = lists(counts, rng.normal(0, 5, total).astype(x.dtype))
    # what a sample did not have: the grid cannot keep it, so that its bits are stored
    strange = 1e30 if entries == SHOWN else 1
    columns["strange"] = (rng.normal(0, 50, entries) * strange).astype("f4")
    columns["matrix"] = rng.normal(0, 1, (entries, 2, 3)).astype("f4")
    columns["Obj_flag"] = lists(counts, rng.random(total) < 0.5)
    columns["Obj_id"] = lists(counts, rng.integers(-3, 4, total).astype("i2"))
    return columns


def streams(entries: int, rng: np.random.Generator) -> Columns:
    """Return integers for every kind of stream: constant, few, running, in steps, wide, noise."""
    run = np.arange(entries)
    return {
        "constant": np.full(entries, 7, "i4"),
        "running": (1_000_000 + 3 * run + rng.integers(0, 2, entries)).astype("i8"),
        "squares": (run**2 + rng.integers(0, 3, entries)).astype("i8"),
        "few": np.array([3, 10**9, -(10**12)])[rng.integers(0, 3, entries)],
        "coin": rng.random(entries) < 0.5,
        "turns": run % 7 < 3,
        "steps": (40 * rng.integers(0, 50, entries) + 1).astype("i4"),
        "noise": rng.integers(-(2**63), 2**63 - 1, entries),
        "text": np.array(list(b"a line of text, again and again, " * entries)[:entries], "u1"),
        "rare": np.where(rng.random(entries) < 0.01, 10**6, 0).astype("i4"),
        "tail": np.rint(rng.pareto(1.2, entries) * 10).astype("i8"),
    }


def relations(entries: int, rng: np.random.Generator) -> Columns:
    """Return columns that follow, nearly or exactly, from others."""
    pt = (20 + rng.exponential(30, entries)).astype("f4")
    eta, phi = rng.normal(0, 1.5, entries), rng.uniform(-3.1, 3.1, entries)
    mass = (pt * rng.uniform(0.1, 0.2, entries)).astype("f4")
    energy = np.sqrt((pt * np.cosh(eta.astype("f4"))) ** 2 + mass**2)
    part = (energy * rng.uniform(0.1, 0.9, entries)).astype("f4")
    fraction = rng.dirichlet([3, 2, 1], entries).astype("f4")
    momentum = rng.normal(0, 20, (3, entries))
    first, second = rng.integers(0, 500, (2, entries)).astype("i4")
    return {
        "Jet_pt": pt, "Jet_eta": eta.astype("f4"), "Jet_phi": phi.astype("f4"), "Jet_mass": mass,
        "part": part, "rest": (energy - part).astype("f4"),
        "one": fraction[:, 0], "two": fraction[:, 1], "three": fraction[:, 2],
        "x": momentum[0], "y": momentum[1], "z": momentum[2],
        "p": np.sqrt((momentum**2).sum(0)),
        "first": first, "second": second, "total": first + second,
        "nearly": first + second + (rng.random(entries) < 0.05),
    }  # fmt: skip


def links(entries: int, rng: np.random.Generator) -> Columns:
    """Return jets, and the generated ones near which they lie."""
    theirs, mine = (rng.poisson(k, entries).astype("i4") for k in (4, 5))
    entry, first = np.repeat(np.arange(entries), mine), np.cumsum(theirs) - theirs
    index = rng.integers(0, 10**6, len(entry)) % np.maximum(theirs[entry], 1)
    index[(theirs[entry] == 0) | (rng.random(len(entry)) < 0.2)] = -1
    eta = rng.normal(0, 2, int(theirs.sum())).astype("f4")
    near = np.where(index >= 0, eta[np.clip(first[entry] + index, 0, len(eta) - 1)], 0)
    measured = (near + rng.normal(size=len(near)) * 0.01).astype("f4")
    return {
        "GenJet_eta": lists(theirs, eta),
        "Jet_eta": lists(mine, measured),
        "Jet_genJetIdx": lists(mine, index.astype("i2")),
    }


def jets(entries: int, rng: np.random.Generator) -> Columns:
    """Return jets whose columns say much about each other."""
    counts = rng.poisson(3, entries).astype("i4")
    total = int(counts.sum())
    pt = rng.exponential(30, total).astype("f4") + np.float32(20)
    eta = rng.normal(0, 1.5, total).astype("f4")
    mass = (pt * rng.uniform(0.1, 0.2, total)).astype("f4")
    mass[::89] = -0.0
    met = rng.exponential(40, entries) + counts
    return {
        "met": met,
        "sumet": met * 3 + rng.normal(0, 1, entries),
        "good": met > 50,
        "Jet_pt": lists(counts, pt),
        "Jet_eta": lists(counts, eta),
        "Jet_mass": lists(counts, mass),
        "Jet_id": lists(counts, ((pt > 40).astype("i4") + (np.abs(eta) > 1)).astype("i4")),
    }


def write(path: Path, columns: Columns) -> Path:
    """Write a plain file; lists of one collection have one counter."""
    arrays: Columns = {n: x for n, x in columns.items() if not isinstance(x, ak.Array)}
    for name in dict.fromkeys(n.partition("_")[0] for n in columns if n not in arrays):
        members = {n.partition("_")[2]: x for n, x in columns.items() if n.startswith(f"{name}_")}
        arrays[name] = ak.zip(members)
    kinds = {
        n: x.type.content if isinstance(x, ak.Array) else np.dtype((x.dtype, x.shape[1:]))
        for n, x in arrays.items()
    }
    with uproot.recreate(path) as file:
        file.mktree(TREE, kinds).extend(arrays)
    return path


MIXED = {"*": "rel:1e-3", "*eta*": "abs:1e-3", "three": "exact", "x": "rel:1e-6", "mass": "exact"}
QUICK = {"steps": 150, "effort": "fast"}
VECTORS: dict[str, tuple[Any, dict[str, Any]]] = {
    "types_exact": (types, {"family": "plain"}),
    "types_abs": (types, {"family": "plain", "bounds": {"*": "abs:0.01"}}),
    "types_rel": (types, {"family": "plain", "bounds": {"*": "rel:1e-3", "*64": "rel:1e-9"}}),
    "types_none": (types, {"family": "plain", "bounds": {"float32": "none", "Obj_x64": "none"}}),
    "streams": (streams, {"family": "plain"}),
    "relations_exact": (relations, {"family": "plain"}),
    "relations_mixed": (relations, {"family": "plain", "bounds": MIXED}),
    "links": (links, {"family": "plain", "bounds": MIXED}),
    "diagram": (jets, {"family": "diagram", "bounds": MIXED}),
    "diagram_links": (links, {"family": "diagram", "bounds": MIXED}),
    "predictor": (jets, {"family": "predictor", "bounds": MIXED, **QUICK}),
    "ae": (jets, {"family": "ae", "bounds": MIXED, **QUICK}),
    "ae_conv": (jets, {"family": "ae", "net": "conv", "bounds": MIXED, **QUICK}),
    "ae_none": (jets, {"family": "ae", "bounds": MIXED | {"Jet_eta": "none"}, **QUICK}),
}


def make(name: str, folder: Path, scratch: Path) -> None:
    """Write one vector."""
    columns, options = VECTORS[name]
    seen = write(scratch / f"{name}_in.root", columns(SHOWN, np.random.default_rng(1)))
    entries = LEARNED_PLAIN if options["family"] == "plain" else LEARNED
    learned = write(scratch / f"{name}_of.root", columns(entries, np.random.default_rng(2)))
    keep = options["family"] not in ("plain", "diagram")
    rootae.train([learned], scratch / f"{name}_codec.root", keep_family=keep, seed=0, **options)
    path = folder / f"{name}.root"
    rootae.compress(seen, path, codec=scratch / f"{name}_codec.root")
    read = [sys.executable, Path(__file__).parents[1] / "reference", path, "--npz"]
    subprocess.run([*map(str, read), str(scratch / f"{name}.npz")], check=True)
    with np.load(scratch / f"{name}.npz") as arrays:
        np.savez_compressed(folder / f"{name}.npz", **arrays)


def main() -> None:
    """Write the vectors that are not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    # networks and diagrams, though the files are small
    for prices in (race._LEAST, PRICES):  # noqa: SLF001
        prices["default"] = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        for name in VECTORS:
            if not (folder / f"{name}.root").exists():
                make(name, folder, Path(scratch))
                print(name, (folder / f"{name}.root").stat().st_size)


if __name__ == "__main__":
    main()
