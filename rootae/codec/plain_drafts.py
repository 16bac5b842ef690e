"""Lanes on their way to bytes, drafted in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rootae.codec.contexts.contexts import StageContexts
from rootae.codec.drafts import Drafts
from rootae.codec.lane_encoder import Seen, by_rule, on_grid
from rootae.codec.view import Held, View
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from rootae.codec.compiled import CompiledTree

__all__ = ["PlainDrafts"]


class PlainDrafts(Drafts):
    """Drafts the lanes of one group.

    Arguments:
        tree: the coder of the block's tree.
        number: of the group.
        rows: of the group.
        held: the block's lanes so far; shared.
        counters: values of lanes that count rows, by number: links find objects by them.
    """

    def __init__(
        self,
        tree: CompiledTree,
        number: int,
        rows: int,
        held: Held,
        counters: Mapping[int, NDArray[Any]],
    ) -> None:
        super().__init__(tree.coders[number])
        self._tree = tree
        self._first = tree.layout.first[number]
        self._held = held
        self._view = View(tree, number, rows, held, counters)
        self._of_lanes = StageContexts(self._coder, self._view)

    def codes(self, lane: int, x: NDArray[Any]) -> NDArray[np.int64]:
        """Return the codes of a lane's values."""
        return self._coder.grids[lane].forward(x)

    def take_latents(self, latents: NDArray[np.int64]) -> None:
        """Let contexts look at latents."""
        self._view.take_latents(latents)

    def _contexts(self, lane: int) -> NDArray[Any]:
        return _there(self._of_lanes.of(lane))

    def _centre(self, lane: int) -> NDArray[np.int64]:
        return _there(self._of_lanes.centre(lane))

    def _put(self, lane: int, x: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp] | None]:
        found = on_grid(x, self._coder.grids[lane], self._coder.plan.lanes[lane].bound)
        self._hold(lane, found)
        return found.codes, found.wrong

    def _derive(self, lane: int, x: NDArray[Any]) -> NDArray[np.intp] | None:
        plan, grid = self._coder.plan.lanes[lane], self._coder.grids[lane]
        terms = plan.derived.terms if plan.derived is not None else ()
        sources = [self._view.values(j) for j, _ in terms]
        value = plan.derived.evaluate(sources, grid.dtype) if plan.derived is not None else x
        found = by_rule(x, value, grid, plan.bound)
        if found is None:
            return None
        self._hold(lane, found)
        return found.wrong

    def _hold(self, lane: int, found: Seen) -> None:
        """Keep what others may look at."""
        number = self._first + lane
        if number in self._tree.read_by_others:
            seen = lane in self._coder.looked_at
            self._held.add(number, found.codes, found.values, looked_at=seen)


def _there(found: NDArray[Any] | None) -> NDArray[Any]:
    if found is None:
        msg = "a lane's contexts or centre are not there: the plan is damaged"
        raise CorruptError(msg)
    return found
