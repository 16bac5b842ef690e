"""Columns coded by diagrams over others."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from tables import table

from rootae.codec.codec import Codec
from rootae.codec.plan.contexts import Diagram, Edges, Feature, OfLane
from rootae.codec.plan.plan import GroupPlan, Plan
from rootae.planner.survey import survey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.schema.values import Values

RNG = np.random.default_rng(0)
A, B = RNG.integers(0, 8, (2, 20_000)).astype("i4")
C = (1000 * (A + B) + RNG.integers(0, 4, 20_000)).astype("i4")
COLUMNS = {"a": A, "b": B, "c": C, "d": RNG.integers(-(2**31), 2**31, 20_000).astype("i4")}


def coded_by(
    columns: Mapping[str, NDArray[Any]], parents: Mapping[str, Sequence[str]]
) -> tuple[Codec, dict[str, Values]]:
    """Return a codec whose columns take their contexts from diagrams.

    Arguments:
        columns: {name: integers}.
        parents: {child: names of the columns it looks at in turn}; columns are cut at 1 ... 7, and
            the states are the bins' sums.
    """
    schema, values = table(columns)
    plan = survey(schema, values, derive=False)
    (group,) = plan.groups
    where = {lane.column: i for i, lane in enumerate(group.lanes)}
    tables, diagrams = [np.arange(1, 8)], []
    for seen in parents.values():
        inputs = tuple(Feature(OfLane(where[p]), Edges(0)) for p in seen)
        first = len(tables)
        before = (np.arange(7 * k + 1) for k in range(len(seen)))
        tables += [np.add.outer(states, np.arange(8)).reshape(-1) for states in before]
        diagrams.append(Diagram(inputs, tuple(range(first, len(tables)))))
    number = {child: i for i, child in enumerate(parents)}
    lanes = tuple(dataclasses.replace(x, contexts=number.get(x.column)) for x in group.lanes)
    group = GroupPlan("", lanes, tuple(diagrams), family="diagram")
    return Codec(Plan((dataclasses.replace(plan, groups=(group,)),)), tables), values
