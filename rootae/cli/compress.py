"""`rootae compress`: ROOT files to smaller ones."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated

import typer

from rootae import console
from rootae.cli.arguments import Asked, Backend, Force, Json, Level, Quiet, Verbose, with_training
from rootae.cli.batch import Jobs, OutputFile, OutputFolder, Paths, pairs, run_each

__all__ = ["compress"]


@with_training
def compress(
    paths: Paths,
    *,
    output: OutputFile = None,
    output_dir: OutputFolder = None,
    jobs: Jobs = 1,
    codec: Annotated[Path | None, typer.Option(help="a trained codec, instead of training")] = None,
    options: Asked,
    drop_unsupported: Annotated[
        bool, typer.Option("--drop-unsupported", help="leave out what cannot be written, by name")
    ] = False,
    backend: Backend = "auto",
    compression: Level = None,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Compress ROOT files; an output appears once every value was read back and checked."""
    from rootae.compress import compress as run

    work = functools.partial(
        run, codec=codec, force=force, drop_unsupported=drop_unsupported, backend=backend,
        compression=compression, **options,
    )  # fmt: skip
    found = pairs(paths, output, output_dir)
    reports = run_each(work, found, jobs=jobs, quiet=quiet or json)
    if json:
        told = [r.to_json() for r in reports]
        console.print_json(told if len(told) > 1 else told[0])
    for report in reports:
        if not json and not quiet:
            console.show_compressed(report, verbose=verbose)
        for text in report.notes:
            console.note(text if len(reports) == 1 else f"{report.source}: {text}")
