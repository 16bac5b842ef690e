"""`rootae info`: what a file holds."""

from __future__ import annotations

from rootae.cli import console
from rootae.cli.arguments import File, Json, Verbose

__all__ = ["info"]


def info(file: File, *, json: Json = False, verbose: Verbose = False) -> None:
    """Show codecs, trees, columns, bounds and sizes, without decoding anything."""
    from rootae.operations.info import info as run

    report = run(file)
    if json:
        console.print_json(report.to_json())
    else:
        console.show_info(report, verbose=verbose)
