"""The command line: each command parses, calls one function of the library, and prints.

A command is a file of this folder with a function of the same name, and a line in `_COMMANDS`.
"""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from rootae import __version__
from rootae.cli import console
from rootae.cli.log import logged
from rootae.cli.panels import Command
from rootae.cli.signals import exit_code, ignore, listen
from rootae.dataset.failure import failure_of
from rootae.errors import RootaeError
from rootae.paths import targets

__all__ = ["app", "main"]

_COMMANDS = (
    "compress",
    "decompress",
    "train",
    "info",
    "verify",
    "export",
    "merge",
    "skim",
    "evaluate",
    "compare",
    "root",
)
_HELP = {"help_option_names": ["-h", "--help"]}


class _Commands(TyperGroup):
    """Turns what the library raises into one line and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        targets.forget()
        console.begin()
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except (RootaeError, OSError, MemoryError, KeyboardInterrupt) as error:
            failure = failure_of(error)
        console.error(failure.text)
        raise typer.Exit(exit_code() or failure.exit_code)


app = typer.Typer(
    cls=_Commands,
    name="rootae",
    help="Learned compression of ROOT columns within error bounds that you choose.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings=_HELP,
)
for _name in _COMMANDS:
    _command = logged(getattr(import_module(f"rootae.cli.{_name}"), _name))
    app.command(_name, cls=Command, context_settings=_HELP)(_command)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"rootae {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "-V", "--version", callback=_show_version, is_eager=True, help="show the version"
        ),
    ] = False,
) -> None:
    del version  # its callback did everything


def main() -> None:
    """Run the command line."""
    listen()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # whatever its encoding lacks
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except SystemExit:
        if exit_code() is None:
            raise
    except KeyboardInterrupt:
        console.error("interrupted")
    except Exception as error:
        if "ROOTAE_DEBUG" in os.environ:
            raise
        console.error(failure_of(error).text)
        sys.exit(1)
    ignore()
    sys.exit(exit_code() or 130)
