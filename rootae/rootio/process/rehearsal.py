"""Small files for ROOT to read and write once: it then has compiled what Python calls of it."""

from __future__ import annotations

import contextlib
import tempfile
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.rootio.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["WRITTEN", "written"]

WRITTEN = {"TTree": Kind.TREE, "TNamed": Kind.OBJECT, "TDirectory": Kind.DIRECTORY}


@contextlib.contextmanager
def written(root: Any) -> Iterator[tuple[str, str, str]]:
    """Give paths of two files, each with a tree, an object and a directory, and of none.

    Arguments:
        root: the module of ROOT.
    """
    level = root.gErrorIgnoreLevel
    with tempfile.TemporaryDirectory() as folder:
        first, second, target = (str(Path(folder) / name) for name in "abc")
        for path in (first, second):
            _write(root, path, Path(path).name)
        try:
            yield first, second, target
        finally:
            root.gErrorIgnoreLevel = level  # jobs of another kind find it as it was


def _write(root: Any, path: str, name: str) -> None:
    file = root.TFile(path, "recreate")
    tree, count, value = root.TTree("t", ""), array("i", [1]), array("f", [1])
    for each in ("x", f"{name}_n"):
        tree.Branch(each, count, f"{each}/I")
    tree.Branch(f"{name}_v", value, f"{name}_v[{name}_n]/F")
    tree.Fill()
    for each in (tree, root.TNamed("o", "")):
        each.Write()
    file.mkdir(f"{name}_d").WriteObject(root.TNamed("o", ""), "o")
    file.Close()
