"""`rootae evaluate`: what compression did to columns and to physics."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated

import typer

from rootae.cli import console
from rootae.cli.arguments import Device, Force, Json, Quiet, Verbose
from rootae.cli.batch import tell

__all__ = ["evaluate"]


def evaluate(
    original: Annotated[str, typer.Argument(metavar="ORIGINAL", help="the file before")],
    compressed: Annotated[str, typer.Argument(metavar="COMPRESSED", help="the file after")],
    *,
    peak: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=EXPR[@LOW:HIGH]]",
            help="z_mumu, jpsi_mumu, top_jjb, h_4l or an expression; by default what fits",
        ),
    ] = None,
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
    from rootae.evaluation.evaluate import evaluate as run

    with console.bars(quiet=quiet or json) as progress:
        report = run(
            original, compressed, peaks=peak, trees=tuple(tree or ()), device=device,
            html=html, force=force, progress=progress,
        )  # fmt: skip
    show = functools.partial(console.show_evaluated, verbose=verbose)
    tell(report, show, json=json, quiet=quiet)
    if not report.holds:
        console.error(report.verdict)
        raise typer.Exit(3)
