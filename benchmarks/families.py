#!/usr/bin/env python
"""Every family and net on the same files: size within bounds, and physics without them.

    python benchmarks/families.py OUT.csv --rate FILE:TREE... --peak FILE:TREE=PEAK...
        [--steps N] [--latents N] [--keep-plain GLOB]... [--family F]... [--net N]... [--jobs N]

A row a family, net and file. --rate, within bounds (those of the jets table on flat trees, the
lossy preset on others): bits an entry, of entries that were not trained on. --peak, without bounds
(`none`): the latents alone, reconstructed by the decoder; the median over columns of the RMS error
in units of the column's spread, and a fitted peak before and after, once of the candidates chosen
before and once of those chosen anew. Every run takes the same number of steps, so that a busy
machine changes seconds only. Rows are written as they come; those that OUT.csv has already are not
measured again. Draws OUT.png.
Needs: pip install 'rootae[train,report]'.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import families_chart
import rate
from families_rows import Row, known, write

import rootae
from rootae.planner.rules import Rule
from rootae.planner.sample import Sampled
from rootae.rootio.opening import split_path
from rootae.source.source import Source
from rootae.training import families
from rootae.training.options import NETS, Options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rootae.evaluation.peaks.fits import Fit

WITHOUT_LATENTS = ("diagram", "predictor")
BOUNDS, NONE = "bounds", "none"


@dataclass(frozen=True)
class Job:
    """One family on one file.

    Arguments:
        file: ``file.root:tree``.
        peak: the peak to fit, empty for bits alone.
        family, net: what is trained.
        setting: ``bounds`` or ``none``.
        steps, latents: of training; latents where there are no bounds.
        keep_plain: columns that are not coded where there are no bounds.
    """

    file: str
    peak: str
    family: str
    net: str
    setting: str
    steps: int
    latents: int
    keep_plain: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return what rows call the file."""
        path, tree = split_path(self.file)
        return f"{Path(path).stem}:{tree}"


def measure(job: Job) -> Row:
    """Run one job."""
    row = Row(job.name, job.family, job.net, job.setting)
    (with_bounds if job.setting == BOUNDS else without)(job, row)
    return row


def with_bounds(job: Job, row: Row) -> None:
    """Train on 60% of the entries and code those after them."""
    path, name = split_path(job.file)
    if name is None:
        msg = f"{path}: say which tree: FILE:TREE"
        raise SystemExit(msg)
    with Source.open(path) as source:
        tree = source.tree(name)
        cut = int(0.6 * tree.entries)
        seen = Sampled(tree.schema, tree.values(0, cut))
        later = tree.values(cut, min(tree.entries, cut + rate.BLOCK))
    flat = len({c.group for c in tree.schema.columns}) == 1
    rules = tuple(Rule.parse(r) for r in rate.JETS) if flat else ()
    options = Options(family=job.family, net=job.net, steps=job.steps, bounds=rules, lossy=not flat)
    found = rate.rootae_rate(seen, later, options)
    row.seconds, row.bits = found.seconds, found.bits


def without(job: Job, row: Row) -> None:
    """Compress a whole tree to its latents and look at what comes back."""
    _, name = split_path(job.file)
    options: dict[str, Any] = {
        "family": job.family,
        "net": job.net,
        "steps": job.steps,
        "latents": job.latents,
    }
    options["keep_plain"] = list(job.keep_plain)
    with tempfile.TemporaryDirectory() as folder:
        codec, target = Path(folder) / "codec.root", Path(folder) / "small.root"
        start = time.perf_counter()
        rootae.train([job.file], codec, bounds={"*": "none"}, **options)
        row.seconds = time.perf_counter() - start
        report = rootae.compress(job.file, target, codec=codec)
        found = rootae.evaluate(job.file, target, peaks=[job.peak] if job.peak else [])
    tree = next(t for t in report.trees if t.path == name)
    row.bits = tree.after * 8 / tree.entries
    noise = [c.noise for c in found.columns if c.bound == NONE and math.isfinite(c.noise)]
    row.rms = statistics.median(noise) if noise else math.nan
    for peak in found.peaks:
        fits = {f.selection: f for f in peak.fits if f.before.method == "binned"}
        fill(row, "", fits["same"].before)
        fill(row, "_after", fits["same"].after)
        fill(row, "_anew", fits.get("again", fits["same"]).after)
        row.note = f"{peak.moved} of {peak.candidates} candidates are others when chosen anew"


def fill(row: Row, suffix: str, fit: Fit) -> None:
    """Copy a fit's figures."""
    for name in ("mass", "width"):
        setattr(row, name + suffix, getattr(fit, name))
        setattr(row, f"{name}{suffix}_error", getattr(fit, f"{name}_error"))


def jobs_of(options: argparse.Namespace) -> Iterator[Job]:
    """Yield all jobs."""
    jobs = [(f, "", BOUNDS) for f in options.rate]
    jobs += [(*f.rsplit("=", 1), NONE) for f in options.peak]
    for file, peak, setting in jobs:
        for family in options.family or [f for f in families.names() if f != "diagram"]:
            for net in options.net or NETS:
                if setting == BOUNDS or family not in WITHOUT_LATENTS:
                    asked = options.steps, options.latents, tuple(options.keep_plain)
                    yield Job(file, peak, family, net, setting, *asked)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rate", nargs="*", default=[], metavar="FILE:TREE")
    parser.add_argument("--peak", nargs="*", default=[], metavar="FILE:TREE=PEAK")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--latents", type=int, default=15)
    parser.add_argument("--keep-plain", action="append", default=[], metavar="GLOB")
    parser.add_argument("--family", action="append")
    parser.add_argument("--net", action="append")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    rows = known(options.out)
    done = {(r.file, r.family, r.net, r.setting) for r in rows}
    jobs = [j for j in jobs_of(options) if (j.name, j.family, j.net, j.setting) not in done]
    with ProcessPoolExecutor(options.jobs, get_context("spawn"), max_tasks_per_child=1) as pool:
        for future in as_completed([pool.submit(measure, job) for job in jobs]):
            rows.append(future.result())
            show(rows[-1])
            write(rows, options.out)
    families_chart.draw(rows, options.out.with_suffix(".png"))


def show(row: Row) -> None:
    """Print a row."""
    print(
        f"{row.file:18} {row.family:10} {row.net:6} {row.setting:6} {row.bits:9.2f} bits "
        f"{row.seconds:6.1f} s  rms {row.rms:.4f}  m {row.mass:.3f}+-{row.mass_error:.3f} "
        f"-> {row.mass_after:.3f}, anew {row.mass_anew:.3f}; w {row.width:.3f} -> "
        f"{row.width_after:.3f}, anew {row.width_anew:.3f}  {row.note}",
        flush=True,
    )


if __name__ == "__main__":
    main()
