"""One file an architecture: what the networks of any family are made of.

The file's name is the architecture's name; it holds one class `Net`.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from rootae.errors import NameNotFound

if TYPE_CHECKING:
    from rootae.train.net import Net

__all__ = ["load", "names"]


def names() -> list[str]:
    """Return the names of all architectures.

    Example:
        >>> "dense" in names()
        True
    """
    files = Path(__file__).parent.glob("*.py")
    return sorted(p.stem for p in files if not p.stem.startswith("_"))


def load(name: str) -> type[Net]:
    """Return an architecture.

    Raises:
        NameNotFound: there is no such architecture.
    """
    if name not in names():
        raise NameNotFound(name, names(), "rootae.train.nets", "net")
    found: type[Net] = import_module(f"rootae.train.nets.{name}").Net
    return found
