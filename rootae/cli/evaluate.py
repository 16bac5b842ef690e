"""`rootae evaluate`: what compression did to columns and to physics."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rootae.cli import console
from rootae.cli.arguments import Device, Force, Json, Peaks, Quiet, Verbose
from rootae.cli.batch import Dask, Jobs, tell
from rootae.cli.dataset import working
from rootae.cli.readings import read_all
from rootae.errors import ArgumentError
from rootae.summary import size_text

if TYPE_CHECKING:
    from rootae.evaluation.evaluation import Evaluation

__all__ = ["evaluate"]


def evaluate(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="[ORIGINAL] FILE...",
            help="the files before and after; or, with --against or a manifest.json, those after: "
            "files, globs, @LIST, a fileset.json of coffea",
        ),
    ],
    *,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="ORIGINAL",
            help="the file before; of several, a folder of the same layout or the manifest.json "
            "of the run that made them",
        ),
    ] = None,
    jobs: Jobs = 1,
    dask: Dask = None,
    peak: Peaks = None,
    tree: Annotated[
        list[str] | None, typer.Option("--tree", metavar="GLOB", help="trees to compare")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="write a self-contained page")
    ] = None,
    device: Device = None,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Compare a file with its original: errors, distributions, correlations and fitted peaks."""
    from rootae.dataset.counterparts import held_pairs
    from rootae.dataset.inputs import inputs, is_one
    from rootae.dataset.task import Reading
    from rootae.evaluation.evaluate import evaluate as run

    asked: dict[str, Any] = {"peaks": peak, "trees": tuple(tree or ()), "device": device}
    alone = all(map(is_one, files)) and dask is None
    if alone and against is None and len(files) == 2:
        original, compressed = files
    else:
        pairs, _ = held_pairs(inputs(files)[0], against, needed=True)
        if not alone or len(pairs) > 1:
            if html is not None:
                msg = "--html is a page of one file: name the files before and after"
                raise ArgumentError(msg)
            with working(jobs, dask, silent=quiet or json) as engine:
                work = Reading(run, asked, ("original", "file"))
                read_all(work, pairs, engine, total=_total, json=json, quiet=quiet)
            return
        original, compressed = str(pairs[0].original), files[0]
    with console.bars(quiet=quiet or json) as progress:
        report = run(
            original, compressed, **asked, html=html, force=force, progress=progress,
        )  # fmt: skip
    show = functools.partial(console.show_evaluated, verbose=verbose)
    tell(report, show, json=json, quiet=quiet)
    if not report.holds:
        console.error(report.verdict)
        raise typer.Exit(3)


def _total(reports: Sequence[Evaluation]) -> str:
    """Say what came of all files."""
    before, after = sum(r.before for r in reports), sum(r.after for r in reports)
    columns = [c for r in reports for c in r.columns if c.bound != "none"]
    values, broken = sum(c.values for c in columns), sum(c.broken for c in columns)
    sizes = f"{size_text(before)} -> {size_text(after)}, {before / max(after, 1):.2f} times smaller"
    return f"{sizes}; {broken:,} of {values:,} values with a bound break it"
