"""`rootae decompress`: back to ordinary branches."""

from __future__ import annotations

import functools

from rootae import console
from rootae.cli.arguments import Backend, Device, Force, Json, Level, Quiet
from rootae.cli.batch import Jobs, OutputFile, OutputFolder, Paths, pairs, run_each

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
    if json:
        told = [r.to_json() for r in reports]
        console.print_json(told if len(told) > 1 else told[0])
    for report in reports:
        if not json and not quiet:
            console.show_decompressed(report)
        for text in report.notes:
            console.note(text if len(reports) == 1 else f"{report.source}: {text}")
