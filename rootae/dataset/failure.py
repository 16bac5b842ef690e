"""What is said of a command, or of one file of several, that failed."""

from __future__ import annotations

import os
from dataclasses import dataclass

from rootae.errors import RootaeError
from rootae.paths import targets

__all__ = ["Failure", "failure_of"]


@dataclass(frozen=True)
class Failure:
    """An error as it is shown: not every exception can be sent from another process.

    Arguments:
        kind: the name of the exception.
        text: what to tell.
        exit_code: of the command.
    """

    kind: str
    text: str
    exit_code: int = 1


def failure_of(error: BaseException) -> Failure:
    """Return what is told of an error.

    Example:
        >>> failure_of(RootaeError("in.root: what is wrong"))
        Failure(kind='RootaeError', text='in.root: what is wrong', exit_code=1)
    """
    kind = type(error).__name__
    if isinstance(error, RootaeError):
        return Failure(kind, str(error), error.exit_code)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename is not None else ""
        return Failure(kind, f"{where}{error.strerror or error}; {_outcome()}")
    if isinstance(error, MemoryError):
        return Failure(kind, f"out of memory; {_outcome()}")
    if isinstance(error, KeyboardInterrupt):
        return Failure("Interrupted", f"interrupted; {str(error) or _outcome()}", 130)
    text = f"{kind}: {error}; report this as a bug, with what ROOTAE_DEBUG=1 shows"
    return Failure(kind, text)


def _outcome() -> str:
    done = ", ".join(map(os.fspath, targets.written()))
    return f"{done} was written before" if done else "nothing was written"
