"""Objects of a file copied byte for byte."""

from __future__ import annotations

from typing import Any

__all__ = ["copy_object"]


def copy_object(directory: Any, file: Any, path: str) -> None:
    """Copy the newest cycle of an object that is neither tree nor directory.

    Arguments:
        directory: what uproot reads it from.
        file: the uproot file under way, in which its directory is there.
        path: its path.
    """
    parent, _, leaf = path.rpartition("/")
    target = file[parent] if parent else file
    target.mkdir = lambda *_, **__: target  # copy_from would make a directory of no name
    target.copy_from(directory, filter_name=lambda n: n == leaf)
    del target.mkdir
