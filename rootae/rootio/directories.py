"""Directories of an uproot file under way, with titles, which uproot's `mkdir` does not take."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from uproot.writing import _cascade

__all__ = ["make_directory"]


def make_directory(file: Any, path: str, title: str) -> Any:
    """Make a directory of a title, unless it is there; those above it get their names as titles.

    Arguments:
        file: the uproot file or directory under way.
        path: where it goes.
        title: its title.

    Returns:
        The directory.
    """
    parent, _, leaf = path.rpartition("/")
    above = file.mkdir(parent) if parent else file
    cascade = above._cascading
    cascade.add_directory = _titled(title).__get__(cascade)
    try:
        return above.mkdir(leaf)
    finally:
        del cascade.add_directory


def _titled(title: str) -> FunctionType:
    """Return uproot's function that adds a directory, for keys of another title than the name."""

    def key(location: Any, size: Any, packed: Any, kind: Any, name: Any, _: Any, *rest: Any) -> Any:
        text = _cascade.String(None, title)
        return _cascade.Key(location, size, packed, kind, name, text, *rest)

    known = _cascade.Directory.add_directory
    made = FunctionType(known.__code__, known.__globals__ | {"Key": key}, known.__name__)
    made.__defaults__, made.__kwdefaults__ = known.__defaults__, known.__kwdefaults__
    return made
