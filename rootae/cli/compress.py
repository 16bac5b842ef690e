"""`rootae compress`: ROOT files to smaller ones."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated

import typer

from rootae.cli import console
from rootae.cli.arguments import Asked, Backend, Force, Json, Level, Quiet, Verbose, with_training
from rootae.cli.batch import Jobs, OutputFile, OutputFolder, Paths, run_each

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
    from rootae.operations.compress import compress as run

    work = functools.partial(
        run, codec=codec, force=force, drop_unsupported=drop_unsupported, backend=backend,
        compression=compression, **options,
    )  # fmt: skip
    show = functools.partial(console.show_compressed, verbose=verbose)
    line = show if verbose else console.show_change
    run_each(
        work, paths, output, output_dir, show=show, line=line, jobs=jobs, json=json, quiet=quiet
    )
