"""Finding cross-references: columns of indices into another collection of the same event.

NanoAOD names them after the collection: `Jet_genJetIdx` counts the `GenJet_*` of the event, -1 is
none (https://cms-xpog.docs.cern.ch/autoDoc/). What they lead to often says nearly where a value
lies: a jet's direction is its generated jet's, within the detector's resolution.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.grids.codes import codes_of
from rootae.codec.grids.exact import ExactFloat, ExactInteger
from rootae.codec.lane import shift_of
from rootae.codec.relations.centre import Centre, Term
from rootae.codec.relations.link import Link, follow, places
from rootae.codec.streams import stream
from rootae.schema.column import INNER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.codec.plan.plan import GroupPlan, Lane
    from rootae.schema.values import Values

__all__ = ["collection", "link", "seen", "weight"]

_INDEX = re.compile(r"(?P<what>\w+?)Idx(G|\d)?")
_PARTS = ("pt", "eta", "phi", "mass")
_LINKS_AT_MOST = 8  # of one column of indices
_ROWS_AT_LEAST, _ROWS = 500, 65_536
_INSIDE = 0.98  # share of indices, the negative ones aside, that lead somewhere
_SAVING = 0.95  # a centre has to bring a lane's plain bytes below this share
_PRICE = 0.15  # bits a value that it has to save for each further value that a reader decodes


def collection(group: GroupPlan) -> str:
    """Return what most of a group's columns have before their first underscore.

    Example:
        >>> from rootae.codec.grids.exact import ExactFloat
        >>> from rootae.codec.plan.plan import GroupPlan, Lane
        >>> from rootae.schema.bounds.bound import EXACT
        >>> grid = ExactFloat("float32")
        >>> lanes = tuple(Lane(n, 0, grid, EXACT, "") for n in ("Jet_pt", "Jet_eta"))
        >>> collection(GroupPlan("nJet", lanes))
        'Jet'
    """
    names = Counter(x.column.partition("_")[0] for x in group.lanes if "_" in x.column)
    return names.most_common(1)[0][0] if names and group.name else ""


def seen(link_: Link, plan: GroupPlan, values: Mapping[str, Values]) -> NDArray[Any]:
    """Return what a group would see through a link in a block of these values."""
    by, other = values[plan.lanes[link_.by].column], values[link_.column]
    grid = link_.grid.with_tables(())
    if by.counts is None or other.counts is None:
        return np.zeros(len(by.flat), np.dtype(grid.dtype))
    decoded = grid.inverse(codes_of(grid, other.lane(link_.element)))
    return follow(places(by.flat, by.counts, other.counts), decoded)


def weight(plan: GroupPlan, link_: Link, values: Mapping[str, Values]) -> float:
    """Return how many values a reader decodes through a link for each of the group's own, or 1.

    A muon's generated particle is one of sixty: whoever reads muons would decode all of them.
    """
    own, other = values[plan.lanes[link_.by].column], values[link_.column]
    return max(1.0, len(other.flat) / max(len(own.flat), 1))


def link(groups: Sequence[GroupPlan], values: Mapping[str, Values]) -> tuple[GroupPlan, ...]:
    """Let groups see what their columns of indices lead to, and centre lanes where that pays.

    Arguments:
        groups: the plans of a tree's groups.
        values: sampled values by column.

    Returns:
        The plans with links; no two groups see each other, directly or not.
    """
    plans = {g.name: g for g in groups}
    groups = [g for g in groups if not g.name.endswith(INNER)]  # vectors of vectors stand alone
    named = {collection(g).lower(): g for g in groups if collection(g)}
    sees: dict[str, set[str]] = {g.name: set() for g in groups}

    def rows(group: GroupPlan) -> int:
        return len(values[group.lanes[0].column].flat) if group.lanes else 0

    for group in sorted(groups, key=rows, reverse=True):
        for by, target in _references(group, named, values):
            if not _reaches(sees, target.name, group.name):
                sees[group.name].add(target.name)
                plans[group.name] = _linked(plans[group.name], by, target)
        plans[group.name] = _centred(plans[group.name], values)
    return tuple(plans.values())


def _references(
    group: GroupPlan, named: Mapping[str, GroupPlan], values: Mapping[str, Values]
) -> list[tuple[int, GroupPlan]]:
    """Return the lanes that count another group's objects, and that group."""
    found = []
    for i, lane in enumerate(group.lanes):
        match = _INDEX.fullmatch(_part(lane, collection(group)))
        target = named.get(match["what"].lower()) if match is not None else None
        independent = lane.derived is None and lane.centre is None
        whole = isinstance(lane.grid, ExactInteger) and lane.bound.is_exact
        if target is None or target.name == group.name or not (independent and whole):
            continue
        if _leads_there(values[lane.column], values[target.lanes[0].column]):
            found.append((i, target))
    return found


