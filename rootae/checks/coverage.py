"""Content that passes through, held against the checksums that the file has of it."""

from __future__ import annotations

import itertools
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from rootae.container.content import Content
from rootae.errors import CorruptError, said
from rootae.reader.hook import coded
from rootae.rootio.branch_sums import BranchSums, UnsaidError, data_branches, is_settled, number_of

if TYPE_CHECKING:
    from rootae.container.container import Container
    from rootae.reader.tree import CodedTree
    from rootae.source.source import Source

__all__ = ["Coverage"]

_DAMAGED = "is not what was written: the file is damaged, or another program changed it"


@dataclass
class Coverage:
    """What of a file was held against checksums, and what has none.

    Arguments:
        branches: number of branches that are as they were written.
        objects: number of objects that are.
        uncovered: names of all others, and why.
    """

    branches: int = 0
    objects: int = 0
    uncovered: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, source: Source, container: Container) -> Coverage:
        """Hold what passes through against its checksums.

        Arguments:
            source: the file.
            container: the file as rootae wrote it.

        Raises:
            CorruptError: something is not what was written.
        """
        found = cls()
        if not container.is_coded:
            found.uncovered.append("everything: nothing of the file is coded")
            return found
        where = str(source.path)
        told = (Content.of(record, where) for record in container.provenance)
        contents = [content for content in told if content is not None]
        mine = str(source.file.file.uuid)
        own = next((c for c in contents if c.uuid == mine), None)
        blocks = set(container.coded_trees())
        for path in source.tree_paths():
            if path in blocks:
                found._hold_blocks(source, path, is_own=own is not None)
            else:
                found._hold_tree(source, path, contents, own)
        found._hold_objects(source, contents, own)
        newest = {f"{p};{source.tree_key(p).fCycle}" for p in source.tree_paths()}
        old = [key for key, _ in source.trees() if key not in newest]
        found.uncovered += [f"{key} (an older cycle of a tree)" for key in old]
        found.uncovered += [f"{key} (a tree of class {kind})" for key, kind in source.derived()]
        return found

    def _hold_blocks(self, source: Source, path: str, *, is_own: bool) -> None:
        """Hold the other branches of a coded tree, block by block."""
        tree = source.opened(path)
        mine: CodedTree | None = coded(tree)
        if mine is None:
            return  # what reads it says so
        stored = mine.stored
        carried = {name for plan in stored.plans for name in plan.carried}
        blocks = range(len(stored.entries))
        known = [stored.directory(block).content for block in blocks]
        branches = _Branches(source, path, [b for b in tree.branches if b.name not in carried])
        if is_own:
            branches.refuse_missing({number for content in known for number in content})
        for name in branches.found:
            wanted = [content.get(number_of(name)) for content in known]
            self._hold(branches, name, stored.starts.tolist(), wanted, is_own=is_own)

    def _hold_tree(
        self, source: Source, path: str, contents: list[Content], own: Content | None
    ) -> None:
        """Hold a tree without coded columns: the entries of one file after those of another."""
        tree = source.opened(path)
        parts = [c.trees[path] for c in contents if path in c.trees]
        starts = [0, *itertools.accumulate(part.entries for part in parts)]
        is_own = own is not None and path in own.trees
        if is_own and starts[-1] != tree.num_entries:
            _refuse(f"{source.path}:{path} has {tree.num_entries} entries, which")
        if not parts or starts[-1] != tree.num_entries:
            self.uncovered.append(f"{path} (the file has no record of all of its entries)")
            return
        branches = _Branches(source, path, tree.branches)
        if is_own:
            branches.refuse_missing({number_of(name) for part in parts for name in part.branches})
        for name in branches.found:
            wanted = [part.branches.get(name) for part in parts]
            self._hold(branches, name, starts, wanted, is_own=is_own)

    def _hold(
        self,
        branches: _Branches,
        name: str,
        starts: list[int],
        wanted: list[int | None],
        *,
        is_own: bool,
    ) -> None:
        """Hold a branch's entries, range by range, against the checksums of these."""
        why = branches.oddity(name)
        if not why and None in wanted:
            why = f"{wanted.count(None)} of {len(wanted)} checksums of it were not taken"
        if not why:
            why = _difference(branches, name, starts, wanted, is_own=is_own)
        if why:
            self.uncovered.append(f"{branches.path}:{name} ({why})")
        else:
            self.branches += 1

    def _hold_objects(self, source: Source, contents: list[Content], own: Content | None) -> None:
        known = {value for content in contents for value in content.objects.values()}
        there = dict(source.objects())
        for key, kind in there.items():
            wanted = None if own is None else own.objects.get(key)
            found = _object_sum(source, key)
            if wanted is not None and found != wanted:
                _refuse(f"{source.path}: {key}")
            elif found in known:
                self.objects += 1
            else:
                self.uncovered.append(f"{key} ({kind}, written anew since)")
        gone = [] if own is None else [key for key in own.objects if key not in there]
        if gone:
            msg = f"{source.path}: {', '.join(gone[:10])} is missing: the file is damaged"
            raise CorruptError(msg)


