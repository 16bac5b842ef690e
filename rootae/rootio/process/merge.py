"""The process in which ROOT merges objects: ``python -m rootae.rootio.process.merge < asked.json``.

Each file's objects are copied as bytes into a file of their own, and these are merged as hadd does
it: whatever a class makes of `Merge`, and however many files there are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.rootio.process.rehearsal import written
from rootae.rootio.process.worker import answer, root_with

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["main", "merged", "prepare", "whole"]

_KERNELS = Path(__file__).with_name("merge.cxx")


def merged(paths: list[str], names: list[str], target: str) -> list[str]:
    """Merge objects of several files.

    Arguments:
        paths: the files.
        names: paths of objects in them; a file need not have all.
        target: the file to write, in a folder that is there for this alone.

    Returns:
        The names that were merged; ROOT puts no others of them together.

    Raises:
        OSError: ROOT cannot read, merge or write something.
    """
    root = root_with(_KERNELS)
    mergeable, others = set[str](), set[str]()
    parts = [str(Path(target).with_name(f"{number}.root")) for number in range(len(paths))]
    for path, part in zip(paths, parts, strict=True):
        for name, is_mergeable in _copied(root, path, set(names), part).items():
            (mergeable if is_mergeable else others).add(name)
    _merge(root, parts, target, ", ".join(sorted(mergeable)))
    return sorted(mergeable - others)


def whole(paths: list[str], target: str, compression: int) -> None:
    """Merge files with all that they hold, as hadd does.

    Arguments:
        paths: the files.
        target: the file to write; it is replaced.
        compression: ROOT's algorithm * 100 + level.

    Raises:
        OSError: ROOT cannot read, merge or write something.
    """
    _merge(root_with(_KERNELS), paths, target, ", ".join(paths), compression)


def _merge(root: Any, paths: list[str], target: str, what: str, *setting: int) -> None:
    """Merge files; the setting is the output's compression, ROOT's own where there is none."""
    merger = root.TFileMerger(False)
    merger.SetPrintLevel(0)
    is_open = merger.OutputFile(target, "RECREATE", *setting)
    if not is_open or not all(merger.AddFile(p) for p in paths):
        msg = f"ROOT cannot merge into {target}"
        raise OSError(msg)
    if not merger.Merge():
        msg = f"ROOT cannot merge {what}"
        raise OSError(msg)


def _copied(root: Any, path: str, names: set[str], part: str) -> dict[str, bool]:
    """Copy the newest objects of some names if ROOT can merge them, and say whether it can."""
    source, target = root.TFile.Open(path), root.TFile.Open(part, "RECREATE")
    if not source or source.IsZombie() or not target or target.IsZombie():
        msg = f"ROOT cannot open {path}"
        raise OSError(msg)
    root.rootae.copy_class_descriptions(source, target)
    found: dict[str, Any] = {}
    for where, key in _keys(source, ""):
        name = f"{where}{key.GetName()}"
        if name in names and (name not in found or found[name].GetCycle() < key.GetCycle()):
            found[name] = key
    known = {n: bool(root.rootae.is_mergeable(k.GetClassName())) for n, k in found.items()}
    for name, key in found.items():
        if known[name]:
            directory = _directory(target, name.removesuffix(str(key.GetName())).split("/"))
            root.rootae.copy_key(key, directory, 1)
    target.Close()
    source.Close()
    return known


def _keys(directory: Any, where: str) -> Iterator[tuple[str, Any]]:
    for key in directory.GetListOfKeys():
        if key.GetClassName().startswith("TDirectory"):
            yield from _keys(key.ReadObj(), f"{where}{key.GetName()}/")
        else:
            yield where, key


def _directory(directory: Any, names: list[str]) -> Any:
    for name in filter(None, names):
        directory = directory.GetDirectory(name) or directory.mkdir(name)
    return directory


def prepare(times: int) -> None:
    """Compile what `main` needs, and all that it calls for whoever asks a second time."""
    root = root_with(_KERNELS)
    if times == 1:
        with written(root) as (first, second, target):
            merged([first, second], ["o"], target)


def main() -> None:
    """Merge what is asked for, and say what was merged."""
    answer(_done)


def _done(asked: str) -> list[str]:
    job = json.loads(asked)
    if "names" in job:
        return merged(**job)
    whole(**job)
    return []


if __name__ == "__main__":
    main()
