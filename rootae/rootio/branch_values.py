"""A branch's values as ROOT reads them, also where uproot would read others."""

from __future__ import annotations

from typing import Any

from uproot.behaviors.TBranch import TBranch
from uproot.interpretation.numerical import AsDtype

from rootae.rootio import packed, texts

__all__ = ["interpretation", "read"]


def read(branch: Any, start: int, stop: int) -> Any:
    """Read a branch over a range of entries, whatever it holds.

    Arguments:
        branch: the uproot branch, or the field of an RNTuple.
        start, stop: the entries.
    """
    how = {"entry_start": start, "entry_stop": stop, "library": "ak", "array_cache": None}
    own = interpretation(branch) if isinstance(branch, TBranch) else None
    return branch.array(**how) if own is None else branch.array(own, **how)


def interpretation(branch: Any) -> Any:
    """Return how a branch is read if not as uproot does, or None.

    Arguments:
        branch: the uproot branch.
    """
    if packed.is_packed(branch):
        return packed.interpretation(branch)
    return texts.interpretation(branch) or _without_dimensions(branch)


def _without_dimensions(branch: Any) -> Any:
    """Return how to read one number an entry whose name is like an array's: ``x[6]``."""
    leaves, theirs = branch.member("fLeaves"), branch.interpretation
    if len(leaves) != 1 or type(theirs) is not AsDtype or not theirs.to_dtype.shape:
        return None
    is_one = leaves[0].member("fLen") == 1 and leaves[0].member("fLeafCount") is None
    return AsDtype(theirs.from_dtype.base, theirs.to_dtype.base) if is_one else None
