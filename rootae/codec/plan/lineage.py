"""How a column comes about: plainly, by contexts or from others, and what must be read for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from rootae.codec.plan.plan import GroupPlan, TreePlan

__all__ = ["ancestors", "contexts", "how"]


def how(group: GroupPlan, column: str) -> str:
    """Say in a phrase how a column is coded.

    Arguments:
        group: the plan of the column's group.
        column: its name.

    Returns:
        ``plain``, ``contexts``, ``derived from A + B``, or several of them for a column of
        several lanes.
    """
    phrases = []
    for i in group.lanes_of(column):
        lane = group.lanes[i]
        if lane.derived is not None:
            terms = dict.fromkeys(group.lanes[j].column for j, _ in lane.derived.terms)
            phrases.append("derived from " + " + ".join(terms))
        else:
            centred = "" if lane.centre is None else ", centred on a relation"
            phrases.append(("plain" if lane.contexts is None else "contexts") + centred)
    return ", ".join(dict.fromkeys(phrases))


def contexts(group: GroupPlan, tables: Sequence[NDArray[np.int64]], lane: int) -> int:
    """Return how many contexts the values of a lane may have, 0 for one that is coded plainly.

    Arguments:
        group: the plan of the lane's group.
        tables: the codec's.
        lane: its place in the group.
    """
    found = group.contexts_of(lane)
    return 0 if found is None else found.count(tables, lane)


def ancestors(plan: TreePlan, column: str) -> set[str]:
    """Return the other columns that are decoded when a column is read.

    Arguments:
        plan: the tree's plan.
        column: a coded column.
    """
    found: set[str] = set()
    waiting = [column]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _parents(plan, name)
    return found - {column}


def _parents(plan: TreePlan, name: str) -> set[str]:
    column = plan.column(name)
    group = plan.group(column.group)
    parents = {column.counter} if column.counter is not None else set()
    for i in group.lanes_of(name):
        parents |= {group.lanes[j].column for j in group.parents(i)}
        parents |= {c for link in group.linked(i) for c in (link.column, link.group, group.name)}
    return parents
