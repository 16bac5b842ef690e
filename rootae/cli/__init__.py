"""The command line: each command parses, calls one function of the library, and prints.

A command is a file of this folder with a function of the same name, and a line in `_COMMANDS`.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from rootae import __version__, console
from rootae.errors import RootaeError

if TYPE_CHECKING:
    from types import FrameType

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
)


class _Commands(TyperGroup):
    """Turns what the library raises into one line and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except RootaeError as error:
            code, text = error.exit_code, str(error)
        except BrokenPipeError:
            raise
        except OSError as error:
            code, text = 1, _os_error(error)
        except MemoryError:
            code, text = 1, "out of memory; nothing was written"
        except KeyboardInterrupt:
            code, text = 1, "interrupted; nothing was written"
        console.error(text)
        raise typer.Exit(code)


def _os_error(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename is not None else ""
    return f"{where}{error.strerror or error}; nothing was written"


app = typer.Typer(
    cls=_Commands,
    name="rootae",
    help="Learned compression of ROOT columns within error bounds that you choose.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for _name in _COMMANDS:
    app.command(_name)(getattr(import_module(f"rootae.cli.{_name}"), _name))


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"rootae {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="show the version"),
    ] = False,
) -> None:
    del version  # its callback did everything


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        app()
    except Exception as error:
        if "ROOTAE_DEBUG" in os.environ:
            raise
        text = f"{type(error).__name__}: {error}"
        console.error(f"{text}; report this as a bug, with what ROOTAE_DEBUG=1 shows")
        sys.exit(1)
