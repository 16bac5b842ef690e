"""`rootae decompress`: back to ordinary branches."""

from __future__ import annotations

import functools

from rootae.cli import console
from rootae.cli.arguments import Backend, Device, Force, Json, Level, Quiet
from rootae.cli.batch import Jobs, OutputFile, OutputFolder, Paths, run_each

__all__ = ["decompress"]


def decompress(
    paths: Paths,
    *,
    output: OutputFile = None,
    output_dir: OutputFolder = None,
    jobs: Jobs = 1,
    backend: Backend = "auto",
    compression: Level = None,
    device: Device = None,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write compressed files' trees as ordinary branches again."""
    from rootae.operations.decompress import decompress as run

    work = functools.partial(
        run, force=force, backend=backend, compression=compression, device=device
    )
    run_each(
        work,
        paths,
        output,
        output_dir,
        show=console.show_decompressed,
        jobs=jobs,
        json=json,
        quiet=quiet,
    )
