"""A tree that must be coded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rootae.reader import hook

if TYPE_CHECKING:
    from rootae.reader.tree import CodedTree


def coded(tree: Any) -> CodedTree:
    """Return what uproot's tree is decoded by."""
    found = hook.coded(tree)
    assert found is not None, f"{tree.name} is not coded"
    return found
