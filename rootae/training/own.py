"""Families and nets of a user's own: a class, or a Python file that holds one."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from rootae.errors import ArgumentError, MissingDependency
from rootae.paths.regular import regular
from rootae.training.variants import ADOPTED, names

__all__ = ["adopted"]

_PACKAGES = {"family": "rootae.training.families", "net": "rootae.training.nets"}
_BASES = {"family": "rootae.training.networks.Networks", "net": "rootae.training.net.Net"}
_ASKED = {  # of a class, so that a slip is told before any training
    "family": ("stages", "diagrams", "encoder"),
    "net": ("encoder", "decoder", "autoregressive"),
}


def adopted(kind: str, given: Any) -> str:
    """Return the name under which a family or a net is known from here on.

    Arguments:
        kind: ``family`` or ``net``.
        given: a name, which is returned as it is; the path of a Python file with a class
            ``Family`` or ``Net``, known by the file's name; or such a class, known by its own.

    Raises:
        ArgumentError: the file cannot be run, holds no such class, or has the name of another.
        MissingDependency: the file imports a package that is not there.

    Example:
        >>> adopted("family", "predictor")
        'predictor'
    """
    if isinstance(given, type):
        return _adopt(kind, given.__name__, given)
    if not isinstance(given, str | Path):
        msg = f"{kind} {given!r}: give a name, a Python file or a class"
        raise ArgumentError(msg)
    path = Path(given)
    if path.suffix != ".py":
        return str(given)
    return _adopt(kind, path.stem, _class_of(kind, path))


def _adopt(kind: str, name: str, found: type[Any]) -> str:
    """Know a class by a name."""
    package = _PACKAGES[kind]
    if name in (*names(package), "auto", "plain"):
        msg = f"{kind} {name} is one of rootae's own: give yours another name"
        raise ArgumentError(msg)
    for method in _ASKED[kind]:
        if not callable(getattr(found, method, None)):
            msg = f"{kind} {name}: {found.__name__} has no {method}: derive it from {_BASES[kind]}"
            raise ArgumentError(msg)
    ADOPTED[package, name] = found
    return name


def _class_of(kind: str, path: Path) -> type[Any]:
    """Run a file, and return the class that it holds."""
    wanted = kind.capitalize()
    try:
        regular(path)
        spec = spec_from_file_location(f"rootae_own_{kind}_{path.stem}", path)
        if spec is None or spec.loader is None or not path.is_file():
            msg = f"no file {path}: --{kind} takes a name or a Python file"
            raise ArgumentError(msg)
        module = module_from_spec(spec)
        sys.modules[spec.name] = module  # where dataclasses look for it
        spec.loader.exec_module(module)
    except ModuleNotFoundError as error:
        msg = f"{kind} {path} needs {error.name}: pip install it; for torch, 'rootae[train]'"
        raise MissingDependency(msg) from error
    except ArgumentError:
        raise
    except Exception as error:
        msg = f"{kind} {path} cannot be run: {type(error).__name__}: {error}"
        raise ArgumentError(msg) from error
    found = getattr(module, wanted, None)
    if not isinstance(found, type) or found.__module__ != spec.name:
        msg = f"{kind} {path} holds no class {wanted} of its own: define one"
        raise ArgumentError(msg)
    return found
