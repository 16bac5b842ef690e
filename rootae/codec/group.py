"""One group of one block: lanes in, blobs out; stages run as they will for a reader."""

from __future__ import annotations

import functools
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rootae.codec.contexts.contexts import StageContexts, feature
from rootae.codec.lane_encoder import draft, draft_derived, draft_predicted
from rootae.codec.plan.contexts import OfLane, Stage
from rootae.codec.plan.order import in_order
from rootae.codec.streams import stream
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from rootae.codec.contexts.network import Network
    from rootae.codec.grids.registry import Grid
    from rootae.codec.lane_encoder import Draft, Encoded
    from rootae.codec.plan.plan import GroupPlan

__all__ = ["EncodedGroup", "GroupCoder", "Linked", "feature"]


Linked: TypeAlias = "Callable[[int], NDArray[Any]]"


@dataclass(frozen=True)
class EncodedGroup:
    """A group's bytes.

    Arguments:
        latents: the joined streams of the latents.
        lanes: each lane's bytes and mode, which may be under way.
        decoded: gives a lane's values as its reader will see them.
    """

    latents: bytes
    lanes: Sequence[Future[Encoded] | Encoded]
    decoded: Callable[[int], NDArray[Any]]

    def whole(self) -> list[Encoded]:
        """Return each lane's bytes and mode, as soon as they are there."""
        return [x.result() if isinstance(x, Future) else x for x in self.lanes]


class GroupCoder:
    """Codes blocks of one group.

    Arguments:
        plan: how.
        tables: the codec's tables.
        networks: the codec's networks.
    """

    def __init__(
        self, plan: GroupPlan, tables: Sequence[NDArray[np.int64]], networks: Sequence[Network]
    ) -> None:
        self.plan = plan
        self.tables = tables
        self.networks = networks
        self.grids: list[Grid] = [x.grid.with_tables(tables) for x in plan.lanes]
        self.linked_grids: list[Grid] = [x.grid.with_tables(tables) for x in plan.links]

    @functools.cached_property
    def looked_at(self) -> frozenset[int]:
        """Return the lanes, own and linked, whose codes contexts are made of."""
        inputs = (f for c in self.plan.contexts for f in c.inputs)
        return frozenset(f.of.index for f in inputs if isinstance(f.of, OfLane))

    @functools.cached_property
    def _order(self) -> tuple[int, ...]:
        return tuple(in_order(self.plan))

    def codes(self, values: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Put every lane's values on its grid."""
        return [grid.forward(x) for grid, x in zip(self.grids, values, strict=True)]

    def encode(
        self,
        values: Sequence[NDArray[Any]],
        linked: Linked | None = None,
        later: Executor | None = None,
    ) -> EncodedGroup:
        """Code one block.

        Arguments:
            values: each lane's values, shape (rows,), the column's dtype.
            linked: gives the values of a link, by its number.
            later: makes lanes' bytes beside what is done here.
        """
        rows = len(values[0]) if values else 0
        codes = self.codes(values)
        latents = self.latents(codes, rows)
        block = _Block(self, rows, latents, linked)
        contexts = StageContexts(self, block)
        bytes_of: dict[int, Future[Encoded] | Encoded] = {}
        for i in self._order:
            lane = block.lanes[i] = self._drafted(i, values, codes, block.values, contexts)
            bytes_of[i] = lane.encode() if later is None else later.submit(lane.encode)
        stored = stream.join(stream.encode(z) for z in latents)
        return EncodedGroup(stored, [bytes_of[i] for i in range(len(codes))], block.values)

    def latents(self, codes: Sequence[NDArray[Any]], rows: int) -> NDArray[np.int64]:
        """Run the encoder: whole numbers of shape (latents, rows)."""
        encoder = self.plan.encoder
        if encoder is None or not rows:
            return np.zeros((encoder.latents if encoder else 0, rows), np.int64)
        inputs = self.inputs(codes)
        z: NDArray[np.int64] = np.rint(self.networks[encoder.network].run(inputs)).astype(np.int64)
        return z

    def inputs(self, codes: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Return what the encoder's network sees: small whole numbers, each of shape (rows,)."""
        seen = () if self.plan.encoder is None else self.plan.encoder.inputs
        return [feature(f, codes[f.of.index], self.tables) for f in seen]

    def _drafted(
        self,
        i: int,
        values: Sequence[NDArray[Any]],
        codes: Sequence[NDArray[Any]],
        decoded: Callable[[int], NDArray[Any]],
        contexts: StageContexts,
    ) -> Draft:
        lane, grid = self.plan.lanes[i], self.grids[i]
        bound = lane.bound
        if not bound.promises and isinstance(self.plan.contexts_of(i), Stage):
            return draft_predicted(len(codes[i]))
        if lane.derived is not None:
            sources = [decoded(j) for j, _ in lane.derived.terms]
            value = lane.derived.evaluate(sources, grid.dtype)
            return draft_derived(values[i], value, codes[i], grid, bound)
        if not len(codes[i]):
            return draft(values[i], codes[i], grid, bound)
        context = contexts.of(i)
        return draft(values[i], codes[i], grid, bound, context, contexts.centre(i))


class _Block:
    """One block under way: its lanes so far, as a reader will see them.

    An object, and no function that calls itself: that would be a circle, and hold a block's memory
    until Python collects its garbage.

    Arguments:
        coder: of the group.
        rows: their number.
        latents: shape (latents, rows).
        linked: gives the values of a link, by its number.
    """

    def __init__(
        self,
        coder: GroupCoder,
        rows: int,
        latents: NDArray[np.int64],
        linked: Linked | None,
    ) -> None:
        self.rows = rows
        self.lanes: dict[int, Draft] = {}
        self._coder = coder
        self._latents = latents
        self._linked = linked or _nothing
        self._values: dict[int, NDArray[Any]] = {}

    def latents(self) -> NDArray[np.int64]:
        """Return the latents."""
        return self._latents

    def codes(self, i: int) -> NDArray[Any]:
        """Return a lane's codes."""
        return self.lanes[i].codes

    def values(self, i: int) -> NDArray[Any]:
        """Return the values of a lane or of a linked one."""
        if i not in self._values:
            link = i - len(self._coder.plan.lanes)
            self._values[i] = self._linked(link) if link >= 0 else self.lanes[i].values()
        return self._values[i]


def _nothing(link: int) -> NDArray[Any]:
    msg = f"link {link} leads nowhere: the plan is damaged"
    raise CorruptError(msg)
