"""One file a family: what a group's networks are and what they are trained to do.

The file's name is the family's name; it holds one class `Family`. A new family is a new file here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.train import folder

if TYPE_CHECKING:
    from rootae.train.family import Family

__all__ = ["load", "names"]


def names() -> list[str]:
    """Return the names of all families.

    Example:
        >>> "ae" in names()
        True
    """
    return folder.names(__name__)


def load(name: str) -> type[Family]:
    """Return a family's class.

    Raises:
        NameNotFound: there is no such family.
    """
    found: type[Family] = folder.load(__name__, name, "family", "auto", "plain")
    return found
