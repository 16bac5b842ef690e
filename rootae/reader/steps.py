"""Steps smaller than a block, cut out of what is read of a block at one go.

uproot reads every step anew, which costs 0.4 ms a branch and step whatever is in it; a block is
decoded as a whole anyway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from uproot.behaviors.TBranch import Report
from uproot.language.python import python_language

from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rootae.reader.tree import CodedTree

__all__ = ["steps", "stride"]

_FILTERS = ("filter_name", "filter_typename", "filter_branch")
_LIBRARIES = {"ak", "awkward", "np", "numpy"}


def stride(
    tree: Any, coded: CodedTree, expressions: Any, cut: Any, options: dict[str, Any]
) -> int | None:
    """Return how many entries are read at one go, or None where uproot's own way is taken.

    That is so where steps are not smaller than blocks, are given in bytes, or where what a step
    gives is more than some of its branches' entries: cuts, formulas, indices of pandas.

    Arguments:
        tree: the tree whose entries are asked for.
        coded: its coded columns.
        expressions, cut, options: what its `iterate` was given.
    """
    step = options.get("step_size")
    if not isinstance(step, (int, np.integer)) or step < 1 or cut is not None:
        return None
    if not _is_plain(options) or not _are_branches(tree, expressions, options):
        return None
    try:
        blocks = len(coded.stored.starts) - 1
    except CorruptError:  # reading a coded column will say it; others can be read
        return None
    times = int(coded.entries // max(blocks, 1) // step)
    return int(step) * times if times > 1 else None


def steps(tree: Any, expressions: Any, stride: int, options: dict[str, Any]) -> Iterator[Any]:
    """Yield what `iterate` of a tree yields.

    Arguments:
        tree: the tree.
        expressions: names of branches, or None for all that the filters let pass.
        stride: how many entries are read at one go, whole steps.
        options: the others of `iterate`.
    """
    options = {"library": "ak", **options, "array_cache": None}  # a step is read once
    step, report = int(options.pop("step_size")), options.pop("report", False)
    asked = slice(options.pop("entry_start", None), options.pop("entry_stop", None))
    start, stop, _ = asked.indices(int(tree.num_entries))
    for low in range(start, stop, stride):
        high = min(low + stride, stop)
        whole = tree.arrays(expressions, entry_start=low, entry_stop=high, **options)
        for first in range(low, high, step):
            last = min(first + step, high)
            part = _part(whole, first - low, last - low)
            yield (part, Report(tree, first, last)) if report else part


def _is_plain(options: dict[str, Any]) -> bool:
    """Say whether parts of an array are its entries: uproot's own `iterate` names every option."""
    library = options.get("library", "ak")
    named = getattr(library, "name", library)
    language = options.get("language", python_language)
    return named in _LIBRARIES and options.get("aliases") is None and language is python_language


def _are_branches(tree: Any, expressions: Any, options: dict[str, Any]) -> bool:
    """Say whether what is asked for are branches, and not formulas of them, or nothing."""
    if expressions is None:
        filters = {name: options[name] for name in _FILTERS if name in options}
        return len(tree.keys(**filters)) > 0
    names = [expressions] if isinstance(expressions, str) else expressions
    return isinstance(names, list) and all(isinstance(n, str) and n in tree for n in names)


def _part(whole: Any, first: int, last: int) -> Any:
    """Return some entries of arrays, held together as they are."""
    if isinstance(whole, dict):
        return {name: array[first:last] for name, array in whole.items()}
    if isinstance(whole, (list, tuple)):
        return type(whole)(array[first:last] for array in whole)
    return whole[first:last]
