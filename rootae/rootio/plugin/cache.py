"""Where built plug-ins are kept: one for each ROOT, compiler and state of the sources."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rootae.rootio.plugin import sources

if TYPE_CHECKING:
    from rootae.rootio.plugin.compiler import Compiler

__all__ = ["LIBRARY", "newest", "place"]

LIBRARY = "librootae_root.so"


def place(version: str, libraries: Path, compiler: Compiler) -> Path:
    """Return the folder of a plug-in, whether it is built or not."""
    return _folder(version, libraries) / _short(*compiler.command, compiler.version)


def newest(version: str, libraries: Path) -> Path | None:
    """Return the plug-in that was built last for a ROOT, by any compiler; None if none was.

    Arguments:
        version: of this ROOT.
        libraries: the folder of its libraries.
    """
    found = list(_folder(version, libraries).glob(f"*/{LIBRARY}"))
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def _folder(version: str, libraries: Path) -> Path:
    here = platform.machine(), platform.system()
    key = _short(str(libraries.resolve()), sources.digest(), *here)
    return _cache() / "rootae" / "root" / f"{version}-{key}"


def _cache() -> Path:
    """Return where programs of this user keep what they can make again."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _short(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
