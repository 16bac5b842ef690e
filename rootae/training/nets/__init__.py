"""One file an architecture: what the networks of any family are made of.

The file's name is the architecture's name; it holds one class `Net`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.training import variants

if TYPE_CHECKING:
    from rootae.training.net import Net

__all__ = ["load", "names"]


def names() -> list[str]:
    """Return the names of all architectures.

    Example:
        >>> "dense" in names()
        True
    """
    return variants.names(__name__)


def load(name: str) -> type[Net]:
    """Return an architecture.

    Raises:
        NameNotFound: there is no such architecture.
    """
    found: type[Net] = variants.load(__name__, name, "net")
    return found
