"""Folders of variants: one file each, whose name is the variant's name."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from rootae.errors import NameNotFound

__all__ = ["ADOPTED", "load", "names"]

ADOPTED: dict[tuple[str, str], Any] = {}  # classes of users by folder and name, see `own`


def names(package: str) -> list[str]:
    """Return the names of a folder's variants.

    Arguments:
        package: the folder, as in ``rootae.training.families``.

    Example:
        >>> names("rootae.training.nets")
        ['conv', 'dense']
    """
    files = Path(str(import_module(package).__file__)).parent.glob("*.py")
    return sorted(p.stem for p in files if not p.stem.startswith("_"))


def load(package: str, name: str, kind: str, *others: str) -> Any:
    """Return what a variant's file holds under its kind's name: class `Net` of a ``net``.

    Arguments:
        package: the folder, as in ``rootae.training.families``.
        name: the variant.
        kind: what the folder's variants are called, as in ``family``.
        others: names that may be meant and have no file.

    Raises:
        NameNotFound: there is no such variant.
    """
    if (package, name) in ADOPTED:
        return ADOPTED[package, name]
    known = names(package)
    if name not in known:
        raise NameNotFound(name, [*others, *known], package, kind)
    return getattr(import_module(f"{package}.{name}"), kind.capitalize())
