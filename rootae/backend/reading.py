"""The process in which ROOT reads branches: ``python -m rootae.backend.reading < branches.json``.

Standard output gets one line of JSON at the end; whatever ROOT has to say goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["main", "readable"]

_KERNELS = Path(__file__).with_name("read.cxx")


def readable(path: str, tree: str, names: list[str]) -> list[str]:
    """Return the branches whose every entry ROOT reads without complaint.

    Arguments:
        path: the file.
        tree: the tree's path in it.
        names: the branches.
    """
    root: Any = import_module("ROOT")
    root.gROOT.SetBatch(True)
    root.gInterpreter.Declare(f'#include "{_KERNELS}"')
    file = root.TFile.Open(path)
    found = file.Get(tree) if file else None
    branches = {name: found.GetBranch(name) for name in names} if found else {}
    return [name for name, branch in branches.items() if branch and root.rootae.reads(branch)]


def main() -> None:
    """Read what is asked for, and say which branches can be read."""
    answers = os.dup(1)
    os.dup2(2, 1)  # ROOT's libraries write where they like
    os.write(answers, json.dumps(readable(**json.load(sys.stdin))).encode())
    os._exit(0)  # ROOT's tear-down would only cost time


if __name__ == "__main__":
    main()
