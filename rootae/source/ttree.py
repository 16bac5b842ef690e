"""A tree's branches as uproot describes them: which can be coded, and which only passed through."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from uproot.containers import AsVector
from uproot.interpretation.custom import CustomInterpretation
from uproot.interpretation.jagged import AsJagged
from uproot.interpretation.numerical import AsDtype
from uproot.interpretation.objects import AsObjects
from uproot.interpretation.strings import AsStrings

from rootae.errors import RootaeError
from rootae.rootio import packed
from rootae.rootio.baskets import omits_places
from rootae.rootio.branch_values import interpretation as interpretation_of
from rootae.rootio.leaves import is_known, leaf_of, usual_leaf
from rootae.schema.column import INNER, SIZES, Branch, Column, branch_of
from rootae.schema.leaf import Leaf
from rootae.schema.tree import TreeSchema

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["describe", "file_of", "oddity"]

_DEPTH = 2  # of vectors of vectors
_NAME_AT_MOST = 255  # bytes of a text with one byte for its length
_UNKNOWN = "unknown"  # uproot's type of what it makes nothing of


def describe(tree: Any, path: str, aside: Collection[str] = ()) -> TreeSchema:
    """Sort a tree's branches into columns, passing and unsupported ones.

    What uproot makes nothing of, or something else than ROOT does, is unsupported: only ROOT
    can copy it.

    Arguments:
        tree: the uproot tree.
        path: its path in the file.
        aside: names of branches that uproot cannot read: these and what they count are unsupported.
    """
    branches = list(tree.branches)
    names = [str(b.name) for b in branches]
    strange = {*aside, *(n for n in names if branch_of(n) != n)}
    strange |= {n for n, times in Counter(names).items() if times > 1}
    odd = [oddity(b, int(tree.num_entries)) for b in branches]
    pairs = zip(branches, odd, strict=True)
    told = [None if why or b.name in strange else _described(b) for b, why in pairs]
    columns = _sound([c for c in told if isinstance(c, Column)])
    known = {c.name for c in columns}
    passing = [b for b in told if isinstance(b, Branch)]
    known |= {b.name for b in passing}
    left = [(b, why) for b, why in zip(branches, odd, strict=True) if b.name not in known]
    needed = {name for b, _ in left for name in _counting(b)}
    lost = tuple((str(b.name), why or _kind(b)) for b, why in left)
    whole, order = _counted(columns), tuple(names)
    kinds = tuple(passing), lost, order, frozenset(needed)
    return TreeSchema(path, str(tree.title), whole, *kinds, _weight(tree))


def oddity(branch: Any, entries: int) -> str | None:
    """Say why uproot would read a branch otherwise than ROOT does, or None if it would not.

    Arguments:
        branch: the uproot branch.
        entries: those of its tree.
    """
    elsewhere = file_of(branch)
    if elsewhere:
        return f"its baskets are in {elsewhere}"
    if int(branch.num_entries) != entries:
        return f"{branch.num_entries} entries, not the tree's {entries}"
    if omits_places(branch) and not _is_plainly_counted(branch):
        return "its baskets leave out where entries begin"
    if packed.is_packed(branch) and packed.interpretation(branch) is None:
        return "Float16_t or Double32_t, packed in a way that is not clear"
    return None


def _is_plainly_counted(branch: Any) -> bool:
    """Say whether another branch counts a branch's values, each of which has all of its bytes."""
    leaves = branch.member("fLeaves")
    counted = len(leaves) == 1 and leaves[0].member("fLeafCount") is not None
    return counted and leaves[0].member("fLen") == 1 and not packed.is_packed(branch)


def file_of(branch: Any) -> str:
    """Return the other file that a branch's baskets, or those of a branch below it, are in.

    uproot leaves the name of that file unread: it is the last thing of a branch.
    Source: https://root.cern/doc/master/classTBranch.html, ``fFileName``.
    """
    data = branch.tree.chunk.raw_data
    plain = next((b for b in branch.bases if b.classname == "TBranch"), branch)
    end = plain.cursor.index + (plain.num_bytes or 0)
    own = _last_text(bytes(data[max(end - _NAME_AT_MOST, 0) : end])) if data[end - 1] else ""
    return own or next(filter(None, map(file_of, branch.branches)), "")


def _last_text(data: bytes) -> str:
    """Return the text, after a byte with its length, that some bytes end with."""
    texts = (data[-n:] for n in range(len(data) - 1, 0, -1) if data[-n - 1] == n)
    found = (text.decode(errors="replace") for text in texts)
    return next((text for text in found if text.isprintable()), "another file")


