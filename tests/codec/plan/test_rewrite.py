"""Tables that nothing points to are dropped, and equal ones are one."""

from __future__ import annotations

import numpy as np

from rootae.codec.plan.contexts import Diagram, Edges, Feature, OfLane
from rootae.codec.plan.plan import GroupPlan, TreePlan
from rootae.codec.plan.rewrite import compact


def test_equal_tables_become_one() -> None:
    tables = [np.array(t) for t in ([9], [300, 400], [1, 2], [5], [1, 2], [300, 400], [0, 1])]
    inputs = tuple(Feature(OfLane(0), Edges(i)) for i in (1, 5))
    group = GroupPlan("", (), contexts=(Diagram(inputs, (4, 2)), Diagram(inputs[:1], (6,))))
    (tree,), kept, _ = compact([TreePlan("t", "", (), (), (group,))], tables, [])
    assert [t.tolist() for t in kept] == [[0, 1], [1, 2], [300, 400]]
    first, second = tree.groups[0].contexts
    assert [f.by.table for f in first.inputs] == [2, 2]
    assert (first.tables, second.tables) == ((1, 1), (0,))
