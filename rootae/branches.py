"""A tree's branches as uproot describes them: which can be coded, and which only passed through."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from uproot.containers import AsVector
from uproot.interpretation.jagged import AsJagged
from uproot.interpretation.numerical import AsDtype
from uproot.interpretation.objects import AsObjects
from uproot.interpretation.strings import AsStrings

from rootae.schema import INNER, SIZES, Branch, Column, TreeSchema, branch_of

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["describe"]

_DEPTH = 2  # of vectors of vectors
_PACKED = ("TLeafD32", "TLeafF16")
_RESERVED = ("rootae_block", "rootae_entry")  # what a compressed tree's own branches are called


def describe(tree: Any, path: str, aside: Collection[str] = ()) -> TreeSchema:
    """Sort a tree's branches into columns, passing and unsupported ones.

    Arguments:
        tree: the uproot tree.
        path: its path in the file.
        aside: names of branches that uproot cannot read: these and what they count are unsupported.
    """
    columns: list[Column] = []
    passing: list[Branch] = []
    unsupported: list[tuple[str, str]] = []
    needed: set[str] = set()
    branches = list(tree.branches)
    names = [b.name for b in branches]
    for branch in branches:
        if _is_misread(branch):
            needed |= _counting(branch)
            unsupported.append((branch.name, "Double32_t or Float16_t, with a range, of arrays"))
            continue
        known = names.count(branch.name) == 1 and branch.name not in (*_RESERVED, *aside)
        known = known and branch_of(branch.name) == branch.name
        column = _column(branch) if known else None
        if column is not None and column.counter not in aside:
            columns += [column, *column.sizes()]
        elif known and isinstance(branch.interpretation, AsStrings) and branch.typename == "char*":
            passing.append(Branch(branch.name, branch.typename, branch.title, coded=False))
        else:
            needed |= _counting(branch)
            unsupported.append((branch.name, branch.typename))
    counters = {c.counter for c in columns}
    counted = tuple(dataclasses.replace(c, is_counter=c.name in counters) for c in columns)
    title = str(tree.title)
    lost, order = tuple(unsupported), tuple(names)
    return TreeSchema(path, title, counted, tuple(passing), lost, order, frozenset(needed))


def _counting(branch: Any) -> set[str]:
    """Return the names of the branches that count the elements of a branch and all below it."""
    found = {str(branch.count_branch.name)} if branch.count_branch is not None else set()
    return found.union(*(_counting(b) for b in branch.branches))


def _is_misread(branch: Any) -> bool:
    """Say whether uproot takes the length of arrays for the range of their packed numbers."""
    titles = (x.member("fTitle") for x in branch.member("fLeaves") if x.classname in _PACKED)
    return any("[" in title.split("/")[0] and "[" in title.partition("/")[2] for title in titles)


def _column(branch: Any) -> Column | None:
    """Describe a numeric branch, or return None for anything else."""
    interpretation, counter = branch.interpretation, None
    if len(branch.branches):
        return None
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
    return Column(branch.name, base.name, shape, counter, branch.typename, branch.title)


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
