"""`rootae decompress`: back to ordinary branches."""

from __future__ import annotations

import functools
from typing import Any

from rootae.cli import console
from rootae.cli.arguments import Backend, Device, Force, Json, Level, Quiet
from rootae.cli.batch import (
    Dask,
    Jobs,
    OutputFile,
    OutputFolder,
    Paths,
    Resume,
    Tolerance,
    pair,
    refuse_both,
    run_alone,
)
from rootae.cli.dataset import carry_out, working

__all__ = ["decompress"]


def decompress(
    paths: Paths,
    *,
    output: OutputFile = None,
    output_dir: OutputFolder = None,
    jobs: Jobs = 1,
    dask: Dask = None,
    tolerance: Tolerance = 0.0,
    resume: Resume = False,
    backend: Backend = "auto",
    compression: Level = None,
    device: Device = None,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write compressed files' trees as ordinary branches again."""
    from rootae.dataset.orders import decompressing
    from rootae.operations.decompress import decompress as run

    refuse_both(output, output_dir)
    asked: dict[str, Any] = {"backend": backend, "compression": compression, "device": device}
    if output_dir is None:
        work = functools.partial(run, force=force, **asked)
        show = console.show_decompressed
        run_alone(work, pair(paths, output), show=show, json=json, quiet=quiet)
        return
    order = decompressing(paths, output_dir, force=force, resume=resume, **asked)
    with working(jobs, dask, silent=quiet or json) as engine:
        carry_out(order, engine, tolerance=tolerance, json=json, quiet=quiet)
