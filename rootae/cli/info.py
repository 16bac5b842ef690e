"""`rootae info`: what a file holds, and what rootae is made of."""

from __future__ import annotations

from typing import Annotated

import typer

from rootae.cli import console
from rootae.cli.arguments import Json, Verbose

__all__ = ["info"]


def info(
    file: Annotated[str | None, typer.Argument(metavar="FILE", help="a ROOT file")] = None,
    *,
    about: Annotated[
        bool,
        typer.Option("--about", help="show versions and what decodes here; needs no file"),
    ] = False,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Show codecs, trees, columns, bounds and sizes, without decoding anything."""
    if about:
        _about(json=json)
    if file is not None:
        _info(file, json=json, verbose=verbose)
    elif not about:
        msg = "name a file, or ask --about"
        raise typer.BadParameter(msg, param_hint="FILE")


def _about(*, json: bool) -> None:
    from rootae.operations.about import about

    if json:
        console.print_json(about().to_json())
    else:
        console.show_about(about())


def _info(file: str, *, json: bool, verbose: bool) -> None:
    from rootae.operations.about import about
    from rootae.operations.info import info as run

    report = run(file)
    if json:
        console.print_json(report.to_json() | {"decoder": about().decoder})
    else:
        console.show_info(report, about(), verbose=verbose)
