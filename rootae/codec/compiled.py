"""A tree's plan, compiled: coders of its groups, numbers of its lanes, and what each needs."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from rootae.codec.group import GroupCoder
from rootae.codec.layout import Layout
from rootae.codec.plan.check import check, check_networks
from rootae.codec.plan.order import group_order
from rootae.codec.program import Resolver

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from rootae.codec.contexts.network import Network
    from rootae.codec.plan.plan import TreePlan

__all__ = ["CompiledTree"]


class CompiledTree:
    """What coding and decoding a tree's blocks share.

    Arguments:
        plan: the tree's plan.
        tables: the codec's tables.
        networks: the codec's networks.

    Attributes:
        coders: of the groups, in the plan's order.
        layout: numbers of lanes and blobs.
        order: the groups, each behind those that it sees.

    Raises:
        CorruptError: the plan points astray.
    """

    def __init__(
        self, plan: TreePlan, tables: Sequence[NDArray[np.int64]], networks: Sequence[Network]
    ) -> None:
        check(plan, tables, len(networks))
        check_networks(plan, [n.ends for n in networks])
        self.plan = plan
        self.coders = [GroupCoder(g, tables, networks) for g in plan.groups]
        self.layout = Layout(plan)
        self.order = group_order({g.name: g.links for g in plan.groups})

    @functools.cached_property
    def resolver(self) -> Resolver:
        """Return what says what has to be decoded for a column."""
        return Resolver(self.plan, self.layout)

    @functools.cached_property
    def read_by_others(self) -> frozenset[int]:
        """Return the numbers of lanes that others are decoded from, or counted by."""
        counters = {c.counter for c in self.plan.columns if c.counter is not None}
        return self.resolver.sources | {i for c in counters for i in self.layout.lanes_of(c)}

    def coder(self, group: str) -> GroupCoder:
        """Return the coder of a group, by its name."""
        return self.coders[self.layout.groups[group]]
