"""What must not outlive a process: its temporary folders, and the processes that it started."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import secrets
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["private", "remove", "sweep", "token", "undone"]

_LONGEST = 180  # bytes of a file's name that the name of its temporary folder repeats
_under_way: list[tuple[int, Callable[[], object]]] = []  # with the process that has to do it
token = secrets.token_hex(8)  # what this process's folders are named after


@contextlib.contextmanager
def undone(undo: Callable[[], object]) -> Iterator[None]:
    """Call a function at the end of a block, and if the process ends before that.

    Arguments:
        undo: it may be called twice.
    """
    entry = (os.getpid(), undo)
    _under_way.append(entry)
    try:
        yield
    finally:
        undo()
        _under_way.remove(entry)


@contextlib.contextmanager
def private(target: Path) -> Iterator[Path]:
    """Give a path of the same name in a folder beside it, which nobody else can know or write to.

    The folder is made exclusively, under a random name, and removed with all that it holds.

    Raises:
        OSError: the folder cannot be made.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> folder = Path(tempfile.mkdtemp())
        >>> with private(folder / "a.txt") as part:
        ...     part.name, part.parent.parent == folder
        ('a.txt', True)
        >>> list(folder.iterdir())
        []
    """
    folder = target.with_name(f"{_head(target)}{token}{secrets.token_hex(8)}.part")
    with undone(functools.partial(shutil.rmtree, folder, ignore_errors=True)):
        folder.mkdir(mode=0o700)
        yield folder / target.name


def remove(target: Path, owner: str) -> None:
    """Remove the temporary folders for a file that a process left behind when it was ended.

    Arguments:
        target: the file.
        owner: the token of that process.
    """
    head = f"{_head(target)}{owner}"
    with contextlib.suppress(OSError):
        for found in list(target.parent.iterdir()):
            if found.name.startswith(head):
                shutil.rmtree(found, ignore_errors=True)


def sweep() -> None:
    """Undo what is under way: the process is about to end."""
    for process, undo in reversed(_under_way):
        if process == os.getpid():  # and not the one that forked this one
            with contextlib.suppress(Exception):
                undo()


def _head(target: Path) -> str:
    return f".{os.fsdecode(os.fsencode(target.name)[:_LONGEST])}."


atexit.register(sweep)
