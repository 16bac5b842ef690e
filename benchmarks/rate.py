#!/usr/bin/env python
"""Bits a row of a flat tree, for rootae's families and for what people use today.

    python benchmarks/rate.py FILE:TREE OUT.csv [--time-budget S] [--bound GLOB=BOUND]...

Codecs are trained on the first 90% of the entries; every figure is of the last 10%, which no codec
saw, so tables and networks are not counted (they are listed as `fixed`, bytes once a file). Peers
keep the same bounds: mantissas cut to the fewest bits that do, SZ3 and ZFP column by column, and
ROOT's own codecs on uncut columns through uproot. Needs: pip install 'rootae[train,bench]'.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from pathlib import Path

import numpy as np
import uproot

from rootae.adapt import Sampled
from rootae.bounds import Rule
from rootae.codec import TreeCoder
from rootae.options import Options
from rootae.progress import Progress
from rootae.schema import Values
from rootae.source import Source, split_path
from rootae.survey import choices, survey
from rootae.training import train_codec

JETS = ["*=rel:1e-3", "eta_=abs:5e-4", "phi_=abs:5e-4", "mJetArea=abs:5e-4"]


def part(sampled, start, stop):
    """Return some rows of a flat sample."""
    values = {n: Values(v.flat[start:stop]) for n, v in sampled.values.items()}
    return Sampled(sampled.schema, values)


def cut_mantissa(x, bound):
    """Round a float column to the fewest mantissa bits that keep a bound."""
    if x.dtype.kind != "f" or bound.kind == "exact":
        return x
    integer = np.dtype(f"u{x.dtype.itemsize}")
    total = np.finfo(x.dtype).nmant
    for kept in range(total + 1):
        drop = integer.type(total - kept)
        half = integer.type(1 << (total - kept - 1)) if drop else integer.type(0)
        y = (((x.view(integer) + half) >> drop) << drop).view(x.dtype)
        limit = bound.error if bound.kind == "abs" else bound.error * np.abs(x.astype(float))
        if np.all(np.abs(y.astype(float) - x) <= limit):
            return y
    return x


def through_root(columns, compression):
    """Return the bytes of all baskets of a tree written by uproot."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.root"
        with uproot.recreate(path, compression=compression) as file:
            tree = file.mktree("t", {k: v.dtype for k, v in columns.items()})
            tree.extend(columns)
        with uproot.open(path) as file:
            return sum(b.compressed_bytes for b in file["t"].branches)


def sz3(x, bound):
    """Return the bytes of SZ3 at an absolute bound, or of pcodec where it takes no such type."""
    from pysz import sz, szConfig, szErrorBoundMode

    config = szConfig(*x.shape)
    config.errorBoundMode = szErrorBoundMode.ABS
    if bound.kind == "rel":  # pointwise relative: absolute on the logarithm, signs and zeros aside
        magnitude = np.abs(x.astype(np.float64))
        logs = np.log(np.where(magnitude > 0, magnitude, 1.0)).astype(np.float32)
        config.absErrorBound = float(np.log1p(bound.error))
        signs = np.packbits(np.sign(x) < 0).tobytes() + np.packbits(x == 0).tobytes()
        import zlib

        return len(sz.compress(logs, config)[0]) + len(zlib.compress(signs, 9))
    config.absErrorBound = bound.error if bound.kind == "abs" else 0.5
    x = x.astype(np.int32) if x.dtype.kind in "biu" else x
    return len(sz.compress(np.ascontiguousarray(x), config)[0])


def zfp(x, bound):
    """Return the bytes of ZFP at an absolute bound (on the logarithm where it is relative)."""
    import zfpy

    if bound.kind == "rel":
        magnitude = np.abs(x.astype(np.float64))
        x = np.log(np.where(magnitude > 0, magnitude, 1.0))
        return len(zfpy.compress_numpy(x, tolerance=float(np.log1p(bound.error))))
    if x.dtype.kind in "biu":
        return len(zfpy.compress_numpy(x.astype(np.int32)))
    return len(zfpy.compress_numpy(x, tolerance=bound.error))


def rootae_rate(seen, kept_back, options):
    """Train, code the entries kept back, and return bytes and the codec's own bytes."""
    codec, history = train_codec({seen.schema.path: [seen]}, options, 1, Progress())
    coder = codec.tree(seen.schema.path)
    block = coder.encode(kept_back.values)
    coder.verify(block, kept_back.values, "entries kept back")
    plan, tables, networks = codec.parts
    return block.nbytes, len(tables) + len(networks) + len(plan), history


def rows_of(seen, kept_back, rules, budget):
    """Yield one row a codec."""
    n = len(next(iter(kept_back.values.values())).flat)
    columns = {k: v.flat for k, v in kept_back.values.items()}
    bounds = {k: c.bound for k, c in choices(seen.schema, seen.values, rules, lossy=False).items()}

    def row(name, nbytes, fixed=0, note=""):
        return {"codec": name, "bits_a_row": round(nbytes * 8 / n, 2), "fixed": fixed, "note": note}

    for name, code in (("ZLIB-1", uproot.ZLIB(1)), ("LZ4-4", uproot.LZ4(4))):
        yield row(f"ROOT {name}, lossless", through_root(columns, code))
    for name, code in (("ZSTD-5", uproot.ZSTD(5)), ("LZMA-9", uproot.LZMA(9))):
        yield row(f"ROOT {name}, lossless", through_root(columns, code))
        cut = {k: cut_mantissa(x, bounds[k]) for k, x in columns.items()}
        yield row(f"mantissa cut + {name}", through_root(cut, code))
    yield row("SZ3", sum(sz3(x, bounds[k]) for k, x in columns.items()))
    yield row("ZFP", sum(zfp(x, bounds[k]) for k, x in columns.items()))
    tables = []
    dull = survey(seen.schema, seen.values, rules, tables=tables, derive=False)
    yield row("grid + pcodec", TreeCoder(dull, tables, ()).encode(kept_back.values).nbytes)
    for family in ("plain", "ae", "predictor", "auto"):
        options = Options(family=family, bounds=rules, time_budget=budget)
        nbytes, fixed, history = rootae_rate(seen, kept_back, options)
        note = "; ".join(
            f"relations {h['relations']:.2f}, contexts {h['contexts']:.2f}, steps {h['steps']}"
            for h in history
        )
        yield row(f"rootae {family}", nbytes, fixed, note)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("out", type=Path)
    parser.add_argument("--time-budget", type=float, default=60.0)
    parser.add_argument("--bound", action="append")
    options = parser.parse_args()
    rules = tuple(Rule.parse(b) for b in options.bound or JETS)
    path, tree = split_path(options.file)
    with Source.open(path) as source:
        source_tree = source.tree(tree)
        whole = Sampled(source_tree.schema, source_tree.values(0, source_tree.entries))
    cut = int(0.9 * source_tree.entries)
    seen, kept_back = part(whole, 0, cut), part(whole, cut, source_tree.entries)
    found = []
    for row in rows_of(seen, kept_back, rules, options.time_budget):
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
