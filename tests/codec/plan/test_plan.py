from __future__ import annotations

import dataclasses
import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootae.codec.grids.absolute import AbsGrid
from rootae.codec.grids.exact import ExactFloat
from rootae.codec.plan.contexts import (
    Diagram,
    Digit,
    Edges,
    Encoder,
    Feature,
    OfLane,
    Raw,
    Stage,
    Target,
)
from rootae.codec.plan.parse import checked, written
from rootae.codec.plan.plan import FORMAT, GroupPlan, Lane, Plan, TreePlan
from rootae.codec.relations.derived import Derived
from rootae.errors import CorruptError, FormatError
from rootae.schema.bounds.bound import EXACT, Bound
from rootae.schema.column import Branch, Column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COLUMNS = (Column("n", "int32", is_counter=True), Column("x.é", "float32", (3,), "n", "float[]"))
LANES = (
    Lane("x.é", 0, AbsGrid("float32", 0.25), Bound("abs", 0.125), "why", contexts=0),
    Lane("x.é", 1, ExactFloat("float32"), EXACT, "", Derived(((0, 2.5),))),
    Lane("x.é", 2, ExactFloat("float32"), EXACT, "", contexts=1),
)
STAGE = Stage(1, (Feature(OfLane(0), Digit(-5, 2, 9)),), (Target(0, 1, 2),))
SEEN = Feature(OfLane(0), Edges(3))
DIAGRAM = Diagram((SEEN, Feature(OfLane(1), Edges(4)), SEEN), (5, 6, 6))
GROUP = GroupPlan("n", LANES, (STAGE, DIAGRAM), Encoder(0, (SEEN,), 2), "ae")
TREE = TreePlan("d/t", "a title", COLUMNS, (Branch("n", "int32_t", "", coded=True),), (GROUP,))
PLAN = Plan((TREE,), {"seed": 3, "options": {"bounds": ["*=exact"]}})


@pytest.mark.parametrize("plan", [PLAN, Plan(())])
def test_json_is_a_round_trip(plan: Plan) -> None:
    assert Plan.from_json(plan.to_json()) == plan


def test_what_is_reserved_is_empty() -> None:
    with pytest.raises(CorruptError, match="records that no plan has"):
        Plan.from_json(Plan((), tables=(4, 5)).to_json())


def test_equal_plans_give_equal_text() -> None:
    assert Plan.from_json(PLAN.to_json()).to_json() == PLAN.to_json()


def paths(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every dictionary of a JSON value but free-form ones."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    if isinstance(data, dict):
        yield at
    for key, value in pairs:
        if isinstance(value, dict | list) and key != "training":
            yield from paths(value, (*at, key))


def changed(path: tuple[Any, ...], change: Callable[[Any], object]) -> str:
    data = json.loads(PLAN.to_json())
    inner = data
    for key in path:
        inner = inner[key]
    change(inner)
    return json.dumps(data)


@pytest.mark.parametrize("path", list(paths(json.loads(PLAN.to_json()))), ids=str)
def test_unknown_missing_and_mistyped_members_are_damage(path: tuple[Any, ...]) -> None:
    with pytest.raises(CorruptError):
        Plan.from_json(changed(path, lambda d: d.update(surprise=1)))
    for change in (dict.popitem, lambda d: d.update({k: {"no": 1} for k in d})):
        with pytest.raises((CorruptError, FormatError)):
            Plan.from_json(changed(path, change))


def test_a_newer_format_is_refused_with_the_remedy() -> None:
    text = dataclasses.replace(PLAN, format=FORMAT + 1).to_json()
    with pytest.raises(FormatError, match="upgrade with pip"):
        Plan.from_json(text)


def test_a_newer_format_is_refused_even_if_its_members_are_unknown() -> None:
    with pytest.raises(FormatError):
        Plan.from_json('{"format": 99, "forests": []}')


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"format": "1"}', '{"format": true}', "[" * 10_000]
)
def test_what_is_no_plan_is_damage(text: str) -> None:
    with pytest.raises(CorruptError):
        Plan.from_json(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"format":2', '"format":2,"format":2'),
        ('"title":"a title"', '"title":"a title","title":"another"'),
        ('"a title"', '"é"'),
        ('"seed":3', '"seed":NaN'),
        ('"seed":3', '"seed":-Infinity'),
        ('"seed":3', '"seed":' + "[" * 70 + "]" * 70),
    ],
)
def test_what_another_parser_could_read_otherwise_is_damage(old: str, new: str) -> None:
    text = PLAN.to_json()
    assert text.count(old) == 1
    with pytest.raises(CorruptError, match="damaged"):
        Plan.from_json(text.replace(old, new))


