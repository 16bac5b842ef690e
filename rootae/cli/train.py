"""`rootae train`: files to a codec."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rootae.cli import console
from rootae.cli.arguments import Asked, Force, Json, Quiet, Verbose, with_training

__all__ = ["train"]


@with_training
def train(
    sources: Annotated[list[str], typer.Argument(metavar="IN...", help="ROOT files of one kind")],
    *,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="C.root", help="codec file")],
    options: Asked,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Train a codec on one or more files and write it as a codec file."""
    from rootae.operations.about import about
    from rootae.operations.info import info as describe
    from rootae.operations.train import train as run

    with console.bars(quiet=quiet or json) as progress:
        run(sources, output, force=force, progress=progress, **options)
    if json:
        console.print_json(describe(output).to_json())
    elif not quiet:
        console.show_info(describe(output), about(), verbose=verbose)
