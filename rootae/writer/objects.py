"""What stands beside the trees of several files, put together as hadd puts it together."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rootae.errors import BoundError, UnsupportedError
from rootae.rootio import histograms
from rootae.rootio.directories import make_directory
from rootae.rootio.keys import list_newest_first
from rootae.rootio.kinds import Kind
from rootae.rootio.objects import copy_object
from rootae.rootio.process import process
from rootae.source.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Objects"]

_STRING = "TObjString"
_ADVICE = "only ROOT can put these together: pip install 'rootae[root]', or merge with hadd"


class _Met(NamedTuple):
    """An object of one of several files."""

    path: Path
    key: str
    kind: str


@dataclass
class Objects:
    """Directories and objects of several files on their way into one.

    Plain histograms with the same axes are added up here. Whatever else hadd would merge, ROOT
    merges, or it is refused where ROOT is not installed. Of all others every different one is kept,
    as cycles of one name, as hadd does it.

    Arguments:
        file: the uproot file under way.
        several: there may be more files than one; the objects of a single one are copied byte for
            byte.
        trees: uproot makes trees anew beside these objects.
    """

    file: Any
    several: bool = True
    trees: bool = True
    notes: list[str] = field(default_factory=list)
    _totals: dict[str, Any] = field(default_factory=dict)
    _met: dict[str, list[_Met]] = field(default_factory=dict)
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
                make_directory(self.file, name, source.title_of(name))
        old = set(source.old_cycles())
        strings = {key for key, kind in source.objects() if kind == _STRING}
        lost = [key for key in source.old_cycles() if key not in strings]
        pairs = ((*key.rsplit(";", 1), kind) for key, kind in source.objects())
        for name, cycle, kind in sorted(pairs, key=lambda p: int(p[1])):
            key = f"{name};{cycle}"
            if key in old and kind != _STRING:
                continue
            if self.several and kind != _STRING:
                self._meet(source, name, _Met(source.path, key, kind))
            else:
                self._keep(source, key, kind)
        self.notes += [f"{source.path}: {k} was left out, a newer cycle exists" for k in lost]
        for path in source.tree_paths() if self.trees else ():
            self.notes += [f"{source.path}: {path}: {w} was not kept" for w in source.remade(path)]

    def _meet(self, source: Source, name: str, met: _Met) -> None:
        before = self._met.setdefault(name, [])
        before.append(met)
        why = ""
        if len(before) == 1 and histograms.is_addable(met.kind):
            self._totals[name] = source.key(met.key).get()
        elif name in self._totals:
            why = self._add_histogram(name, source.key(met.key).get(), met)
        elif len(before) > 1 and histograms.is_merged_by_root(met.kind):
            why = "is in several files"
        if why and not process.installed():
            msg = f"{met.path}: {name} ({met.kind}) {why}, and {_ADVICE}"
            raise UnsupportedError(msg)

    def _add_histogram(self, name: str, found: Any, met: _Met) -> str:
        """Add a histogram to those before it, or say why only ROOT can."""
        total = self._totals[name]
        why = histograms.difference(total, found)
        if not why and process.installed() and histograms.is_labelled(total, found):
            why = "has labels or axes that grow"
        if why:
            del self._totals[name]
        else:
            histograms.add(total, found, f"{met.path}: histogram {name}")
        return why

    def _keep(self, source: Source, key: str, kind: str) -> None:
        name = key.rsplit(";", 1)[0]
        kept = self._kept.setdefault(name, [])
        content = _content(source, key, kind)
        if content in kept:
            return
        if kept and self.several:
            self.notes.append(f"{source.path}: {name} is another one than before: both are kept")
        kept.append(content)
        if kind == _STRING:
            self.file[name] = str(source.key(key).get())
        else:
            copy_object(source.holder(name), self.file, name)

    def write(self) -> None:
        """Write what several files hold.

        Raises:
            UnsupportedError: neither uproot nor ROOT can do it.
        """
        for name in [n for n in self._totals if len(self._met[n]) == 1]:
            del self._totals[name]
        merged = self._merge([n for n, m in self._met.items() if len(m) > 1])
        left = [
            m for n, each in self._met.items() if n not in {*merged, *self._totals} for m in each
        ]
        for path in dict.fromkeys(m.path for m in left):
            with Source.open(path) as source:
                for met in left:
                    if met.path == path:
                        self._keep(source, met.key, met.kind)
        for name, total in self._totals.items():
            try:
                self.file[name] = total
            except (NotImplementedError, TypeError) as error:
                msg = f"histogram {name} cannot be written by uproot: merge the files with hadd"
                raise UnsupportedError(msg) from error

        for directory in ("", *self._directories):
            list_newest_first(self.file.mkdir(directory) if directory else self.file)

    def _merge(self, names: Iterable[str]) -> set[str]:
        """Let ROOT merge what it can of some objects, and return their names."""
        wanted = [n for n in names if n not in self._totals and self._may_be_merged(n)]
        if not wanted or not process.installed():
            return set()
        paths = dict.fromkeys(str(m.path) for n in wanted for m in self._met[n])
        with tempfile.TemporaryDirectory(prefix="rootae-") as folder:
            target = Path(folder) / "merged.root"
            merged = process.merged(list(paths), wanted, str(target))
            with Source.open(target) as source:
                kinds = {key.rsplit(";", 1)[0]: (key, kind) for key, kind in source.objects()}
                for name in merged:
                    self._keep(source, *kinds[name])
        return set(merged)

    def _may_be_merged(self, name: str) -> bool:
        return not all(histograms.is_never_merged(m.kind) for m in self._met[name])

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
        known = {key.rpartition(";")[0] for key, _ in source.objects()}
        for name, total in self._totals.items():
            made = source.newest(name, Kind.OBJECT).get() if name in known else None
            if made is None or not histograms.equal(total, made):
                wrong.append(name)
        wrong += sorted(self._directories - set(source.directories()))
        if wrong:
            names = ", ".join(wrong[:10])
            msg = f"{target}: {names} did not come back as written; report this as a bug"
            raise BoundError(msg)


def _content(source: Source, key: str, kind: str) -> bytes:
    """Return what tells an object from another of its name."""
    if kind == _STRING:
        return str(source.key(key).get()).encode()
    chunk, cursor = source.key(key).get_uncompressed_chunk_cursor()
    return bytes(chunk.raw_data[cursor.index :])
