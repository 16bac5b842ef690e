"""Lanes on their way to bytes, drafted by the native core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.drafts import Drafts
from rootae.codec.lane_encoder import are_many
from rootae.kernels.lanes import raw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.codec.compiled import CompiledTree
    from rootae.codec.native_codec import NativeTree

__all__ = ["NativeBlock", "NativeDrafts"]


class NativeBlock:
    """A block under way, as the core has it.

    Arguments:
        native: the tree of a codec that decodes what the tree's coder codes.
        tree: the coder.
        rows: of each group.
        counters: values of lanes that count rows, by number: links find objects by them.
    """

    def __init__(
        self,
        native: NativeTree,
        tree: CompiledTree,
        rows: Sequence[int],
        counters: Mapping[int, NDArray[Any]],
    ) -> None:
        self.core = native.core
        self.tree = tree
        self.rows = rows
        self.handle = self.core.open_draft(native.codec, native.number, np.array(rows, np.int64))
        for lane, values in counters.items():
            self.core.draft_count(self.handle, lane, raw(values))


class NativeDrafts(Drafts):
    """Drafts the lanes of one group.

    Arguments:
        block: under way.
        number: of the group.
    """

    def __init__(self, block: NativeBlock, number: int) -> None:
        super().__init__(block.tree.coders[number])
        self._core, self._block = block.core, block.handle
        self._number = number
        self._first = block.tree.layout.first[number]
        self._rows = block.rows[number]

    def codes(self, lane: int, x: NDArray[Any]) -> NDArray[np.int64]:
        """Return the codes of a lane's values."""
        q = np.empty(self._rows, np.int64)
        self._core.draft_codes(self._block, self._first + lane, raw(x), q)
        return q

    def take_latents(self, latents: NDArray[np.int64]) -> None:
        """Let contexts look at latents."""
        z = np.ascontiguousarray(latents, np.int64)
        self._core.draft_latents(self._block, self._number, z)

    def _contexts(self, lane: int) -> NDArray[Any]:
        out = np.empty(2 * self._rows, np.uint8)
        width: int = self._core.draft_contexts(self._block, self._first + lane, out)
        return out[: width * self._rows].view(f"u{width}")

    def _centre(self, lane: int) -> NDArray[np.int64]:
        out = np.empty(self._rows, np.int64)
        self._core.draft_centre(self._block, self._first + lane, out)
        return out

    def _put(self, lane: int, x: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp] | None]:
        q = np.empty(self._rows, np.int64)
        wrong = self._asked(self._core.draft_put, lane, x, q)
        if x.dtype.kind != "b" and are_many(wrong, x):
            self._core.draft_bits(self._block, self._first + lane, raw(x))
            return q, None
        return q, wrong

    def _derive(self, lane: int, x: NDArray[Any]) -> NDArray[np.intp] | None:
        wrong = self._asked(self._core.draft_derive, lane, x)
        return None if are_many(wrong, x) else wrong

    def _asked(
        self, function: Any, lane: int, x: NDArray[Any], *codes: NDArray[np.int64]
    ) -> NDArray[np.intp]:
        """Return the rows of values that do not come back within the bound."""
        bound = self._coder.plan.lanes[lane].bound
        marks = np.empty(self._rows, np.uint8)
        about = (self._block, self._first + lane, bound.number, bound.error)
        count = function(*about, raw(x), marks, *codes)
        return np.flatnonzero(marks) if count else np.zeros(0, np.intp)
