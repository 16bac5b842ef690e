"""One file a family: what a group's networks are and what they are trained to do.

The file's name is the family's name; it holds one class `Family`. A new family is a new file here.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from rootae.errors import NameNotFound

if TYPE_CHECKING:
    from rootae.train.family import Family

__all__ = ["load", "names"]


def names() -> list[str]:
    """Return the names of all families.

    Example:
        >>> "ae" in names()
        True
    """
    files = Path(__file__).parent.glob("*.py")
    return sorted(p.stem for p in files if not p.stem.startswith("_"))


def load(name: str) -> type[Family]:
    """Return a family's class.

    Raises:
        NameNotFound: there is no such family.
    """
    if name not in names():
        known = ["auto", "plain", *names()]
        raise NameNotFound(name, known, "rootae.train.families", "family")
    found: type[Family] = import_module(f"rootae.train.families.{name}").Family
    return found
