"""Output files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from rootae.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["atomic", "check_target"]


def check_target(target: str | Path, sources: list[Path], *, force: bool) -> Path:
    """Refuse an output that would overwrite an input, or a file without `force`.

    Returns:
        The target as a path.

    Raises:
        ArgumentError: the target cannot be written.
    """
    path = Path(target)
    for source in sources:
        if path.exists() and source.exists() and path.samefile(source):
            msg = f"output and input are the same file {source}: choose another output"
            raise ArgumentError(msg)
    if path.is_dir():
        msg = f"output {path} is a directory: name a file"
        raise ArgumentError(msg)
    if path.exists() and not force:
        msg = f"output {path} exists: use -f to overwrite it"
        raise ArgumentError(msg)
    if not path.parent.is_dir():
        msg = f"output {path}: there is no directory {path.parent}"
        raise ArgumentError(msg)
    return path


@contextlib.contextmanager
def atomic(target: Path) -> Iterator[Path]:
    """Give a temporary path beside the target; move it there only if all went well.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> with atomic(folder / "a.txt") as part:
        ...     _ = part.write_text("whole")
        >>> [p.name for p in folder.iterdir()]
        ['a.txt']
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