class _Branches:
    """The branches of a tree that hold entries, by name.

    Arguments:
        source: the file.
        path: the tree.
        branches: as uproot has them.
    """

    def __init__(self, source: Source, path: str, branches: list[Any]) -> None:
        pairs = list(data_branches(branches))
        self.path, self.where = path, f"{source.path}:{path}"
        self.found = dict(pairs)
        self._entries = int(source.opened(path).num_entries)
        self._times = Counter(number_of(name) for name, _ in pairs)

    def oddity(self, name: str) -> str:
        """Say why there can be no checksum of a branch, nothing if there can."""
        entries = int(self.found[name].num_entries)
        if self._times[number_of(name)] > 1:
            return "another branch has its name"
        return "" if entries == self._entries else f"it has {entries} of {self._entries} entries"

    def refuse_missing(self, numbers: set[int]) -> None:
        """Refuse a tree that lacks branches that have checksums.

        Raises:
            CorruptError: it does.
        """
        whole = {number_of(name) for name in self.found if not self.oddity(name)}
        twice = {number for number, times in self._times.items() if times > 1}
        if numbers - whole - twice:
            _refuse(f"{self.where} lacks entries of {len(numbers - whole - twice)} branches, which")

    def sums(self, name: str, starts: list[int]) -> list[int]:
        """Return a branch's checksums over ranges of entries.

        Raises:
            CorruptError: it cannot be read.
            UnsaidError: it does not say where its entries begin.
        """
        sums = BranchSums(self.found[name])
        try:
            return [sums.over(a, b) for a, b in itertools.pairwise(starts)]
        except UnsaidError:
            raise
        except Exception as error:
            msg = f"{self.where}: branch {name} cannot be read, the file is damaged: {said(error)}"
            raise CorruptError(msg) from error


def _difference(
    branches: _Branches, name: str, starts: list[int], wanted: list[int | None], *, is_own: bool
) -> str:
    """Say why a branch is not what was written though nothing is damaged, nothing if it is.

    Raises:
        CorruptError: it is damaged.
    """
    try:
        sums = branches.sums(name, starts)
    except UnsaidError as error:
        if is_own:
            _refuse(f"{branches.where}: branch {name}: {error}, which")
        return str(error)
    pairs = enumerate(zip(sums, wanted, strict=True))
    wrong = [i for i, (found, known) in pairs if found != known]
    if wrong and (is_own or is_settled(branches.found[name])):
        start, stop = starts[wrong[0]], starts[wrong[0] + 1]
        _refuse(f"{branches.where}: branch {name}, entries {start}-{stop},")
    return "its objects are in other bytes since files were merged" if wrong else ""


def _refuse(what: str) -> NoReturn:
    msg = f"{what} {_DAMAGED}"
    raise CorruptError(msg)


def _object_sum(source: Source, key: str) -> int:
    try:
        chunk, cursor = source.key(key).get_uncompressed_chunk_cursor()
        return zlib.crc32(chunk.raw_data[cursor.index :])
    except Exception as error:
        msg = f"{source.path}: {key} cannot be read, the file is damaged: {said(error)}"
        raise CorruptError(msg) from error
