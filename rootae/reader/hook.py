"""Decoded columns as ordinary uproot branches.

uproot offers `register_interpretation` for the values; for the names there is no hook, so one
method of its TTree, `postprocess`, is wrapped here: as a tree is read, carriers take the names of
the columns they stand for and bookkeeping branches disappear. That is all that depends on uproot's
insides; the tests run it against every supported version.
"""

from __future__ import annotations

from typing import Any

import uproot
from uproot.behaviors.TTree import TTree
from uproot.reading import ReadOnlyKey

from rootae.container.container import Container
from rootae.container.side_tree import BLOCK, CARRIER, DIRECTORY, ENTRY
from rootae.errors import CorruptError
from rootae.reader.carriers import COLUMN, TREE, guard, stand_for
from rootae.reader.interpretation import AsCoded, AsCodedJagged
from rootae.reader.listing import has_own, leave_out
from rootae.reader.tree import CodedTree
from rootae.rootio.keys import newest
from rootae.rootio.kinds import Kind, kinds_of

__all__ = ["coded", "install"]


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
