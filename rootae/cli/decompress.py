"""`rootae decompress`: back to ordinary branches."""

from __future__ import annotations

import functools

from rootae import console
from rootae.cli.arguments import Backend, Device, Force, Json, Level, Quiet
from rootae.cli.batch import Jobs, OutputFile, OutputFolder, Paths, pairs, run_each, tell

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
    from rootae.decompress import decompress as run

    work = functools.partial(
        run, force=force, backend=backend, compression=compression, device=device
    )
    found = pairs(paths, output, output_dir)
    reports = run_each(work, found, jobs=jobs, quiet=quiet or json)
    tell(reports, console.show_decompressed, json=json, quiet=quiet)
