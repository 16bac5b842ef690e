"""Coding values anew that were decoded before, without adding a second error to the first.

A value that came back from a lossy column lies on the column's grid, and coding it again gives it
back; but for those that followed from other columns, or lay in a block that was coded by its bits.
Nothing is left to that: what codes again compares with ``exact``, and whatever does not come back
bit for bit is an escape.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from rootae.codec.codec import Codec
from rootae.codec.grids.registry import grid_for
from rootae.codec.plan.contexts import Stage
from rootae.codec.plan.plan import Plan
from rootae.codec.tree import TreeCoder
from rootae.schema.bounds.bound import EXACT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rootae.codec.plan.plan import Lane, TreePlan
    from rootae.schema.bounds.bound import Bound

__all__ = ["bounds_of", "exact_coder", "promising"]


def bounds_of(plan: TreePlan) -> dict[str, Bound]:
    """Return what a plan promises of each column that stands in the tree as a carrier."""
    carried = set(plan.carried)
    lanes = (x for g in plan.groups for x in g.lanes if x.column in carried)
    return {x.column: x.bound for x in lanes}


def exact_coder(codec: Codec, path: str) -> TreeCoder:
    """Return a coder whose blocks the codec decodes to the very values they were made of.

    Arguments:
        codec: what will decode the blocks.
        path: the tree's path.
    """
    plan = codec.tree(path).plan
    exact = _mapped(plan, lambda x: dataclasses.replace(_kept_contexts(x, plan), bound=EXACT))
    if exact == plan:
        return codec.tree(path)
    return TreeCoder(exact, codec.tables, codec.networks, codec.native)


def promising(codec: Codec, path: str, bounds: Mapping[str, Bound]) -> Codec:
    """Return a codec that promises other bounds than a trained one, in one tree.

    Arguments:
        codec: the trained codec.
        path: the tree's path.
        bounds: what is to be promised by column; ``exact`` where nothing is said.

    Returns:
        The codec itself if it promises just that, else one that knows only this tree.
    """
    plan = codec.tree(path).plan

    def promise(lane: Lane) -> Lane:
        bound = bounds.get(lane.column, EXACT)
        if bound == lane.bound:
            return lane
        grid = lane.grid
        if bound == EXACT:
            grid = grid_for(EXACT, np.zeros(0, lane.grid.dtype)).planned([])
        why = "as it came to be merged"
        return dataclasses.replace(_kept_contexts(lane, plan), grid=grid, bound=bound, why=why)

    changed = _mapped(plan, promise)
    if changed == plan:
        return codec
    return Codec(Plan((changed,), codec.plan.training), codec.tables, _models(codec))


def _models(codec: Codec) -> list[bytes]:
    return [n.onnx for n in codec.networks]


def _kept_contexts(lane: Lane, plan: TreePlan) -> Lane:
    """Take a lane's stage away if it gives codes, not contexts, as of columns without a bound."""
    group = plan.group(plan.column(lane.column).group)
    guessed = not lane.bound.promises and lane.contexts is not None
    if guessed and isinstance(group.contexts[lane.contexts or 0], Stage):
        return dataclasses.replace(lane, contexts=None)
    return lane


def _mapped(plan: TreePlan, change: Callable[[Lane], Lane]) -> TreePlan:
    groups = tuple(
        dataclasses.replace(g, lanes=tuple(change(x) for x in g.lanes)) for g in plan.groups
    )
    return dataclasses.replace(plan, groups=groups)
