from __future__ import annotations

import dataclasses
import json

import pytest

from rootae.codec.plan.contexts import Diagram, Encoder, Feature, Stage, Target
from rootae.codec.plan.plan import FORMAT, GroupPlan, Lane, Plan, TreePlan
from rootae.codec.relations.derived import Derived
from rootae.errors import CorruptError, FormatError
from rootae.schema.column import Branch, Column

COLUMNS = (Column("n", "int32", is_counter=True), Column("x.é", "float32", (3,), "n", "float[]"))
LANES = (
    Lane("x.é", 0, {"kind": "abs", "dtype": "float32", "step": 0.25}, "abs:0.125", "why", stage=0),
    Lane("x.é", 1, {"kind": "bits", "dtype": "float32"}, "exact", "", Derived(((0, 2.5),))),
    Lane("x.é", 2, {"kind": "bits", "dtype": "float32"}, "exact", "", diagram=0),
)
STAGE = Stage(1, (Feature("lane", 0, "digit", low=-5, shift=2, top=9),), (Target(0, 1, 2),))
SEEN = Feature("lane", 0, "edges", 3)
DIAGRAM = Diagram((SEEN, Feature("lane", 1, "edges", 4), SEEN), (5, 6, 6))
GROUP = GroupPlan("n", LANES, (STAGE,), Encoder(0, (SEEN,), 2), "ae", (DIAGRAM,))
TREE = TreePlan("d/t", "a title", COLUMNS, (Branch("n", "int32_t", "", coded=True),), (GROUP,))
PLAN = Plan((TREE,), {"seed": 3, "options": {"bounds": ["*=exact"]}}, (4, 5))


@pytest.mark.parametrize("plan", [PLAN, Plan(())])
def test_json_is_a_round_trip(plan):
    assert Plan.from_json(plan.to_json()) == plan


def test_equal_plans_give_equal_text():
    assert Plan.from_json(PLAN.to_json()).to_json() == PLAN.to_json()


def paths(data, at=()):
    """Yield the path of every dictionary of a JSON value but free-form ones."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    if isinstance(data, dict):
        yield at
    for key, value in pairs:
        if isinstance(value, dict | list) and key not in ("training", "grid"):
            yield from paths(value, (*at, key))


def changed(path, change):
    data = json.loads(PLAN.to_json())
    inner = data
    for key in path:
        inner = inner[key]
    change(inner)
    return json.dumps(data)


@pytest.mark.parametrize("path", list(paths(json.loads(PLAN.to_json()))), ids=str)
def test_unknown_missing_and_mistyped_members_are_damage(path):
    with pytest.raises(CorruptError):
        Plan.from_json(changed(path, lambda d: d.update(surprise=1)))
    for change in (dict.popitem, lambda d: d.update({k: {"no": 1} for k in d})):
        with pytest.raises(CorruptError):
            Plan.from_json(changed(path, change))


def test_a_newer_format_is_refused_with_the_remedy():
    text = dataclasses.replace(PLAN, format=FORMAT + 1).to_json()
    with pytest.raises(FormatError, match="upgrade with pip"):
        Plan.from_json(text)


def test_a_newer_format_is_refused_even_if_its_members_are_unknown():
    with pytest.raises(FormatError):
        Plan.from_json('{"format": 99, "forests": []}')


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"format": "1"}', '{"format": true}', "[" * 10_000]
)
def test_what_is_no_plan_is_damage(text):
    with pytest.raises(CorruptError):
        Plan.from_json(text)


def test_a_kind_outside_the_list_is_damage():
    text = PLAN.to_json().replace('"digit"', '"eval"')
    with pytest.raises(CorruptError, match="eval"):
        Plan.from_json(text)


@pytest.mark.parametrize("path", list(paths(json.loads(PLAN.to_json()))), ids=str)
def test_damage_says_where_it_is(path):
    where = "plan" + "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in path)
    with pytest.raises(CorruptError) as found:
        Plan.from_json(changed(path, lambda d: d.update(surprise=1)))
    assert str(found.value).startswith(f"{where} has not the members of a ")


def test_carriers_are_the_coded_branches_in_order():
    branches = tuple(Branch(n, "", "", c) for n, c in [("b", True), ("a", False), ("c", True)])
    assert dataclasses.replace(TREE, branches=branches).carried == ("b", "c")


def test_lanes_of_a_column_come_in_the_order_of_its_elements():
    assert GROUP.lanes_of("x.é") == (0, 1, 2)


def test_a_lane_s_parents_are_what_its_diagram_looks_at():
    assert GROUP.parents(2) == (0, 1)
    assert GROUP.looks_at(2) == DIAGRAM.inputs
    assert GROUP.seen(DIAGRAM.inputs) == (0, 1)
    assert [x.has_contexts for x in GROUP.lanes] == [True, False, True]


@pytest.mark.parametrize("kind", ["digit", "raw"])
def test_a_diagram_that_looks_at_anything_but_bins_is_damage(kind):
    text = PLAN.to_json()
    assert text.count('"kind":"edges"') == 4
    head, _, tail = text.partition('"diagrams":[')
    with pytest.raises(CorruptError, match="diagram"):
        Plan.from_json(head + '"diagrams":[' + tail.replace('"edges"', f'"{kind}"', 1))


@pytest.mark.parametrize("tables", [(), (5,), (5, 6, 6, 7)])
def test_a_diagram_of_another_number_of_tables_than_inputs_is_damage(tables):
    with pytest.raises(CorruptError, match="diagram"):
        dataclasses.replace(DIAGRAM, tables=tables)


@pytest.mark.parametrize("filler", ["{}", "[]", "0", "1.5"])
def test_a_plan_that_takes_more_memory_than_it_says_is_refused(filler):
    many = ",".join([filler] * (1 << 22))
    text = Plan(()).to_json().replace('"training":{}', f'"training":{{"a":[{many}]}}')
    with pytest.raises(CorruptError, match="no format number"):
        Plan.from_json(text)
