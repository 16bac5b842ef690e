"""`rootae merge`: several files of one kind to one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rootae.cli import console
from rootae.cli.arguments import Device, Force, Json, Level, Quiet
from rootae.cli.batch import tell

__all__ = ["merge"]


def merge(
    sources: Annotated[list[str], typer.Argument(metavar="IN...", help="ROOT files of one kind")],
    *,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="OUT", help="the file to write")
    ],
    compression: Level = None,
    device: Device = None,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Merge files of the same branches into one: blocks are copied, each codec stored once."""
    from rootae.operations.merge import merge as run

    with console.bars(quiet=quiet or json) as progress:
        report = run(
            sources, output, force=force, compression=compression, device=device, progress=progress
        )
    tell(report, console.show_merged, json=json, quiet=quiet)
