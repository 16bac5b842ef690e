from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tables import table

from rootae.codec.codec import Codec
from rootae.codec.plan.plan import Plan, TreePlan
from rootae.planner.rules import rules_of
from rootae.planner.survey import branches_of, matching, survey
from rootae.schema.bounds.bound import EXACT, Bound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

RNG = np.random.default_rng(0)
X = RNG.normal(size=500).astype("f4")


def plan_of(columns: Mapping[str, Any], **options: Any) -> TreePlan:
    schema, values = table(columns)
    return survey(schema, values, **options)


def test_every_element_of_a_fixed_array_is_a_lane() -> None:
    plan = plan_of({"m": RNG.normal(size=(9, 2, 2))})
    assert [(x.column, x.element) for x in plan.groups[0].lanes] == [("m", i) for i in range(4)]


def test_truncated_columns_stay_exact_under_lossy() -> None:
    cut = (X.view("u4") & 0xFFFFFFF8).view("f4")
    plan = plan_of({"a": X, "b": cut}, lossy=True)
    assert [x.bound for x in plan.groups[0].lanes] == [Bound("rel", 1e-3), EXACT]
    assert "cut already" in plan.groups[0].lanes[1].why


def test_a_bound_tighter_than_the_type_is_still_promised() -> None:
    plan = plan_of({"a": X}, rules=rules_of({"a": "rel:1e-9"}))
    assert plan.groups[0].lanes[0].bound == Bound("rel", 1e-9)
    assert plan.groups[0].lanes[0].grid.kind == "bits"


def test_kept_columns_are_not_coded_and_neither_are_their_counters() -> None:
    import awkward as ak

    jets = ak.Array([[1.0], [2.0, 3.0]])
    schema, values = table({"a": np.arange(2), "J_x": jets, "J_y": jets})
    plan = survey(schema, values, keep=["J_x"])
    assert plan.carried == ("a", "J_y")
    assert {c.name for c in plan.columns} == {"a", "nJ", "J_y"}  # nJ is needed to read J_y
    assert survey(schema, values, keep=["nJ"]).carried == ("a", "J_x", "J_y")


def test_matching_takes_globs() -> None:
    schema, _ = table({"Jet.pt": X, "Jet.eta": X, "x": X})
    assert matching(schema, ["Jet.*", "nothing"]) == {"Jet.pt", "Jet.eta"}
    assert matching(schema, []) == set()


def test_branches_keep_the_tree_s_order() -> None:
    schema, _ = table({"b": X, "a": X})
    assert [b.name for b in branches_of(schema, {"a"})] == ["b", "a"]
    assert [b.coded for b in branches_of(schema, {"a"})] == [True, False]


def test_nothing_depends_on_anything_but_the_sample() -> None:
    columns = {"a": X, "b": X * 2, "c": RNG.integers(0, 9, 500)}
    one, two = (Codec(Plan((plan_of(columns),))).id for _ in range(2))
    assert one == two


@pytest.mark.parametrize("rows", [0, 1, 2])
@pytest.mark.parametrize("bound", ["exact", "abs:1e-3", "rel:1e-3", "none"])
def test_a_sample_may_be_empty_or_tiny(rows: int, bound: str) -> None:
    tables: list[NDArray[np.int64]] = []
    plan = plan_of({"a": X[:rows], "b": X[:rows]}, rules=rules_of({"*": bound}), tables=tables)
    assert len(plan.groups[0].lanes) == 2
    assert len(tables) == (4 if bound == "none" else 0)
