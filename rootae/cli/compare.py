"""`rootae compare`: several training families on one file."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated

import typer

from rootae.cli import console
from rootae.cli.arguments import (
    FAMILIES,
    NETS,
    TIME_BUDGET,
    Asked,
    Force,
    Json,
    Peaks,
    Quiet,
    among,
    with_training,
)
from rootae.cli.batch import tell

__all__ = ["compare"]

_OWN = ("family", "net", "keep_family", "time_budget", "checkpoint", "resume", "history")


@functools.partial(with_training, without=_OWN)
def compare(
    original: Annotated[
        str, typer.Argument(metavar="ORIGINAL", help="a ROOT file, or file.root:tree")
    ],
    *,
    family: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME,...",
            help="what to compare, separated by commas: names, or Python files with one's own",
            show_default="all that rootae has",
            autocompletion=among(FAMILIES),
        ),
    ] = None,
    net: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME,...",
            help="of networks: dense, conv or Python files; each family is tried with each",
            show_default="dense",
            autocompletion=among(NETS),
        ),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            help="bounds, as compress has them, or none: floats as the latents alone say",
            show_default="both",
            autocompletion=among(("bounds", "none")),
        ),
    ] = None,
    peak: Peaks = None,
    html: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.html", help="write a self-contained page, and FILE.csv and FILE.json"
        ),
    ] = None,
    time_budget: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="seconds of training networks, for each family, within bounds and without",
            show_default=TIME_BUDGET,
        ),
    ] = None,
    options: Asked,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train several families on one file and compare sizes, errors, peaks, curves and latents."""
    from rootae.evaluation.families.compare import compare as run

    for name in _OWN:
        options.pop(name, None)
    ways = (only,) if only is not None else ("bounds", "none")
    with console.bars(quiet=quiet or json) as progress:
        report = run(
            original, _split(family), net=_split(net) or NETS[:1], ways=ways, peaks=peak, html=html,
            force=force, progress=progress, time_budget=time_budget, **options,
        )  # fmt: skip
    tell(report, console.show_families, json=json, quiet=quiet)
    if report.failed or not report.holds:
        raise typer.Exit(1 if report.holds else 3)


def _split(given: list[str] | None) -> list[str] | None:
    """Return names that stand one by one or with commas between them."""
    return [n.strip() for g in given for n in g.split(",") if n.strip()] if given else None
