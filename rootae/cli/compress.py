"""`rootae compress`: ROOT files to smaller ones."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated

import typer

from rootae.cli import console
from rootae.cli.arguments import Asked, Backend, Force, Json, Level, Quiet, Verbose, with_training
from rootae.cli.batch import (
    Dask,
    Jobs,
    OutputFile,
    OutputFolder,
    Paths,
    Tolerance,
    pair,
    refuse_both,
    run_alone,
)
from rootae.cli.dataset import carry_out, working

__all__ = ["compress"]


@with_training
def compress(
    paths: Paths,
    *,
    output: OutputFile = None,
    output_dir: OutputFolder = None,
    jobs: Jobs = 1,
    dask: Dask = None,
    tolerance: Tolerance = 0.0,
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
    from rootae.dataset.orders import compressing
    from rootae.operations.compress import compress as run

    refuse_both(output, output_dir)
    asked = options | {
        "codec": codec, "force": force, "drop_unsupported": drop_unsupported, "backend": backend,
        "compression": compression,
    }  # fmt: skip
    show = functools.partial(console.show_compressed, verbose=verbose)
    if output_dir is None:
        work = functools.partial(run, **asked)
        run_alone(work, pair(paths, output), show=show, json=json, quiet=quiet)
        return
    line, resume = show if verbose else console.show_change, options["resume"]
    asked["resume"] = resume
    with console.bars(quiet=quiet or json) as progress:
        order = compressing(paths, output_dir, progress=progress, **asked)
    with working(jobs, dask, silent=quiet or json) as engine:
        carry_out(order, engine, line=line, tolerance=tolerance, json=json, quiet=quiet)
