"""Input files as uproot reads them: which trees, which columns, and their values by block."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import awkward as ak
import numpy as np
import uproot

from rootae.branches import SIZES, describe
from rootae.errors import ArgumentError, FormatError, RootaeError
from rootae.globs import matched
from rootae.ntuple import NTUPLE, NTuple, describe_fields
from rootae.schema import Values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["ROWS_AT_MOST", "TREES", "Source", "SourceTree", "split_path"]

ROWS_AT_MOST = 128 * 1024  # in a block's largest group
_COUNTS_AT_ONCE = 200_000
_BYTES_AT_ONCE = 64 * 1024 * 1024  # of decompressed columns, unless a single block has more
_ATTACHING = 17  # the version of TTree whose last members are two empty arrays and four pointers
_NOTHING = 24  # bytes of these where a tree has none of them
_DIRECTORY = "TDirectory"
TREES = ("TTree", "TNtuple", "TNtupleD")  # uproot writes all of them as TTree


def split_path(text: str) -> tuple[str, str | None]:
    """Split ``file.root:tree`` into the file and the tree.

    Example:
        >>> split_path("in.root:Events")
        ('in.root', 'Events')
    """
    head, colon, tail = text.rpartition(":")
    if colon and head and not Path(text).exists() and not tail.startswith("//"):
        return head, tail
    return text, None


@dataclass
class Source:
    """A ROOT file that is to be compressed, trained on or compared with.

    Arguments:
        path: the file.
        file: the opened file.
    """

    path: Path
    file: Any

    @classmethod
    def open(cls, path: str | Path) -> Source:
        """Open a file, or say why that is impossible.

        Raises:
            ArgumentError: there is no such file.
            FormatError: it is not a ROOT file.
        """
        path = Path(path)
        if not path.is_file():
            msg = f"no file {path}" if not path.exists() else f"{path} is not a file"
            raise ArgumentError(msg)
        try:
            return cls(path, uproot.open(path))
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
        names = self._paths(lambda c: c in (*TREES, NTUPLE))
        chosen = matched(globs, names, str(self.path))
        return [n for n in names if not globs or n in chosen]

    def _paths(self, wanted: Any) -> list[str]:
        found = self.file.iterclassnames(cycle=True)
        return list(dict.fromkeys(k.rsplit(";", 1)[0] for k, c in found if wanted(c)))

    def objects(self) -> list[tuple[str, str]]:
        """Return name (with cycle) and class of everything that is neither tree nor directory."""
        pairs = self.file.iterclassnames(cycle=True)
        return [(k, c) for k, c in pairs if c not in (*TREES, NTUPLE, _DIRECTORY)]

    def directories(self) -> list[str]:
        """Return the paths of all directories."""
        return self._paths(lambda c: c == _DIRECTORY)

    def old_cycles(self) -> list[str]:
        """Return objects of which a newer cycle exists."""
        newest: dict[str, int] = {}
        keys = [k.rsplit(";", 1) for k in self.file.iterkeys(cycle=True)]
        for name, cycle in keys:
            newest[name] = max(newest.get(name, 0), int(cycle))
        return [f"{n};{c}" for n, c in keys if int(c) < newest[n]]

    @property
    def top(self) -> Any:
        """Return the top directory as uproot has it."""
        return self.file.file.root_directory

    def attachments(self, path: str) -> list[str]:
        """Name what a tree holds besides branches: aliases, friends, user information, an index."""
        tree = self.opened(path)
        if isinstance(tree, NTuple):
            return []
        found = ["aliases"] if tree.aliases else []
        chunk, cursor = self.file.key(path).get_uncompressed_chunk_cursor()
        data = bytes(chunk.raw_data[cursor.index :])
        if int(tree.class_version or 0) >= _ATTACHING and data[-_NOTHING:].strip(b"\0"):
            found.append("index, friends, user information or references among objects")
        return found

    def tree(self, path: str) -> SourceTree:
        """Return one tree."""
        return SourceTree(self.opened(path), f"{self.path}:{path}", path)

    def ntuples(self) -> list[str]:
        """Return the paths of RNTuples: trees in any output."""
        return self._paths(lambda c: c == NTUPLE)

    def opened(self, path: str) -> Any:
        """Return a tree as uproot has it, an RNTuple in the likeness of one."""
        found = self.file[path]
        return NTuple(found) if found.classname == NTUPLE else found

    @property
    def compression(self) -> Any:
        """Return the file's own compression, or the one of its first tree, else None."""
        if self.file.file.compression is not None:
            return self.file.file.compression
        kinds = (b.compression for b in self.branches() if b.compression is not None)
        return next(kinds, None) or _sniffed(self)

    def branches(self) -> Iterator[Any]:
        """Yield the branches of all TTrees as uproot has them."""
        for path in self._paths(lambda c: c in TREES):
            yield from self.file[path].branches


