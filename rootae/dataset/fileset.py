"""coffea's filesets: data sets by name, each with files, trees, steps and uuids."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from rootae.dataset.member import Member
from rootae.errors import ArgumentError
from rootae.paths.regular import regular
from rootae.rootio.opening import split_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from rootae.dataset.member import Steps
    from rootae.dataset.record import Record

__all__ = ["NAME", "fileset", "read"]

NAME = "fileset.json"
_FORMS = ("form", "compressed_form")  # of files that were: coffea makes them anew


def read(path: Path) -> tuple[list[Member], dict[str, Any]]:
    """Read a fileset, as it was written by hand or by coffea's ``preprocess``.

    Arguments:
        path: JSON, or JSON under gzip where the name ends in ``.gz``.

    Returns:
        Its files, and by data set what it has beside them: ``metadata`` and the like.

    Raises:
        ArgumentError: it cannot be read, or is no fileset.
    """
    try:
        data = regular(path).read_bytes()
        table = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
    except (OSError, EOFError, ValueError) as error:
        msg = f"fileset {path} cannot be read: {error}"
        raise ArgumentError(msg) from error
    try:
        return _members(table)
    except (TypeError, ValueError, AttributeError) as error:
        msg = f"{path} is no fileset: it has to map data sets to their files and trees ({error})"
        raise ArgumentError(msg) from error


def _members(table: Mapping[str, Any]) -> tuple[list[Member], dict[str, Any]]:
    members, told = [], {}
    for name, value in table.items():
        whole = isinstance(value, dict) and "files" in value
        files = value["files"] if whole else value
        members += list(_files(name, files))
        told[name] = _others(value) if whole else {}
    return members, told


def _others(dataset: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in dataset.items() if k not in ("files", *_FORMS)}


def _files(dataset: str, files: Any) -> Iterator[Member]:
    if isinstance(files, list):
        files = dict(split_path(str(f)) for f in files)
    for path, what in files.items():
        spec = what if isinstance(what, dict) else {"object_path": what}
        tree = spec.get("object_path")
        if tree is not None and not isinstance(tree, str):
            msg = f"the tree of {path} is {tree!r}"
            raise ValueError(msg)
        yield Member(path, (dataset,), tree, _steps(spec.get("steps")))


def _steps(steps: Any) -> Steps | None:
    return None if steps is None else tuple((int(a), int(b)) for a, b in steps)


def fileset(
    records: Iterable[Record], folder: Path, told: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return a fileset of what was written.

    Arguments:
        records: of files; those that hold no tree, or failed, are left out.
        folder: where the outputs are.
        told: what each data set has beside its files.
    """
    found: dict[str, Any] = {}
    for record in records:
        if not record.is_done or record.object_path is None:
            continue
        spec = {
            "object_path": record.object_path,
            "steps": [list(step) for step in record.steps],
            "num_entries": record.num_entries.get(record.object_path, 0),
            "uuid": record.uuid,
        }
        for name in record.datasets:
            mine = found.setdefault(name, {"files": {}, **told.get(name, {})})
            mine["files"][str(folder.absolute() / record.output)] = spec
    return found