def test_two_plans_of_one_tree_are_damage() -> None:
    with pytest.raises(CorruptError, match="a tree twice"):
        Plan.from_json(dataclasses.replace(PLAN, trees=(TREE, TREE)).to_json())


def test_a_kind_outside_the_list_is_refused() -> None:
    text = PLAN.to_json().replace('"digit"', '"eval"')
    with pytest.raises(FormatError, match="'eval' in the place of edges, digit, raw"):
        Plan.from_json(text)


@pytest.mark.parametrize("path", list(paths(json.loads(PLAN.to_json()))), ids=str)
def test_damage_says_where_it_is(path: tuple[Any, ...]) -> None:
    where = "plan" + "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in path)
    with pytest.raises(CorruptError) as found:
        Plan.from_json(changed(path, lambda d: d.update(surprise=1)))
    assert str(found.value).startswith(f"{where} has not the members of a ")


def test_carriers_are_the_coded_branches_in_order() -> None:
    branches = tuple(Branch(n, "", "", c) for n, c in [("b", True), ("a", False), ("c", True)])
    assert dataclasses.replace(TREE, branches=branches).carried == ("b", "c")


def test_lanes_of_a_column_come_in_the_order_of_its_elements() -> None:
    assert GROUP.lanes_of("x.é") == (0, 1, 2)


def test_a_lane_s_parents_are_what_its_diagram_looks_at() -> None:
    assert GROUP.parents(2) == (0, 1)
    assert GROUP.looks_at(2) == DIAGRAM.inputs
    assert GROUP.seen(DIAGRAM.inputs) == (0, 1)
    assert [GROUP.contexts_of(i) for i in range(3)] == [STAGE, None, DIAGRAM]


@pytest.mark.parametrize("by", [Digit(0, 0, 1), Raw()], ids=str)
def test_a_diagram_that_looks_at_anything_but_bins_is_damage(by: Digit | Raw) -> None:
    inputs = (*DIAGRAM.inputs[:2], Feature(OfLane(0), by))
    with pytest.raises(CorruptError, match="diagram"):
        dataclasses.replace(DIAGRAM, inputs=inputs)


@pytest.mark.parametrize(
    "text",
    ["2.5", "0x1.4p+1", "0x1.4000000000000P+1", "inf", "nan", "0x1.0000000000000p+9999", "", 2.5],
)
def test_floats_have_one_spelling(text: float | str) -> None:
    path = ("trees", 0, "groups", 0, "lanes", 1, "derived", "terms", 0)
    with pytest.raises(CorruptError, match="not <class 'float'>"):
        Plan.from_json(changed(path, lambda term: term.__setitem__(1, text)))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_comes_back_bit_for_bit(x: float) -> None:
    found = checked(float, written(x), "x")
    assert (found, math.copysign(1, found)) == (x, math.copysign(1, x))


@pytest.mark.parametrize("text", ["rel", "none"])
def test_a_bound_that_nobody_can_ask_for_is_damage(text: str) -> None:
    path = ("trees", 0, "groups", 0, "lanes", 0, "bound")
    with pytest.raises(CorruptError, match="bound"):
        Plan.from_json(changed(path, lambda b: b.update(kind=text, error=(7.5).hex())))


@pytest.mark.parametrize("tables", [(), (5,), (5, 6, 6, 7)])
def test_a_diagram_of_another_number_of_tables_than_inputs_is_damage(
    tables: tuple[int, ...],
) -> None:
    with pytest.raises(CorruptError, match="diagram"):
        dataclasses.replace(DIAGRAM, tables=tables)


@pytest.mark.parametrize("filler", ["{}", "[]", "0", "1.5"])
def test_a_plan_that_takes_more_memory_than_it_says_is_refused(filler: str) -> None:
    many = ",".join([filler] * (1 << 22))
    text = Plan(()).to_json().replace('"training":{}', f'"training":{{"a":[{many}]}}')
    with pytest.raises(CorruptError, match="no format number"):
        Plan.from_json(text)
