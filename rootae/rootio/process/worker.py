"""What every process that ROOT runs in does: one question on standard input, one answer in JSON.

Standard output gets the answer at the end; whatever ROOT has to say goes to standard error.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rootae.rootio.plugin.loading import leave

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["answer", "root_with", "tree_at"]


def answer(work: Callable[[str], Any]) -> None:
    """Read a question, write what a function makes of it, and end the process."""
    answers = os.dup(1)
    os.dup2(2, 1)  # ROOT's libraries write where they like
    os.write(answers, json.dumps(work(sys.stdin.read())).encode())
    os._exit(0)  # ROOT's tear-down would only cost time


@functools.cache
def root_with(kernels: Path) -> Any:
    """Return ROOT's module with a file of C++ compiled.

    Raises:
        OSError: ROOT cannot compile it.
    """
    leave()
    root: Any = import_module("ROOT")
    root.gROOT.SetBatch(True)
    root.gEnv.SetValue("Root.Stacktrace", "no")  # a crash is told by the exit status
    if not root.gInterpreter.Declare(f'#include "{kernels}"'):
        msg = f"ROOT cannot compile {kernels}"
        raise OSError(msg)
    return root


def tree_at(root: Any, directory: Any, path: str) -> Any:
    """Return the newest tree of exactly that path, None if there is none.

    ROOT itself takes a slash for a directory and a semicolon for a cycle, whatever keys are called.

    Arguments:
        root: the module of ROOT.
        directory: where to look.
        path: names with slashes in between.
    """
    keys = [(str(k.GetName()), root.TClass.GetClass(k.GetClassName()), k) for k in _keys(directory)]
    trees = [k for name, kind, k in keys if name == path and kind.InheritsFrom("TTree")]
    if trees:
        return max(trees, key=lambda k: int(k.GetCycle())).ReadObj()
    for name, kind, key in keys:
        if path.startswith(f"{name}/") and kind.InheritsFrom("TDirectory"):
            found = tree_at(root, key.ReadObj(), path[len(name) + 1 :])
            if found is not None:
                return found
    return None


def _keys(directory: Any) -> list[Any]:
    return list(directory.GetListOfKeys())
