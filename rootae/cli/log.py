"""`--log FILE`, which every command has: what was done, in lines of a file."""

from __future__ import annotations

import contextlib
import functools
import inspect
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from rootae import __version__
from rootae.errors import ArgumentError
from rootae.progress import LOG

__all__ = ["logged"]

Log = Annotated[
    Path | None,
    typer.Option("--log", metavar="FILE", help="add what was done to a file, a line with its time"),
]
_FORMAT = "%(asctime)s %(levelname)s %(message)s"


def logged(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option `--log`."""
    own = inspect.signature(command, eval_str=True)

    @functools.wraps(command)
    def run(*, log: Path | None = None, **given: Any) -> None:
        with _file(log):
            command(**given)

    option = inspect.Parameter("log", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Log)
    spread = [*own.parameters.values(), option]
    run.__signature__ = own.replace(parameters=spread)  # type: ignore[attr-defined]
    return run


@contextlib.contextmanager
def _file(path: Path | None) -> Iterator[None]:
    """Send what is logged to the end of a file."""
    if path is None:
        yield
        return
    try:
        handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        msg = f"--log {path} cannot be written: {error.strerror}"
        raise ArgumentError(msg) from error
    handler.setFormatter(logging.Formatter(_FORMAT))
    before = LOG.level
    LOG.addHandler(handler)
    LOG.setLevel(logging.DEBUG)
    LOG.info("rootae %s: %s", __version__, " ".join(sys.argv[1:]))
    try:
        yield
    except BaseException as error:
        if not isinstance(error, typer.Exit):
            LOG.error("%s: %s", type(error).__name__, error)
        raise
    finally:
        LOG.setLevel(before)
        LOG.removeHandler(handler)
        handler.close()
