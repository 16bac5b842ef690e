"""The process in which ROOT reads branches.

``python -m rootae.rootio.process.read < asked.json``
"""

from __future__ import annotations

import json
from pathlib import Path

from rootae.rootio.process.rehearsal import written
from rootae.rootio.process.worker import answer, root_with, tree_at

__all__ = ["main", "prepare", "readable"]

_KERNELS = Path(__file__).with_name("read.cxx")


def readable(path: str, tree: str, names: list[str]) -> list[str]:
    """Return the branches whose every entry ROOT reads without complaint.

    Arguments:
        path: the file.
        tree: the tree's path in it.
        names: the branches.
    """
    root = root_with(_KERNELS)
    file = root.TFile.Open(path)
    found = tree_at(root, file, tree) if file else None
    branches = {name: found.GetBranch(name) for name in names} if found is not None else {}
    return [name for name, branch in branches.items() if branch and root.rootae.reads(branch)]


def prepare(times: int) -> None:
    """Compile what `main` needs, and all that it calls for whoever asks a second time."""
    root = root_with(_KERNELS)
    if times == 1:
        with written(root) as (path, _, _):
            readable(path, "t", ["x"])


def main() -> None:
    """Read what is asked for, and say which branches can be read."""
    answer(lambda asked: readable(**json.loads(asked)))


if __name__ == "__main__":
    main()