def _sniffed(source: Source) -> Any:
    """Read the algorithm off the first basket: uproot leaves a branch's own setting at zero."""
    kinds = {
        b"ZS": uproot.ZSTD(5),
        b"XZ": uproot.LZMA(9),
        b"L4": uproot.LZ4(4),
        b"ZL": uproot.ZLIB(1),
    }
    for branch in source.branches():
        if branch.num_baskets and branch.member("fBasketSeek").any():
            at = int(branch.member("fBasketSeek")[0])
            data = bytes(source.file.file.source.chunk(at, at + 512).raw_data)
            head = int.from_bytes(data[14:16], "big")  # TKey.fKeyLen
            return kinds.get(data[head : head + 2])
    return None


class SourceTree:
    """One tree of an input file.

    Arguments:
        tree: the uproot tree.
        where: file and tree, for messages.
        path: the tree's path in its file.
    """

    def __init__(self, tree: Any, where: str, path: str) -> None:
        self.tree = tree
        self.where = where
        self.schema = (describe_fields if isinstance(tree, NTuple) else describe)(tree, path)
        self.entries = int(tree.num_entries)

    def values(
        self, start: int, stop: int, names: Sequence[str] | None = None
    ) -> dict[str, Values]:
        """Read columns over a range of entries.

        Returns:
            Values by column; sizes of vectors are columns of their own.
        """
        columns = [c for c in self.schema.columns if names is None or c.name in set(names)]
        real = [c.name for c in columns if not c.name.endswith(SIZES)]
        arrays = self.arrays(start, stop, real)
        out = {}
        for column in columns:
            if column.name in arrays:
                out[column.name] = Values.from_array(arrays[column.name], column)
        for column in columns:
            if column.name not in arrays:
                vector = column.name.removesuffix(SIZES)
                sizes = out[vector].counts
                out[column.name] = Values(np.asarray(sizes, np.int64))
        return out

    def parts(
        self, blocks: Iterable[tuple[int, int]], names: Sequence[str] | None = None
    ) -> Iterator[tuple[int, int, dict[str, Values]]]:
        """Read columns block by block.

        Neighbouring blocks are read at once as far as memory allows: a basket may hold several
        blocks, and would be decompressed for each of them.

        Arguments:
            blocks: entry ranges, in order.
            names: the columns, all by default.

        Yields:
            Start and stop of each block, and its values by column.
        """
        for together in self._neighbours(blocks, names):
            first = together[0][0]
            whole = self.values(first, together[-1][1], names)
            for start, stop in together:
                part = {n: v.part(start - first, stop - first) for n, v in whole.items()}
                yield start, stop, part

    def _neighbours(
        self, blocks: Iterable[tuple[int, int]], names: Sequence[str] | None
    ) -> Iterator[list[tuple[int, int]]]:
        """Group blocks that can be read at once."""
        wanted = [c for c in self.schema.columns if names is None or c.name in set(names)]
        sizes = [(c.counter is None, np.dtype(c.dtype).itemsize * c.lanes) for c in wanted]
        flat, jagged = (sum(n for kind, n in sizes if kind == is_flat) for is_flat in (True, False))
        group: list[tuple[int, int]] = []
        for block in blocks:
            entries = block[1] - group[0][0] if group else 0
            nbytes = flat * entries + jagged * ROWS_AT_MOST * (len(group) + 1)
            if group and (group[-1][1] != block[0] or nbytes > _BYTES_AT_ONCE):
                yield group
                group = []
            group.append(block)
        if group:
            yield group

    def arrays(self, start: int, stop: int, names: Sequence[str]) -> dict[str, Any]:
        """Read branches as uproot gives them.

        Raises:
            FormatError: a basket is damaged.
        """
        how = {"entry_start": start, "entry_stop": stop, "library": "ak", "array_cache": None}
        try:
            out = {name: self.tree[name].array(**how) for name in names}
        except RootaeError:
            raise
        except Exception as error:
            msg = f"{self.where} cannot be read in entries {start}-{stop}: {error}".splitlines()[0]
            raise FormatError(msg) from error
        return out

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Yield the entry ranges of blocks: as many entries as keep every group small enough."""
        counters = sorted({c.counter for c in self.schema.columns if c.counter is not None})
        start = 0
        for begin in range(0, self.entries, _COUNTS_AT_ONCE):
            end = min(begin + _COUNTS_AT_ONCE, self.entries)
            largest = self._rows(begin, end, counters)
            while start < end:
                stop = start + _fitting(largest[start - begin :])
                if stop >= end and end < self.entries and start > begin:
                    break
                yield start, stop
                start = stop
            if start < end:
                yield start, end
                start = end

    def _rows(self, start: int, stop: int, counters: Sequence[str]) -> NDArray[np.int64]:
        """Return an upper bound of each entry's rows in any group."""
        vectors = [c.removesuffix(SIZES) for c in counters if c.endswith(SIZES)]
        plain = [c for c in counters if not c.endswith(SIZES)]
        rows = np.ones((stop - start,), np.int64)
        for name, array in self.arrays(start, stop, plain + vectors).items():
            count = ak.num(array, axis=1) if name in vectors else array
            rows = np.maximum(rows, ak.to_numpy(count).astype(np.int64))
        return rows


def _fitting(rows: NDArray[np.int64]) -> int:
    """Return how many entries fit into a block, at least one."""
    return max(int(np.searchsorted(np.cumsum(rows), ROWS_AT_MOST, side="right")), 1)
