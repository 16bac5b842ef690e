"""A tree's header in one pass: uproot adds up all that comes before it anew for each branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from uproot.models.TObjArray import _tobjarray_format1
from uproot.serialization import numbytes_version
from uproot.writing._cascadetree import Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["WideTree"]

_PLACES = ("metadata_start", "basket_metadata_start", "tleaf_reference_number")
_TREE, _ARRAY = 20, 3  # versions of the classes
_TAIL = 3  # pieces behind the branches: two of the list of leaves, and what a tree may hold more
_LEAVES = b"\x00\x01\x00\x00\x00\x00\x03\x00\x00\x00\x00"  # a list without a name
_BRANCHES = b"\x00\x01\x00\x00\x00\x00\x03\x00@\x00\x00"


class WideTree(Tree):  # type: ignore[misc]  # uproot has no annotations
    """A tree under way whose header takes time that grows with branches, not with their square.

    The bytes are uproot's: it describes each branch alone, and these pieces are put together.
    """

    _branch_data: list[dict[str, Any]]

    def _build_out(self) -> list[bytes]:
        """Return the tree's description in pieces, as uproot's own method does."""
        branches = [d for d in self._branch_data if d["kind"] != "record"]
        if (
            branches
            and self._alone([])
            and b"".join(self._alone(branches[:1])) == b"".join(self._together(branches[:1]))
        ):
            return self._together(branches)
        found: list[bytes] = super()._build_out()  # another version of uproot lays them out anew
        return found

    def _alone(self, branches: Sequence[dict[str, Any]]) -> list[bytes]:
        """Return the description of a tree that has some of the branches only."""
        every = self._branch_data
        self._branch_data = list(branches)
        try:
            found: list[bytes] = super()._build_out()
        finally:
            self._branch_data = every
        return found

    def _together(self, branches: Sequence[dict[str, Any]]) -> list[bytes]:
        empty = self._alone([])
        first = len(empty) - _TAIL  # piece of the first branch
        pieces, shift = list[bytes](), 0
        for branch in branches:  # what counts others comes before these, which point to it
            mine = b"".join(self._alone([branch])[first:-_TAIL])
            for place in _PLACES:
                branch[place] += shift
            pieces.append(mine)
            shift += len(mine)
        refs = np.array([b["tleaf_reference_number"] for b in branches], ">u4").tobytes()
        leaves = _LEAVES + _tobjarray_format1.pack(len(branches), 0) + refs
        held = _BRANCHES + _tobjarray_format1.pack(len(branches), 0) + b"".join(pieces)
        told = [*empty[1 : first - 3], numbytes_version(len(held), _ARRAY), held]
        told += [numbytes_version(len(leaves), _ARRAY), leaves, empty[-1]]
        return [numbytes_version(sum(map(len, told)), _TREE), *told]
