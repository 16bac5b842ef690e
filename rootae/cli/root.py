"""`rootae root`: the line by which ROOT reads compressed files itself."""

from __future__ import annotations

from typing import Annotated

import typer

from rootae.cli import console

__all__ = ["root"]


def root(
    *,
    flags: Annotated[
        bool,
        typer.Option("--flags", help="print what a C++ compiler takes instead"),
    ] = False,
) -> None:
    """Print the line of C++ that teaches ROOT to read compressed files."""
    from rootae.operations import plugin

    print((plugin.flags if flags else plugin.load_line)(console.note))
