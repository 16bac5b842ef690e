"""Input files as uproot reads them: trees, directories, objects and their cycles."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from rootae.errors import ArgumentError, CorruptError, FormatError, NameNotFound, said
from rootae.naming import matched
from rootae.paths.regular import regular
from rootae.rootio.compression import setting_in, used_by
from rootae.rootio.keys import every_key, key_at, newest, tree_under, whole_tree_under
from rootae.rootio.kinds import Kind, holds_baskets, kinds_of
from rootae.rootio.opening import open_root
from rootae.source.particulars import Particulars, remade
from rootae.source.rntuple import NTuple
from rootae.source.tree import SourceTree
from rootae.source.ttree import file_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rootae.schema.tree import TreeSchema

__all__ = ["Source"]


@dataclass
class Source:
    """A ROOT file that is to be compressed, trained on or compared with.

    Arguments:
        path: the file.
        file: the opened file.
        aside: by tree, branches that uproot cannot read, see `rootae.source.unreadable`.
    """

    path: Path
    file: Any
    aside: dict[str, frozenset[str]] = field(default_factory=dict, init=False)
    _ntuples: dict[str, NTuple] = field(default_factory=dict, init=False)
    _particulars: dict[int, Particulars] = field(default_factory=dict, init=False)
    _schemas: dict[tuple[str, frozenset[str]], TreeSchema] = field(default_factory=dict, init=False)

    @classmethod
    def open(cls, path: str | Path) -> Source:
        """Open a file, or say why that is impossible.

        Raises:
            ArgumentError: there is no such file.
            FormatError: it is not a ROOT file.
        """
        path = regular(path)
        if not path.exists():
            msg = f"no file {path}"
            raise ArgumentError(msg)
        try:
            return cls(path, open_root(path))
        except Exception as error:
            msg = f"{path} is not a ROOT file that can be read: {error}".splitlines()[0]
            raise FormatError(msg) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def tree_paths(self, globs: Sequence[str] = ()) -> list[str]:
        """Return the paths of trees and RNTuples, without cycles, that match any of the globs.

        Raises:
            NameNotFound: a glob matches no tree.
        """
        names = self._paths(Kind.TREE, Kind.NTUPLE)
        chosen = matched(globs, names, str(self.path))
        return [n for n in names if not globs or n in chosen]

    @cached_property
    def keys(self) -> list[tuple[str, Any]]:
        """Path and uproot's key of everything in the file, in its order.

        Raises:
            CorruptError: a directory is damaged.
        """
        try:
            return list(every_key(self.file))
        except Exception as error:
            msg = f"{self.path}: its contents cannot be listed: {said(error)}"
            raise CorruptError(msg) from error

    def _paths(self, *wanted: Kind) -> list[str]:
        found = (p for p, key in self.keys if self.kinds[key.fClassName] in wanted)
        return list(dict.fromkeys(found))

    def _keys(self, *wanted: Kind) -> list[tuple[str, str]]:
        """Return name (with cycle) and class of all keys of some kinds."""
        pairs = ((f"{path};{key.fCycle}", str(key.fClassName)) for path, key in self.keys)
        return list(dict.fromkeys((k, c) for k, c in pairs if self.kinds[c] in wanted))

    def key(self, name: str) -> Any:
        """Return uproot's key of a path and a cycle, ``path;cycle``."""
        return key_at(self.file, name)

    def newest(self, path: str, *wanted: Kind) -> Any:
        """Return uproot's key of the newest cycle of a path that is of some kind, or of any.

        Raises:
            KeyError: there is none.
        """
        return newest(self.file, path, lambda c: not wanted or self.kinds.get(c) in wanted)

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """What the file's classes are, by name."""
        return kinds_of(self.file, {str(key.fClassName) for _, key in self.keys})

    def objects(self) -> list[tuple[str, str]]:
        """Return name (with cycle) and class of everything that is neither tree nor directory."""
        return self._keys(Kind.OBJECT)

    def trees(self) -> list[tuple[str, str]]:
        """Return name (with cycle) and class of all TTrees."""
        return self._keys(Kind.TREE)

    def derived(self) -> list[tuple[str, str]]:
        """Return name (with cycle) and class of trees whose classes ROOT does not have."""
        return self._keys(Kind.DERIVED)

    @cached_property
    def stranded(self) -> list[str]:
        """Name what can only be copied with its whole file: its data lies elsewhere in that."""
        found = [f"{k} (a directory of class {c})" for k, c in self._keys(Kind.FOLDER)]
        found += [f"{k} (there are several of this name)" for k in self._ambiguous()]
        return found + [
            f"{k} ({c}, which holds a tree)"
            for k, c in self.objects()
            if holds_baskets(self.key(k))
        ]

    def _ambiguous(self) -> list[str]:
        """Return paths with cycles that stand for several keys, and directories of one path."""
        keys = [f"{path};{key.fCycle}" for path, key in self.keys]
        twice = [name for name, times in Counter(keys).items() if times > 1]
        places = (p for p, key in self.keys if self.kinds[key.fClassName] == Kind.DIRECTORY)
        return twice + [path for path, times in Counter(places).items() if times > 1]

    def directories(self) -> list[str]:
        """Return the paths of all directories."""
        return self._paths(Kind.DIRECTORY)

    def old_cycles(self) -> list[str]:
        """Return objects of which a newer cycle exists."""
        newest: dict[str, int] = {}
        keys = [(path, int(key.fCycle)) for path, key in self.keys]
        for path, cycle in keys:
            newest[path] = max(newest.get(path, 0), cycle)
        return [f"{path};{cycle}" for path, cycle in keys if cycle < newest[path]]

    def namesakes(self) -> list[str]:
        """Return trees, objects and directories, with cycles, that share a name with other kinds.

        Those of the newest cycle are not among them.
        """
        kinds: dict[str, set[Kind]] = {}
        for path, key in self.keys:
            kinds.setdefault(path, set()).add(self.kinds[key.fClassName])
        return [name for name in self.old_cycles() if len(kinds[name.rpartition(";")[0]]) > 1]

    def superseded(self) -> set[str]:
        """Return the older cycles of names that nothing of another kind shares."""
        return set(self.old_cycles()) - set(self.namesakes())

    def unspeakable(self) -> list[str]:
        """Return what has a name that uproot takes for something else as it writes it."""
        names = ((p, set(str(key.fName)).intersection("/;")) for p, key in self.keys)
        found = [f"{p} (its name has {' and '.join(sorted(odd))})" for p, odd in names if odd]
        return list(dict.fromkeys(found))

    def is_autosave(self, key: str) -> bool:
        """Say whether an older cycle of a tree holds nothing that the newest does not hold too."""
        if self.kinds[self.key(key).fClassName] != Kind.TREE:
            return False
        last = self.newest(key.rpartition(";")[0], Kind.TREE)
        older, newer = tree_under(self.key(key)), tree_under(last)
        if older is newer:
            return False
        there = dict(newer.iteritems(recursive=True))
        return older.num_entries <= newer.num_entries and all(
            name in there and _begins_with(there[name], branch)
            for name, branch in older.iteritems(recursive=True)
        )

    @property
    def top(self) -> Any:
        """Return the top directory as uproot has it."""
        return self.file.file.root_directory

    def attachments(self, path: str) -> list[str]:
        """Name what a tree holds besides branches: aliases, friends, user information, an index."""
        return [] if path in self.ntuples() else list(self.particulars_of(path).attached)

    def particulars_of(self, path: str) -> Particulars:
        """Return what the newest tree of a path says of itself."""
        return self.particulars(self.tree_key(path))

    def particulars(self, key: Any) -> Particulars:
        """Return what a tree says of itself, by uproot's key."""
        place = int(key.fSeekKey)
        if place not in self._particulars:
            self._particulars[place] = Particulars.of(key, self.held(key))
        return self._particulars[place]

    def remade(self, path: str) -> list[str]:
        """Say what of a tree is otherwise where uproot makes it anew."""
        tree = self.opened(path)
        return [] if isinstance(tree, NTuple) else remade(tree, self.particulars_of(path).kind)

    def holder(self, path: str) -> Any:
        """Return the directory, as uproot has it, that something lies in."""
        parent = path.rpartition("/")[0]
        return self.newest(parent, Kind.DIRECTORY).get() if parent else self.top

    def title_of(self, directory: str) -> str:
        """Return the title of a directory, by its path."""
        return str(self.newest(directory, Kind.DIRECTORY).fTitle)

    def tree(self, path: str) -> SourceTree:
        """Return one tree."""
        aside = self.aside.get(path, frozenset())
        key, where = (path, aside), f"{self.path}:{path}"
        found = SourceTree(self.opened(path), where, path, aside, self._schemas.get(key))
        self._schemas[key] = found.schema  # a thousand branches take half a second to describe
        return found

    def ntuples(self) -> list[str]:
        """Return the paths of RNTuples: trees in any output."""
        return self._paths(Kind.NTUPLE)

    def opened(self, path: str) -> Any:
        """Return a tree as uproot has it, an RNTuple in the likeness of one."""
        key = self.tree_key(path)
        found = self.held(key)
        if self.kinds[key.fClassName] != Kind.NTUPLE:
            return found
        if path not in self._ntuples:  # one of a thousand fields takes a second to describe
            self._ntuples[path] = NTuple(found)
        return self._ntuples[path]

    def held(self, key: Any) -> Any:
        """Return what a key is of; `rootae.reader.open.File` looks at what it gives."""
        look = getattr(self.file, "held", None)
        found = whole_tree_under(key)
        return found if look is None else look(found)

    def tree_key(self, path: str) -> Any:
        """Return uproot's key of the newest tree or RNTuple of a path.

        Raises:
            NameNotFound: there is none.
        """
        try:
            return self.newest(path, Kind.TREE, Kind.NTUPLE)
        except KeyError as error:
            raise NameNotFound(path, self.tree_paths(), str(self.path)) from error

    @property
    def compression(self) -> Any:
        """Return the file's own compression, or the one of its first tree, else None."""
        settings = (setting_in(x) for x in itertools.chain([self.file.file], self.branches()))
        here = (b for b in self.branches() if not file_of(b))
        return next(filter(None, settings), None) or used_by(here, self.file.file.source)

    def branches(self) -> Iterator[Any]:
        """Yield the branches of all TTrees as uproot has them."""
        for path in self._paths(Kind.TREE):
            yield from whole_tree_under(self.newest(path, Kind.TREE)).branches

    def elsewhere(self) -> list[str]:
        """Name the branches whose baskets are in another file, and that file."""
        paths = self._paths(Kind.TREE)
        pairs = ((p, b, file_of(b)) for p in paths for b in self.opened(p).branches)
        return [f"{path}:{b.name} (its baskets are in {file})" for path, b, file in pairs if file]


def _begins_with(branch: Any, other: Any) -> bool:
    """Say whether the first baskets of a branch are all those of another."""
    count = int(other.member("fWriteBasket"))
    mine, theirs = (b.member("fBasketSeek")[:count].tolist() for b in (branch, other))
    return bool(mine == theirs)
