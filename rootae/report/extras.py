"""The packages of `rootae[report]`, imported where they are used, or an error that says how."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from rootae.errors import MissingDependency

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
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        msg = f"evaluate needs {package}: pip install 'rootae[report]'"
        raise MissingDependency(msg) from error
