"""A folder's manifest: what became of each file, true at any moment."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from rootae.dataset import fileset
from rootae.dataset.digest import digest
from rootae.dataset.member import Member
from rootae.dataset.record import Record
from rootae.errors import ArgumentError, RootaeError
from rootae.paths.regular import regular
from rootae.paths.targets import Output, identity
from rootae.rootio.opening import split_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["NAME", "SCHEMA", "Manifest"]

NAME = "manifest.json"
SCHEMA = 1
_KIND = "rootae manifest"
_TRIES = 20
_SHARE = 0.05  # of a run's time at most goes into writing its manifest anew


@dataclass
class Manifest:
    """What a run writes down, and finds again.

    Runs that write into one folder at a time keep each other's records, as each reads what the
    other wrote before it writes itself.

    Arguments:
        path: the file.
        base: the folder that inputs lie under.
        codec: of the whole data set, if one was trained: ``file``, ``id`` and ``options``.
        options: what was asked, by digest.
        bounds: of columns, by digest; most files share one table.
        datasets: what each data set has beside its files.
        files: records by output.
        seen: what the file was when it was read or written last.
    """

    path: Path
    base: str | None = None
    codec: dict[str, str | None] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    bounds: dict[str, Any] = field(default_factory=dict)
    datasets: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Record] = field(default_factory=dict)
    seen: tuple[int, ...] | None = None
    _own: set[str] = field(default_factory=set)
    _due: float = 0.0

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Return a folder's manifest, a new one if it has none.

        Raises:
            ArgumentError: there is a file of that name that rootae did not write.
        """
        path = folder / NAME
        return cls.read(path) if path.exists() else cls(path)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a manifest.

        Raises:
            ArgumentError: it cannot be read, is none, or was written by a newer rootae.
        """
        seen = identity(path)
        try:
            table = json.loads(regular(path).read_bytes())
        except (OSError, ValueError) as error:
            msg = f"manifest {path} cannot be read: {error}"
            raise ArgumentError(msg) from error
        if not isinstance(table, dict) or table.get("kind") != _KIND:
            msg = f"{path} is no manifest of rootae: name another folder"
            raise ArgumentError(msg)
        if table.get("schema") != SCHEMA:
            msg = f"{path} has schema {table.get('schema')}: this rootae reads {SCHEMA}"
            raise ArgumentError(msg)
        try:
            records = [Record.from_json(r) for r in table.get("files", ())]
            options, bounds, datasets = (dict(table[n]) for n in ("options", "bounds", "datasets"))
        except (KeyError, TypeError, ValueError) as error:
            msg = f"manifest {path} is damaged: {error}"
            raise ArgumentError(msg) from error
        files = {r.output: r for r in records}
        head = table.get("base"), table.get("codec")
        return cls(path, *head, options, bounds, datasets, files, seen)

    @property
    def folder(self) -> Path:
        """Where the outputs are."""
        return self.path.parent

    def asked(self, options: Mapping[str, Any]) -> str:
        """Take down what was asked, and return its key."""
        key = digest(options)
        self.options[key] = dict(options)
        return key

    def bound(self, bounds: Mapping[str, Any]) -> str | None:
        """Take down bounds by tree and column, and return their key; None of none."""
        if not bounds:
            return None
        key = digest(bounds)
        self.bounds[key] = dict(bounds)
        return key

    def put(self, record: Record) -> None:
        """Set a file's record: it is this run's own."""
        self.files[record.output] = record
        self._own.add(record.output)

    def written(self) -> Iterable[Member]:
        """Yield the outputs that were written, with the files that they were made of."""
        for record in self.files.values():
            if record.is_done:
                path = str(self.folder / record.output)
                original = split_path(record.fname)[0]
                yield Member(path, record.datasets, record.object_path, original=original)

    def write(self, *, now: bool = True) -> None:
        """Write the manifest, over nothing but what was there when it was read.

        Arguments:
            now: do so even if the last time is not long ago.

        Raises:
            RootaeError: others write it all the time.
            OSError: it cannot be written.
        """
        if not now and time.monotonic() < self._due:
            return
        start = time.monotonic()
        for _ in range(_TRIES):
            self._join()
            found = _replaced(self.path, self.seen, self._table())
            if found is not None:
                break
        else:
            msg = f"{self.path}: other programs write it all the time; what was done is there"
            raise RootaeError(msg)
        self.seen = found
        end = time.monotonic()
        self._due = end + (end - start) / _SHARE

    def write_fileset(self) -> None:
        """Write coffea's fileset of what was written, beside the manifest.

        Raises:
            RootaeError: others write it all the time.
            OSError: it cannot be written.
        """
        path = self.folder / fileset.NAME
        for _ in range(_TRIES):
            seen = identity(path)
            table = fileset.fileset(self.files.values(), self.folder, self.datasets)
            if _replaced(path, seen, table) is not None:
                return
        msg = f"{path}: other programs write it all the time"
        raise RootaeError(msg)

    def _join(self) -> None:
        """Take over what another run wrote meanwhile."""
        if identity(self.path) in (None, self.seen):
            return
        other = Manifest.read(self.path)
        kept = {k: self.files[k] for k in self._own}
        self.files = other.files | kept
        self.options, self.bounds = other.options | self.options, other.bounds | self.bounds
        self.datasets = other.datasets | self.datasets
        self.codec = self.codec or other.codec
        self.seen = other.seen

    def _table(self) -> dict[str, Any]:
        from rootae import __version__

        used = {r.options for r in self.files.values()} | {(self.codec or {}).get("options")}
        bounds = {r.bounds for r in self.files.values()}
        return {
            "kind": _KIND,
            "schema": SCHEMA,
            "rootae": __version__,
            "base": self.base,
            "codec": self.codec,
            "options": {k: v for k, v in self.options.items() if k in used},
            "bounds": {k: v for k, v in self.bounds.items() if k in bounds},
            "datasets": self.datasets,
            "files": [r.to_json() for _, r in sorted(self.files.items())],
        }


def _replaced(path: Path, seen: tuple[int, ...] | None, table: Any) -> tuple[int, ...] | None:
    """Write JSON to a path and return what is there then, or None: another file was there."""
    output = Output(path)
    if identity(path) != seen:
        return None
    try:
        with output.atomic() as part:
            part.write_text(json.dumps(table, indent=1) + "\n")
    except RootaeError:
        return None
    found = identity(path)
    return found if found is not None and output.is_written else ()  # () is never seen again