def _part(lane: Lane, prefix: str) -> str:
    """Return a column's name without its collection's, or nothing for one of inner dimensions."""
    return "" if lane.element else lane.column.removeprefix(f"{prefix}_")


def _leads_there(by: Values, other: Values) -> bool:
    if by.counts is None or other.counts is None or len(by.flat) < _ROWS_AT_LEAST:
        return False
    if len(by.flat) != int(by.counts.sum()):
        return False
    index = by.flat.astype(np.int64)
    some = index >= 0
    inside = index[some] < np.repeat(other.counts, by.counts)[some]
    return bool(some.mean() > 0.1 and inside.mean() > _INSIDE)


def _reaches(sees: Mapping[str, set[str]], start: str, end: str) -> bool:
    return start == end or any(_reaches(sees, other, end) for other in sees[start])


def _linked(group: GroupPlan, by: int, target: GroupPlan) -> GroupPlan:
    """Add links to the other collection's columns of the same name, and to its momentum."""
    own = {_part(x, collection(group)) for x in group.lanes}
    wanted = [
        x
        for x in target.lanes
        if (name := _part(x, collection(target))) in own | set(_PARTS)
        and name
        and x.grid.has_metric
    ]
    wanted.sort(key=lambda x: _part(x, collection(target)) not in _PARTS)
    links = tuple(Link(by, target.name, x.column, 0, x.grid) for x in wanted[:_LINKS_AT_MOST])
    return dataclasses.replace(group, links=group.links + links)


def _centred(group: GroupPlan, values: Mapping[str, Values]) -> GroupPlan:
    """Centre lanes on the linked column of the same name where that saves bytes."""
    lanes = list(group.lanes)
    for number, one in enumerate(group.links):
        name = one.column.partition("_")[2]
        for i, lane in enumerate(lanes):
            free = lane.derived is None and lane.centre is None and i != one.by
            if free and name and _part(lane, collection(group)) == name:
                view, x = seen(one, group, values), values[lane.column].flat
                price = _PRICE * (weight(group, one, values) - 1)
                lanes[i] = _with_centre(lane, len(lanes) + number, x, view, price)
    return dataclasses.replace(group, lanes=tuple(lanes))


def _with_centre(
    lane: Lane, source: int, x: NDArray[Any], view: NDArray[Any], price: float
) -> Lane:
    grid = lane.grid.with_tables(())
    q = codes_of(grid, x[:_ROWS])
    centre = Centre((Term("lane", (source,), 1.0),), False, int(q.min()), int(q.max()))
    shift = shift_of(q) if isinstance(grid, ExactFloat) else 0
    middle = centre.codes(lambda _: view[:_ROWS], len(q), grid)
    less = len(stream.encode((q >> shift) - (middle >> shift)))
    less += int(price * len(q) / 8)
    pays = less < _SAVING * len(stream.encode(q >> shift))
    return dataclasses.replace(lane, centre=centre) if pays else lane
