"""Regular files, and whatever else may stand at a path."""

from __future__ import annotations

import stat
from pathlib import Path

from rootae.errors import ArgumentError

__all__ = ["odd_kind", "regular"]

_KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def odd_kind(path: Path, *, follow: bool = True) -> str | None:
    """Say what stands at a path, or None if that is a regular file or nothing.

    Arguments:
        path: where to look.
        follow: look at what symbolic links lead to.

    Example:
        >>> odd_kind(Path("/dev/null")), odd_kind(Path("/nowhere"))
        ('a device', None)
    """
    try:
        mode = path.stat(follow_symlinks=follow).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISREG(mode):
        return None
    return next((text for holds, text in _KINDS if holds(mode)), "no regular file")


def regular(path: str | Path) -> Path:
    """Return a path to read from; opening a pipe would wait for whoever writes to it.

    Raises:
        ArgumentError: something that is no regular file stands there.
    """
    found = Path(path)
    kind = odd_kind(found)
    if kind is not None:
        msg = f"{found} is {kind}: name a file"
        raise ArgumentError(msg)
    return found
