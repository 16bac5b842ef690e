"""A group compiled from its plan: its grids, and what its contexts look at."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from rootae.codec.contexts.contexts import feature
from rootae.codec.grids.codes import codes_of
from rootae.codec.plan.contexts import OfLane
from rootae.codec.plan.order import in_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from rootae.codec.contexts.network import Network
    from rootae.codec.grids.registry import Grid
    from rootae.codec.plan.plan import GroupPlan

__all__ = ["GroupCoder"]


class GroupCoder:
    """What coding and decoding a group's blocks share.

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
    def order(self) -> tuple[int, ...]:
        """Return the lanes, each behind those that it is decoded from."""
        return tuple(in_order(self.plan))

    def codes(self, values: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Put every lane's values on its grid."""
        return [codes_of(grid, x) for grid, x in zip(self.grids, values, strict=True)]

    def inputs(self, codes: Mapping[int, NDArray[Any]]) -> list[NDArray[Any]]:
        """Return what the encoder's network sees: small whole numbers, each of shape (rows,).

        Arguments:
            codes: by lane, those that it looks at.
        """
        seen = () if self.plan.encoder is None else self.plan.encoder.inputs
        return [feature(f, codes[f.of.index], self.tables) for f in seen]
