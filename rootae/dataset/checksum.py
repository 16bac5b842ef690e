"""Checksums of whole files, as data management systems keep them."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["checksum"]

_PIECE = 1 << 20


def checksum(path: Path) -> str:
    """Return a file's adler32 as eight hexadecimal digits, as Rucio and XRootD write it.

    Arguments:
        path: the file.

    Raises:
        OSError: it cannot be read.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.NamedTemporaryFile() as file:
        ...     checksum(Path(file.name))
        '00000001'
    """
    value = 1
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            value = zlib.adler32(piece, value)
    return f"{value:08x}"
