"""`rootae verify`: checksums, and bounds against the original."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rootae.cli import console
from rootae.cli.arguments import Device, File, Json, Quiet

__all__ = ["verify"]


def verify(
    file: File,
    *,
    against: Annotated[
        Path | None, typer.Option(metavar="ORIGINAL", help="hold every value against this file")
    ] = None,
    device: Device = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Decode everything, check every checksum, and every bound if the original is given."""
    from rootae.checks.values import verify as run

    with console.bars(quiet=quiet or json) as progress:
        report = run(file, against, progress, device=device)
    if json:
        console.print_json(vars(report))
    elif not quiet:
        console.show_verified(report, against=None if against is None else str(against))
