"""The plug-in by which ROOT reads compressed files itself, and how programs take it up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rootae.rootio.plugin.build import library

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["flags", "load_line"]


def load_line(told: Callable[[str], None] = lambda _: None) -> str:
    """Return the line of C++ that loads the plug-in; it is built first where that was not done yet.

    Arguments:
        told: called with a sentence before something takes long.

    Raises:
        MissingDependency: there is no ROOT, or no compiler.
        UnsupportedError: the plug-in cannot be compiled.
    """
    return f"gSystem->Load({json.dumps(str(library(told)))});"


def flags(told: Callable[[str], None] = lambda _: None) -> str:
    """Return what a compiler has to be told so that a program has the plug-in.

    Arguments, Raises: as `load_line`.
    """
    folder = library(told).parent
    words = [f"-I{folder / 'include'}", f"-L{folder}", f"-Wl,-rpath,{folder}"]
    words += ["-Wl,--no-as-needed", "-lrootae_root", "-Wl,--as-needed"]
    return " ".join([*words, "-Wl,--allow-shlib-undefined"])  # of ROOT's wheel, which has its own