def _described(branch: Any) -> Column | Branch | None:
    """Describe a branch of numbers or of strings, or return None for anything else."""
    try:
        column = _column(branch)
        if column is not None:
            return _with_leaf(column, branch)
        if leaf_of(branch) == Leaf("TLeafC", branch.name, branch.name) and (
            isinstance(branch.interpretation, AsStrings) and branch.typename == "char*"
        ):
            return Branch(branch.name, branch.typename, branch.title, coded=False)
    except RootaeError:
        raise
    except Exception:  # whatever uproot makes of it, ROOT may know better
        return None
    return None


def _kind(branch: Any) -> str:
    """Return a branch's type as uproot names it, or as ROOT lists its leaves."""
    try:
        kind = str(branch.typename)
    except Exception:  # as in `_described`
        kind = _UNKNOWN
    return str(branch.title) if kind == _UNKNOWN else kind


def _sound(columns: list[Column]) -> list[Column]:
    """Leave out what is counted by anything but another column."""
    counting = {c.name for c in columns if _counts(c)}
    alone = (None, *(x.name for c in columns for x in c.sizes()))
    return [c for c in columns if c.counter in counting or c.counter in alone]


def _counted(columns: list[Column]) -> tuple[Column, ...]:
    """Put the sizes of vectors beside these, and mark what counts others."""
    sized = [x for c in columns for x in (c, *c.sizes())]
    counters = {c.counter for c in sized}
    return tuple(dataclasses.replace(c, is_counter=c.name in counters) for c in sized)


def _counts(column: Column) -> bool:
    """Say whether a column can count another one: a whole number an entry."""
    return column.counter is None and not column.inner_shape and np.dtype(column.dtype).kind in "iu"


def _counting(branch: Any) -> set[str]:
    """Return the names of the branches that count the elements of a branch and all below it."""
    counts = (leaf.member("fLeafCount") for leaf in branch.member("fLeaves"))
    found = {str(_branch_with(leaf).name) for leaf in counts if leaf is not None}
    return found.union(*(_counting(b) for b in branch.branches))


def _branch_with(leaf: Any) -> Any:
    """Return the branch of a leaf, which may have been read as part of what it counts."""
    while leaf.is_instance("TLeaf"):
        leaf = leaf.parent
    return leaf


def _column(branch: Any) -> Column | None:
    """Describe a numeric branch, or return None for anything else."""
    if len(branch.branches):
        return None
    numbers = interpretation_of(branch)
    interpretation, counter = numbers or branch.interpretation, None
    if isinstance(interpretation, AsObjects):
        counter, interpretation = f"{branch.name}{INNER}", _nested(interpretation.model)
    elif isinstance(interpretation, AsJagged):
        counter = _counter(branch, interpretation)
        interpretation = interpretation.content
        if counter is None:
            return None
    to_dtype = getattr(interpretation, "to_dtype", None)
    if to_dtype is None or to_dtype.base.kind not in "biuf" or to_dtype.base.itemsize > 8:
        return None
    base = to_dtype.base.newbyteorder("=")
    if base.kind == "f" and base.itemsize < 4:
        return None
    shape = tuple(int(n) for n in to_dtype.shape)
    typename = branch.typename if numbers is None else _named(branch, numbers)
    return Column(branch.name, base.name, shape, counter, typename, branch.title)


def _named(branch: Any, numbers: Any) -> str:
    """Return the type of a branch that uproot misreads; it stumbles over some of them here too."""
    try:
        return str(branch.typename) if packed.is_packed(branch) else str(numbers.typename)
    except Exception:  # as in `_described`
        return str(numbers.typename)


def _with_leaf(column: Column, branch: Any) -> Column | None:
    """Say what a column's leaf is, or return None if such a branch cannot be made again."""
    leaf = leaf_of(branch)
    if leaf is None or not is_known(column, leaf, str(branch.classname)):
        is_carrier = isinstance(branch.interpretation, CustomInterpretation)
        return column if is_carrier else None  # its codec knows
    return column if leaf == usual_leaf(column) else dataclasses.replace(column, leaf=leaf)


def _weight(tree: Any) -> float:
    """Return a tree's weight; old ones have none."""
    weight = tree.member("fWeight", none_if_missing=True)
    return 1.0 if weight is None else float(weight)


def _nested(model: Any) -> Any:
    """Return how the numbers of a vector of vectors are read, or None if it is anything else."""
    depth = 0
    while isinstance(model, AsVector):
        model, depth = model.values, depth + 1
    return AsDtype(model) if depth == _DEPTH and isinstance(model, np.dtype) else None


def _counter(branch: Any, interpretation: Any) -> str | None:
    if branch.count_branch is not None and not interpretation.header_bytes:
        return str(branch.count_branch.name)
    if branch.typename.startswith("std::vector<") and branch.typename.count("<") == 1:
        return f"{branch.name}{SIZES}"
    return None
