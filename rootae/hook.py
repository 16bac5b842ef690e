"""Decoded columns as ordinary uproot branches.

uproot offers `register_interpretation` for the values; for the names there is no hook, so one
method of its TTree, `postprocess`, is wrapped here: as a tree is read, carriers take the names of
the columns they stand for and bookkeeping branches disappear. That is all that depends on uproot's
insides; the tests run it against every supported version.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np
import uproot
from uproot.behaviors.TTree import TTree
from uproot.interpretation.custom import CustomInterpretation
from uproot.interpretation.jagged import AsJagged, JaggedArray
from uproot.interpretation.numerical import AsDtype

from rootae.container import BLOCK, CARRIER, DIRECTORY, ENTRY, MODULUS, Container, StoredTree
from rootae.errors import CorruptError
from rootae.schema import Values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rootae.codec import BlockDecoder
    from rootae.schema import Column

__all__ = ["AsCoded", "CodedTree", "cache", "coded", "install"]

_MARK = "_rootae_column"
_TREE = "_rootae_tree"


class BlockCache:
    """Keeps decoded blocks, the last two at least, within a number of bytes.

    Arguments:
        limit: bytes of decoded values to keep.
    """

    def __init__(self, limit: int = 256 * 1024 * 1024) -> None:
        self.limit = limit
        self._blocks: OrderedDict[tuple[str, str, int], BlockDecoder] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, key: tuple[str, str, int], make: Any) -> BlockDecoder:
        """Return a block's decoder, made once while it is kept."""
        with self._lock:
            decoder = self._blocks.pop(key, None) or make()
            self._blocks[key] = decoder
            size = sum(d.nbytes for d in self._blocks.values())
            while size > self.limit and len(self._blocks) > 2:
                size -= self._blocks.popitem(last=False)[1].nbytes
            result: BlockDecoder = decoder
            return result

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._blocks.clear()


cache = BlockCache()


