"""Optional packages, imported where they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from rootae.errors import MissingDependency

__all__ = ["needed"]


def needed(name: str, what: str, advice: str) -> Any:
    """Import a module of an optional package, or say how to install it.

    Arguments:
        name: the module.
        what: what needs it.
        advice: what to do where it is not installed.

    Raises:
        MissingDependency: it is not installed.

    Example:
        >>> needed("no_such_package", "reading", "pip install no-such-package")
        Traceback (most recent call last):
            ...
        rootae.errors.MissingDependency: reading needs no_such_package: pip install no-such-package
    """
    try:
        return import_module(name)
    except ImportError as error:
        msg = f"{what} needs {name.partition('.')[0]}: {advice}"
        raise MissingDependency(msg) from error
