"""A branch's values as ROOT reads them, also where uproot would read others."""

from __future__ import annotations

from typing import Any

from uproot.behaviors.TBranch import TBranch

from rootae import packed, texts

__all__ = ["read"]


def read(branch: Any, start: int, stop: int) -> Any:
    """Read a branch over a range of entries, whatever it holds.

    Arguments:
        branch: the uproot branch, or the field of an RNTuple.
        start, stop: the entries.
    """
    how = {"entry_start": start, "entry_stop": stop, "library": "ak", "array_cache": None}
    own = _interpretation(branch) if isinstance(branch, TBranch) else None
    return branch.array(**how) if own is None else branch.array(own, **how)


def _interpretation(branch: Any) -> Any:
    """Return how a branch is read if not as uproot does."""
    if packed.is_packed(branch):
        return packed.interpretation(branch)
    return texts.interpretation(branch)