class CodedTree:
    """The coded columns of one opened tree.

    Arguments:
        tree: the uproot tree.
    """

    def __init__(self, tree: Any) -> None:
        self._tree = tree
        self._lock = threading.RLock()
        self._stored: StoredTree | None = None
        self._checked: set[int] = set()

    @property
    def path(self) -> str:
        """Return the tree's path in its file, without cycle."""
        return str(self._tree.object_path).strip("/").rsplit(";", 1)[0]

    @property
    def stored(self) -> StoredTree:
        """Return the tree's blocks, after holding them against the tree.

        Raises:
            CorruptError: tree and blocks do not belong together.
        """
        with self._lock:
            if self._stored is None:
                file = self._tree.file
                container = Container(file.root_directory, str(file.file_path))
                stored = container.stored(self.path)
                self._check_whole(container, stored)
                self._stored = stored
            return self._stored

    def _check_whole(self, container: Container, stored: StoredTree) -> None:
        entries = int(self._tree.num_entries)
        expected = container.expected_entries(self.path)
        if entries != stored.total or expected not in (None, entries):
            msg = (
                f"{stored.where} has {entries} entries, its coded columns {stored.total}"
                f" (written: {expected}): it was merged with a file of other coded columns or a "
                "plain one, or cut by Snapshot or CopyTree; merge the originals with "
                "rootae merge, cut them with rootae skim"
            )
            raise CorruptError(msg)
        mine = {c + CARRIER for plan in stored.plans for c in plan.carried}
        there = {b.name + CARRIER for b in self._tree.branches if getattr(b, _MARK, None)}
        if len(stored.plans) and any({c + CARRIER for c in p.carried} != there for p in stored.plans):
            odd = sorted(n.removesuffix(CARRIER) for n in mine ^ there)[:5]
            msg = (
                f"{stored.where}: the tree and its blocks do not code the same columns "
                f"({', '.join(odd)}, ...): files of different coded columns were merged; "
                "merge the originals with rootae merge"
            )
            raise CorruptError(msg)

    def column(self, name: str) -> Column:
        """Return a coded column's description."""
        plans = self.stored.plans
        if not plans:
            msg = f"{self.stored.where}: no codec knows this tree: the file is damaged"
            raise CorruptError(msg)
        return plans[0].column(name)

    def values(self, name: str, start: int, stop: int) -> Values:
        """Return a column over a range of entries.

        Raises:
            CorruptError: a block is damaged or not in its place.
        """
        parts = [self._part(name, *where) for where in self._overlaps(start, stop)]
        column = self.column(name)
        if not parts:
            flat = np.zeros((0, *column.inner_shape), np.dtype(column.dtype))
            return Values(flat, None if column.counter is None else np.zeros(0, np.int64))
        if len(parts) == 1:
            return parts[0]
        counts = None
        if column.counter is not None:
            counts = np.concatenate([p.counts for p in parts if p.counts is not None])
        return Values(np.concatenate([p.flat for p in parts]), counts)

    def _overlaps(self, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
        """Yield block and the range of its entries."""
        starts = self.stored.starts
        first = int(np.searchsorted(starts, start, side="right")) - 1
        for block in range(first, len(starts) - 1):
            if starts[block] >= stop:
                break
            low, high = max(start - starts[block], 0), min(stop, starts[block + 1]) - starts[block]
            if high > low:
                yield block, int(low), int(high)

    def _part(self, name: str, block: int, low: int, high: int) -> Values:
        stored = self.stored
        key = (str(self._tree.file.uuid) + str(self._tree.file.file_path), self.path, block)
        with self._lock:
            if block not in self._checked:
                self._check_place(block)
                self._checked.add(block)
            values = cache.get(key, lambda: stored.decoder(block)).values(name)
        if values.counts is None:
            return Values(values.flat[low:high])
        if low == 0 and high == len(values.counts):
            return values
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(values.counts)])
        return Values(values.flat[offsets[low] : offsets[high]], values.counts[low:high])

    def _check_place(self, block: int) -> None:
        """Hold the entries' own record of their block against the block."""
        stored = self.stored
        start, stop = int(stored.starts[block]), int(stored.starts[block + 1])
        lookup = self._tree.__dict__["_rootae_hidden"]
        where = f"{stored.where}, entries {start}-{stop}"
        if BLOCK not in lookup or ENTRY not in lookup:
            msg = f"{where}: branch {BLOCK} or {ENTRY} is gone: go back to the full file"
            raise CorruptError(msg)
        ids, index = (
            lookup[n].array(entry_start=start, entry_stop=stop, library="np") for n in (BLOCK, ENTRY)
        )
        right = np.arange(stop - start) % MODULUS
        if (ids != stored.ids[block]).any() or (index != right).any():
            msg = (
                f"{where} do not belong to block {block}: entries were skimmed, swapped or "
                "reordered; go back to the full file and use rootae skim"
            )
            raise CorruptError(msg)


