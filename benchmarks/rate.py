#!/usr/bin/env python
"""Bits a row of a flat tree, for rootae's families and for what people use today.

    python benchmarks/rate.py FILE:TREE OUT.csv [--time-budget S] [--long] [--bound GLOB=BOUND]...

Codecs are trained on the first 60% of the entries; every figure is of the entries after them, which
no codec saw, as one block of the size that files have (131,072 rows at most). Tables and networks
are not counted (they are listed as `fixed`, bytes once a file). Peers keep the same bounds:
mantissas cut to the fewest bits that do, SZ3 and ZFP column by column, and ROOT's own codecs on
uncut columns through uproot. --long adds 120 s of `auto`, and 600 s with --effort max.
Needs: pip install 'rootae[train,bench]'.
"""

from __future__ import annotations

import argparse
import csv
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import peers
from peers import Peer

from rootae.operations.train import train_codec
from rootae.planner.rules import Rule
from rootae.planner.sample import Sampled
from rootae.planner.survey import choices
from rootae.progress import Progress
from rootae.rootio.opening import split_path
from rootae.schema.values import Values
from rootae.source.source import Source
from rootae.training.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.schema.bounds.bound import Bound

BLOCK = 131_072
JETS = ["*=rel:1e-3", "eta_=abs:5e-4", "phi_=abs:5e-4", "mJetArea=abs:5e-4"]


def part(sampled: Sampled, start: int, stop: int) -> Sampled:
    """Return some rows of a flat sample."""
    values = {n: Values(v.flat[start:stop]) for n, v in sampled.values.items()}
    return Sampled(sampled.schema, values)


def peer_rate(
    peer: Peer, columns: Mapping[str, NDArray[Any]], bounds: Mapping[str, Bound]
) -> tuple[int, str]:
    """Return a peer's bytes, and a note if values came back outside their bounds."""
    nbytes = bad = 0
    for name, x in columns.items():
        blob = peer.encode(x, bounds[name])
        back = peer.decode(blob, x.dtype, len(x), bounds[name])
        bad += peers.broken(x, back, bounds[name])
        nbytes += len(blob)
    return nbytes, f"{bad} values outside their bounds" if bad else ""


@dataclass(frozen=True)
class Rate:
    """What a codec came to: bits an entry, its own bytes, seconds of training, its history."""

    bits: float
    fixed: int
    seconds: float
    history: list[dict[str, Any]]


def rootae_rate(seen: Sampled, kept_back: Mapping[str, Values], options: Options) -> Rate:
    """Train on a sample and code the entries kept back."""
    start = time.perf_counter()
    codec, history = train_codec({seen.schema.path: [seen]}, options, 1, Progress())
    seconds = time.perf_counter() - start
    coder = codec.tree(seen.schema.path)
    block = coder.encode(kept_back)
    coder.verify(block, kept_back, "entries kept back")
    return Rate(block.nbytes * 8 / block.entries, sum(map(len, codec.parts)), seconds, history)


def models(budget: float, *, long: bool) -> list[tuple[str, str, float]]:
    """Return family, effort and seconds of training of each codec."""
    families = ("plain", "diagram", "ae", "predictor", "auto")
    found = [(family, "default", budget) for family in families] + [("auto", "max", budget)]
    return found + ([("auto", "default", 120.0), ("auto", "max", 600.0)] if long else [])


def rows_of(
    seen: Sampled,
    kept_back: Sampled,
    rules: tuple[Rule, ...],
    trained: Sequence[tuple[str, str, float]],
) -> Iterator[dict[str, Any]]:
    """Yield one row a codec."""
    n = len(next(iter(kept_back.values.values())).flat)
    columns = {k: v.flat for k, v in kept_back.values.items()}
    bounds = {k: c.bound for k, c in choices(seen.schema, seen.values, rules, lossy=False).items()}

    def row(name: str, bits: float, fixed: int = 0, note: str = "") -> dict[str, Any]:
        return {"codec": name, "bits_a_row": round(bits, 2), "fixed": fixed, "note": note}

    kept = {k: peers.mantissa_bits(x, bounds[k]) for k, x in columns.items()}
    cut = {k: peers.cut_mantissa(x, kept[k]) for k, x in columns.items()}
    for name, code in peers.ROOT.items():
        yield row(f"ROOT {name}, lossless", peers.basket_bytes(columns, code) * 8 / n)
        if name in ("ZSTD-5", "LZMA-9"):
            yield row(f"mantissa cut + {name}", peers.basket_bytes(cut, code) * 8 / n)
    for peer in peers.PEERS:
        nbytes, note = peer_rate(peer, columns, bounds)
        yield row(peer.name, nbytes * 8 / n, note=note)
    for family, effort, budget in trained:
        options = Options(family=family, effort=effort, bounds=rules, time_budget=budget)
        found = rootae_rate(seen, kept_back.values, options)
        note = "; ".join(
            f"relations {h['relations']:.2f}, contexts {h['contexts']:.2f}, steps {h['steps']}"
            for h in found.history
        )
        name = f"rootae {family}" + ("" if effort == "default" else f" --effort {effort}")
        name += "" if budget == trained[0][2] else f", {budget:g} s"
        yield row(name, found.bits, found.fixed, note)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("out", type=Path)
    parser.add_argument("--time-budget", type=float, default=60.0)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--bound", action="append")
    options = parser.parse_args()
    rules = tuple(Rule.parse(b) for b in options.bound or JETS)
    path, tree = split_path(options.file)
    if tree is None:
        parser.error(f"{path}: say which tree: FILE:TREE")
    with Source.open(path) as source:
        source_tree = source.tree(tree)
        whole = Sampled(source_tree.schema, source_tree.values(0, source_tree.entries))
    cut = int(0.6 * source_tree.entries)
    stop = min(source_tree.entries, cut + BLOCK)
    seen, kept_back = part(whole, 0, cut), part(whole, cut, stop)
    found = []
    for row in rows_of(seen, kept_back, rules, models(options.time_budget, long=options.long)):
        found.append(row)
        print(
            f"{row['codec']:28} {row['bits_a_row']:8.2f} {row['fixed']:8}  {row['note']}",
            flush=True,
        )
    with options.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, found[0].keys())
        writer.writeheader()
        writer.writerows(found)


if __name__ == "__main__":
    main()
