"""Where the plug-in's sources lie, and what they are."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

__all__ = ["digest", "folder", "headers", "units"]

_PARTS = ("include", "src", "root")
_WRITERS = {"api_draft.cpp", "api_grid.cpp", "api_writer.cpp", "drafts.cpp"}


def folder() -> Path:
    """Return the folder of the sources: in an installed rootae, or beside it in a checkout."""
    package = Path(__file__).parents[2]
    inside = package / "native"
    return inside if inside.is_dir() else package.parent / "native"


def units() -> list[Path]:
    """Return what is compiled: the decode core and the plug-in, without what only writers call."""
    found = [p for part in ("src", "root") for p in sorted((folder() / part).rglob("*.cpp"))]
    return [p for p in found if p.name not in _WRITERS]


def headers() -> Path:
    """Return the folder of the headers that users include."""
    return folder() / "include"


@functools.cache
def digest() -> str:
    """Return a hash of all sources and their names."""
    found = hashlib.sha256()
    for part in _PARTS:
        for path in sorted((folder() / part).rglob("*.[ch]pp")) + sorted(
            (folder() / part).rglob("*.h")
        ):
            found.update(f"{path.relative_to(folder())}\0{path.stat().st_size}\0".encode())
            found.update(path.read_bytes())
    return found.hexdigest()[:16]
