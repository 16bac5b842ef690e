"""What stands beside the trees of several files, put together: histograms added, the rest kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rootae import histograms
from rootae.errors import BoundError, UnsupportedError
from rootae.writer import copy_object

if TYPE_CHECKING:
    from pathlib import Path

    from rootae.source import Source

__all__ = ["Objects"]

_STRING = "TObjString"


@dataclass
class Objects:
    """Directories and objects of several files on their way into one.

    Histograms of one name are added up. Of other objects every different one is kept, as cycles of
    one name, the way hadd does it. What only ROOT can put together is refused.

    Arguments:
        file: the uproot file under way.
        several: there may be more files than one; the histograms of a single one are copied byte
            for byte.
    """

    file: Any
    several: bool = True
    notes: list[str] = field(default_factory=list)
    _totals: dict[str, Any] = field(default_factory=dict)
    _kept: dict[str, list[bytes]] = field(default_factory=dict)
    _directories: set[str] = field(default_factory=set)

    def add(self, source: Source) -> None:
        """Add the directories and objects of one file.

        Raises:
            UnsupportedError: an object cannot be put together with that of an earlier file.
        """
        for name in source.directories():
            if name not in self._directories:
                self._directories.add(name)
                self.file.mkdir(name)
        old = set(source.old_cycles())
        strings = {key for key, kind in source.objects() if kind == _STRING}
        lost = [key for key in source.old_cycles() if key not in strings]
        pairs = ((*key.rsplit(";", 1), kind) for key, kind in source.objects())
        for name, cycle, kind in sorted(pairs, key=lambda p: int(p[1])):
            key = f"{name};{cycle}"
            if key in old and kind != _STRING:
                continue
            if self.several and histograms.is_addable(kind):
                self._add_histogram(source, name)
            else:
                self._keep(source, key, kind)
        self.notes += [f"{source.path}: {k} was left out, a newer cycle exists" for k in lost]

    def _add_histogram(self, source: Source, name: str) -> None:
        found, where = source.file[name], f"{source.path}: histogram {name}"
        if name in self._totals:
            histograms.add(self._totals[name], found, where)
        else:
            self._totals[name] = found

    def _keep(self, source: Source, key: str, kind: str) -> None:
        name, kept = key.rsplit(";", 1)[0], self._kept.setdefault(key.rsplit(";", 1)[0], [])
        if kept and histograms.is_merged_by_root(kind):
            msg = (
                f"{source.path}: {name} ({kind}) is in several files, and only ROOT can put such "
                "objects together: merge the files with hadd"
            )
            raise UnsupportedError(msg)
        content = _content(source, key, kind)
        if content in kept:
            return
        if kept and self.several:
            self.notes.append(f"{source.path}: {name} is another one than before: both are kept")
        kept.append(content)
        if kind == _STRING:
            self.file[name] = str(source.file[key])
        else:
            copy_object(source, self.file, name)

    def write(self) -> None:
        """Write the sums of histograms.

        Raises:
            UnsupportedError: uproot cannot write one of them.
        """
        for name, total in self._totals.items():
            try:
                self.file[name] = total
            except (NotImplementedError, TypeError) as error:
                msg = f"histogram {name} cannot be written by uproot: merge the files with hadd"
                raise UnsupportedError(msg) from error

    def hold(self, source: Source, target: Path) -> None:
        """Hold what a file holds against what was put together.

        Arguments:
            source: the file as it was written.
            target: its name, for messages.

        Raises:
            BoundError: an object is missing or another one.
        """
        there: dict[str, list[bytes]] = {}
        for key, kind in source.objects():
            name = key.rsplit(";", 1)[0]
            if name in self._kept:
                there.setdefault(name, []).append(_content(source, key, kind))
        wrong = [n for n, kept in self._kept.items() if sorted(there.get(n, [])) != sorted(kept)]
        known = set(source.file.keys(cycle=False))
        for name, total in self._totals.items():
            if name not in known or not histograms.equal(total, source.file[name]):
                wrong.append(name)
        wrong += sorted(self._directories - set(source.directories()))
        if wrong:
            names = ", ".join(wrong[:10])
            msg = f"{target}: {names} did not come back as written; report this as a bug"
            raise BoundError(msg)


def _content(source: Source, key: str, kind: str) -> bytes:
    """Return what tells an object from another of its name."""
    if kind == _STRING:
        return str(source.file[key]).encode()
    chunk, cursor = source.file.key(key).get_uncompressed_chunk_cursor()
    return bytes(chunk.raw_data[cursor.index :])
