"""The packages of `rootae[report]`, imported where they are used, or an error that says how."""

from __future__ import annotations

from typing import Any

from rootae import extras

__all__ = ["needed"]


def needed(name: str) -> Any:
    """Import a module of an optional package.

    Raises:
        MissingDependency: it is not installed.

    Example:
        >>> needed("no_such_package")
        Traceback (most recent call last):
            ...
        rootae.errors.MissingDependency: ...pip install 'rootae[report]'
    """
    return extras.needed(name, "evaluate", "pip install 'rootae[report]'")
