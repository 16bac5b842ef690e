"""Decoded columns as ordinary uproot branches.

uproot offers `register_interpretation` for the values; for the names there is no hook, so one
method of its TTree, `postprocess`, is wrapped here: as a tree is read, carriers take the names of
the columns they stand for and bookkeeping branches disappear. That is all that depends on uproot's
insides; the tests run it against every supported version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import uproot
from uproot.behaviors.TTree import TTree
from uproot.containers import AsVector, STLVector
from uproot.interpretation.custom import CustomInterpretation
from uproot.interpretation.jagged import AsJagged, JaggedArray
from uproot.interpretation.numerical import AsDtype
from uproot.interpretation.objects import AsObjects
from uproot.reading import ReadOnlyKey

from rootae.carriers import COLUMN, TREE, guard, stand_for
from rootae.coded import CodedTree
from rootae.container import Container
from rootae.errors import CorruptError
from rootae.keys import newest
from rootae.kinds import Kind, kinds_of
from rootae.listing import has_own, leave_out
from rootae.sidetree import BLOCK, CARRIER, DIRECTORY, ENTRY

if TYPE_CHECKING:
    from rootae.schema import Values

__all__ = ["AsCoded", "AsCodedJagged", "coded", "install"]


class AsCoded(CustomInterpretation):  # type: ignore[misc]  # uproot has no annotations
    """Interprets a carrier as the column it stands for."""

    @classmethod
    def match_branch(cls, branch: Any, context: Any, simplify: Any) -> bool:
        """Say whether a branch is the carrier of a column with one value an entry."""
        return _is_jagged(branch) is False

    @property
    def _coded(self) -> CodedTree:
        tree: CodedTree = self._branch.__dict__[COLUMN]
        return tree

    @property
    def _plain(self) -> Any:
        """Return what uproot would have used for the original branch."""
        column = self._coded.column(self._branch.name)
        dtype = np.dtype(column.dtype).newbyteorder(">")
        if column.is_nested:
            return AsObjects(AsVector(True, AsVector(False, dtype)), self._branch)
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
        return self._plain.numpy_dtype

    def __repr__(self) -> str:
        return f"AsCoded({self._plain!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AsCoded) and other.cache_key == self.cache_key

    def __hash__(self) -> int:
        return hash(self.cache_key)

    def awkward_form(self, file: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the original's form."""
        return self._plain.awkward_form(file, *args, **kwargs)

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
        self._coded.check_carrier(self._branch)
        name, stop = self._branch.name, max(entry_start, entry_stop)
        column, values = self._coded.column(name), self._coded.values(name, entry_start, stop)
        output: Any = values.flat
        if column.is_nested:
            inner = self._coded.values(str(column.counter), entry_start, stop)
            output = _nested(values, inner, library)
        elif values.counts is not None:
            offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(values.counts)])
            output = JaggedArray(offsets, output)
        original = self._plain
        return library.finalize(output, branch, original, entry_start, entry_stop, options)


class AsCodedJagged(AsCoded, AsJagged):  # type: ignore[misc]
    """Interprets a carrier as a jagged column: ``how="zip"`` looks for `AsJagged`."""

    @classmethod
    def match_branch(cls, branch: Any, context: Any, simplify: Any) -> bool:
        """Say whether a branch is the carrier of a jagged column."""
        return _is_jagged(branch) is True

    @property
    def content(self) -> Any:
        """Return the interpretation of the lists' values."""
        return self._plain.content

    @property
    def header_bytes(self) -> int:
        """Return how many bytes stand before each list: carriers have none."""
        return 0

    @property
    def original(self) -> None:
        """Return nothing: the interpretation was not simplified from another."""


def _is_jagged(branch: Any) -> bool | None:
    """Say whether uproot calls a carrier's column jagged; None if the branch is no carrier."""
    mark = branch.__dict__.get(COLUMN)
    column = None if mark is None else mark.column(branch.name)
    return None if column is None else column.counter is not None and not column.is_nested


def _nested(values: Values, inner: Values, library: Any) -> Any:
    """Return vectors of vectors as a library takes them from uproot."""
    array = values.to_array(inner)
    if library.name != "np":
        return array.layout
    found = np.empty(len(array), dtype=object)
    for i, vectors in enumerate(array):
        parts = np.empty(len(vectors), dtype=object)
        parts[:] = [STLVector(np.asarray(v)) for v in vectors]
        found[i] = STLVector(parts)
    return found


def coded(tree: Any) -> CodedTree | None:
    """Return the coded columns of an opened tree, or None if it has none."""
    found: CodedTree | None = tree.__dict__.get(TREE)
    return found


def _dress(tree: Any) -> None:
    """Give carriers the names of their columns and hide the bookkeeping."""
    if not isinstance(tree.parent, ReadOnlyKey):  # a tree in an object, without its baskets
        return
    for base in tree.bases:  # a TNtuple is a TTree with something added, and that comes first
        if TREE in base.__dict__:
            stand_for(tree, TREE, base.__dict__[TREE])
            return
    branches = tree.member("fBranches")
    carriers = [b for b in branches if b.member("fName").endswith(CARRIER)]
    hidden = {b.member("fName"): b for b in branches if b.member("fName") in (BLOCK, ENTRY)}
    if not carriers:
        _refuse_plain_first(tree)
        return
    if not hidden and _blocks_in(tree) is None:  # branches of the user's that are called so
        return
    names = [b.member("fName").removesuffix(CARRIER) for b in carriers]
    mark = CodedTree(tree, names, hidden)
    stand_for(tree, TREE, mark)
    for branch, name in zip(carriers, names, strict=True):
        _rename(branch, name)
        stand_for(branch, COLUMN, mark)
    for index, branch in enumerate(hidden.values()):
        branch._index = len(branches._data) + index  # uproot would look for it among the shown
    branches._data[:] = [b for b in branches if b.member("fName") not in hidden]


def _rename(branch: Any, name: str) -> None:
    for model in (branch, *branch.bases):
        for holder in (model, *model.bases):
            if "fName" in holder._members:
                holder._members["fName"] = name


def _blocks_in(tree: Any) -> Container | None:
    """Return what a tree's file holds of rootae's, if it holds blocks of a tree of that path."""
    path = _path(tree)
    root = getattr(tree.file, "root_directory", None)
    if root is None or path.startswith(f"{DIRECTORY}/") or not has_own(root):
        return None
    container = Container(root, str(tree.file.file_path))
    return container if path in container.coded_trees() else None


def _path(tree: Any) -> str:
    return str(tree.object_path).strip("/").rsplit(";", 1)[0]


def _refuse_plain_first(tree: Any) -> None:
    """Refuse a tree without carriers in a file that holds blocks of it."""
    container = _blocks_in(tree)
    if container is None:
        return
    path, (*_, cycle) = _path(tree), str(tree.object_path).rsplit(";", 1)
    if not cycle.isdecimal() or int(cycle) >= newest(container.root, path, _is_tree).fCycle:
        msg = (
            f"{container.where}:{path} has no coded columns, but the file holds "
            f"{container.stored(path).total} coded entries of it: a plain file was merged with "
            "compressed ones; merge the originals with rootae merge"
        )
        raise CorruptError(msg)


def _is_tree(name: str) -> bool:
    return kinds_of(None, {name})[name] == Kind.TREE


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
    guard()
    leave_out()
    uproot.register_interpretation(AsCoded)
    uproot.register_interpretation(AsCodedJagged)
