"""RDataFrames by the plug-in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rootae.errors import CorruptError, FormatError, RootaeError
from rootae.rootio.plugin.build import library
from rootae.rootio.plugin.cache import newest
from rootae.rootio.plugin.installation import Installation

__all__ = ["frame"]

_KINDS: dict[int, type[RootaeError]] = {1: CorruptError, 2: FormatError}  # of rootae.h
_HEADER = "rootae/dataframe.hpp"


def frame(root: Any, files: list[str], tree: str, columns: list[str]) -> Any:
    """Return a ROOT.RDataFrame over files, compressed or not.

    Arguments:
        root: ROOT's module.
        files: their names.
        tree: the path of the tree in each.
        columns: those to show; all where none are named.

    Raises:
        CorruptError: a file is damaged.
        FormatError: it was written by a newer rootae.
        MissingDependency: the plug-in is not built, and there is no compiler.
        UnsupportedError: the plug-in cannot be built for this ROOT.
    """
    path = _library(root)
    if root.gSystem.Load(str(path)) < 0:
        msg = f"{path}: ROOT cannot load its plug-in: remove it"
        raise FormatError(msg)
    root.gInterpreter.Declare(f'#include "{_HEADER}"')
    texts = root.std.vector["std::string"]
    try:
        return root.rootae.dataframe(tree, texts(files), texts(columns))
    except root.rootae.Refused as error:
        raise _KINDS.get(error.kind(), RootaeError)(_said(error)) from None


def _library(root: Any) -> Path:
    """Return the plug-in for the ROOT that runs here; it is built where that was not done yet."""
    version = str(root.gROOT.GetVersion()).replace("/", ".")
    libraries = Path(str(root.TROOT.GetLibDir()))
    found = newest(version, libraries)
    if found is not None:
        return found
    headers = Path(str(root.TROOT.GetIncludeDir()))
    standard = root.gInterpreter.ProcessLine("__cplusplus;") // 100 % 100
    here = Installation(version, libraries.resolve(), headers, (f"-std=c++{standard}",))
    return library(lambda text: root.Info("rootae", text), here)


def _said(error: Any) -> str:
    """Return what an exception of C++ says, without what Python puts before it."""
    return str(error.what()).strip()
