"""`rootae skim`: entries that pass a cut, and the columns that are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rootae.cli import console
from rootae.cli.arguments import Device, Force, Input, Json, Level, Output, Quiet
from rootae.cli.batch import tell

__all__ = ["skim"]


def skim(
    source: Input,
    target: Output,
    *,
    cut: Annotated[str | None, typer.Option(metavar="EXPR", help="as in 'Jet_pt[0] > 30'")] = None,
    keep: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="columns to keep, all by default")
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="columns to leave out of these")
    ] = None,
    branches: Annotated[
        Path | None,
        typer.Option(
            "-b", "--branches", metavar="FILE", help="lines such as 'drop *' and 'keep Muon_*'"
        ),
    ] = None,
    tree: Annotated[
        str | None, typer.Option(metavar="TREE", help="which tree, where there are several")
    ] = None,
    compression: Level = None,
    device: Device = None,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Keep entries that pass a cut and some columns; other trees and objects stay as they are."""
    from rootae.operations.skim import skim as run

    with console.bars(quiet=quiet or json) as progress:
        report = run(
            source, target, cut=cut, keep=keep or (), drop=drop or (), branches=branches, tree=tree,
            force=force, compression=compression, device=device, progress=progress,
        )  # fmt: skip
    tell(report, console.show_skimmed, json=json, quiet=quiet)
