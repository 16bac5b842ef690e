"""The order in which a group's lanes are decoded: each after all that it is decoded from."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rootae.codec.plan.plan import GroupPlan
    from rootae.codec.relations.link import Link

__all__ = ["group_order", "in_order"]


def in_order(plan: GroupPlan, lanes: Iterable[int] | None = None) -> dict[int, tuple[int, ...]]:
    """Return each lane's parents, the lanes so that each comes after its parents.

    Arguments:
        plan: the group's plan.
        lanes: those to order, with all that they are decoded from; every lane by default.

    Raises:
        CorruptError: a lane follows from itself.
    """
    done: dict[int, tuple[int, ...]] = {}
    for start in range(len(plan.lanes)) if lanes is None else lanes:
        path, above = [start], {start: plan.parents(start)}
        while path:
            lane = path[-1]
            missing = [p for p in above[lane] if p not in done]
            if not missing:
                done[lane] = above[lane]
                path.pop()
            elif missing[0] in above:
                name = plan.lanes[lane].column
                msg = f"column {name} follows from itself: the codec's plan is damaged"
                raise CorruptError(msg)
            else:
                path.append(missing[0])
                above[missing[0]] = plan.parents(missing[0])
    return done


def group_order(links: Mapping[str, Sequence[Link]]) -> list[str]:
    """Put groups behind those that they see.

    Arguments:
        links: of each group, by name.

    Raises:
        CorruptError: groups see each other in a circle, or one sees a group that is not there.

    Example:
        >>> from rootae.codec.grids.exact import ExactFloat
        >>> from rootae.codec.relations.link import Link
        >>> seen = Link(0, "nGenJet", "GenJet_pt", 0, ExactFloat("float32"))
        >>> group_order({"nJet": [seen], "nGenJet": []})
        ['nGenJet', 'nJet']
    """
    try:
        order = [
            *TopologicalSorter({n: [x.group for x in s] for n, s in links.items()}).static_order()
        ]
    except CycleError as error:
        msg = f"group {error.args[1][0]!r} is seen by itself: the codec's plan is damaged"
        raise CorruptError(msg) from error
    lost = [name for name in order if name not in links]
    if lost:
        msg = f"group {lost[0]!r} is seen and not there: the codec's plan is damaged"
        raise CorruptError(msg)
    return order