class AsCoded(CustomInterpretation):  # type: ignore[misc]  # uproot has no annotations
    """Interprets a carrier as the column it stands for."""

    @classmethod
    def match_branch(cls, branch: Any, context: Any, simplify: Any) -> bool:
        """Say whether a branch is a carrier."""
        return bool(branch.__dict__.get(_MARK))

    @property
    def _coded(self) -> CodedTree:
        tree: CodedTree = self._branch.__dict__[_MARK]
        return tree

    @property
    def _original(self) -> Any:
        """Return what uproot would have used for the original branch."""
        column = self._coded.column(self._branch.name)
        dtype = np.dtype(column.dtype).newbyteorder(">")
        inner = AsDtype(np.dtype((dtype, column.inner_shape)) if column.inner_shape else dtype)
        return inner if column.counter is None else AsJagged(inner, typename=column.typename)

    @property
    def typename(self) -> str:
        """Return the original branch's type."""
        return self._coded.column(self._branch.name).typename

    @property
    def cache_key(self) -> str:
        """Return a key that is the same for the same column."""
        return f"AsCoded({self._branch.name})"

    @property
    def numpy_dtype(self) -> Any:
        """Return the dtype as uproot's numpy library gives it."""
        return self._original.numpy_dtype

    def __repr__(self) -> str:
        return f"AsCoded({self._original!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AsCoded) and other.cache_key == self.cache_key

    def __hash__(self) -> int:
        return hash(self.cache_key)

    def awkward_form(self, file: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the original's form."""
        return self._original.awkward_form(file, *args, **kwargs)

    def basket_array(
        self,
        data: Any,
        byte_offsets: Any,
        basket: Any,
        branch: Any,
        context: Any,
        cursor_offset: Any,
        library: Any,
        interp_options: Any,
    ) -> Any:
        """Return nothing of use: carriers hold a constant."""
        return data

    def final_array(
        self,
        basket_arrays: Any,
        entry_start: int,
        entry_stop: int,
        entry_offsets: Any,
        library: Any,
        branch: Any,
        options: Any,
    ) -> Any:
        """Decode the column over a range of entries."""
        values = self._coded.values(self._branch.name, entry_start, max(entry_start, entry_stop))
        output: Any = values.flat
        if values.counts is not None:
            offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(values.counts)])
            output = JaggedArray(offsets, values.flat)
        elif library.name == "np":
            output = values.flat.copy()
        original = self._original
        return library.finalize(output, branch, original, entry_start, entry_stop, options)


def coded(tree: Any) -> CodedTree | None:
    """Return the coded columns of an opened tree, or None if it has none."""
    found: CodedTree | None = tree.__dict__.get(_TREE)
    return found


def _dress(tree: Any) -> None:
    """Give carriers the names of their columns and hide the bookkeeping."""
    branches = tree.member("fBranches")
    carriers = [b for b in branches if b.member("fName").endswith(CARRIER)]
    hidden = {b.member("fName"): b for b in branches if b.member("fName") in (BLOCK, ENTRY)}
    if not carriers:
        _refuse_plain_first(tree, hidden)
        return
    mark = CodedTree(tree)
    tree.__dict__[_TREE] = mark
    tree.__dict__["_rootae_hidden"] = hidden
    for branch in carriers:
        _rename(branch, branch.member("fName").removesuffix(CARRIER))
        branch.__dict__[_MARK] = mark
    for index, branch in enumerate(hidden.values()):
        branch._index = len(branches._data) + index  # uproot would look for it among the shown
    branches._data[:] = [b for b in branches if b.member("fName") not in hidden]


def _rename(branch: Any, name: str) -> None:
    for model in (branch, *branch.bases):
        for holder in (model, *model.bases):
            if "fName" in holder._members:
                holder._members["fName"] = name


def _refuse_plain_first(tree: Any, hidden: dict[str, Any]) -> None:
    """Refuse a tree without carriers in a file that holds blocks of it."""
    path = str(tree.object_path).strip("/").rsplit(";", 1)[0]
    if path.startswith(f"{DIRECTORY}/"):
        return
    root = getattr(tree.file, "root_directory", None)
    if root is None or DIRECTORY not in root.keys(recursive=False, cycle=False):
        return
    container = Container(root, str(tree.file.file_path))
    if path in container.coded_trees():
        msg = (
            f"{container.where}:{path} has no coded columns, but the file holds "
            f"{container.stored(path).total} coded entries of it: a plain file was merged with "
            "compressed ones; merge the originals with rootae merge"
        )
        raise CorruptError(msg)


def install() -> None:
    """Make uproot show decoded columns; doing it twice changes nothing."""
    if getattr(TTree.postprocess, "_rootae", False):
        return
    original = TTree.postprocess

    def postprocess(self: Any, chunk: Any, cursor: Any, context: Any, file: Any) -> Any:
        _dress(self)
        return original(self, chunk, cursor, context, file)

    postprocess._rootae = True  # type: ignore[attr-defined]
    TTree.postprocess = postprocess
    uproot.register_interpretation(AsCoded)
