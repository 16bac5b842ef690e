"""Plans that point astray; those of diagrams are in test_stages.py."""

from __future__ import annotations

import dataclasses
import functools
import json
from typing import Any

import numpy as np
import pytest
from following import COLUMNS as COLUMNS_OF_DIAGRAMS
from following import coded_by
from planned import other, places
from tables import table

from rootae.codec.codec import Codec
from rootae.codec.grids.exact import ExactFloat, ExactInteger
from rootae.codec.grids.rank import RankTables
from rootae.codec.plan.check import check, check_networks
from rootae.codec.plan.contexts import (
    Digit,
    Edges,
    Encoder,
    Feature,
    OfCentre,
    OfLane,
    OfLatent,
    Raw,
    Stage,
    Target,
)
from rootae.codec.plan.plan import GroupPlan, Lane, TreePlan
from rootae.codec.relations.centre import Centre, Term
from rootae.codec.relations.derived import Derived
from rootae.codec.relations.link import Link
from rootae.errors import CorruptError, RootaeError
from rootae.schema.bounds.bound import EXACT, Bound
from rootae.schema.column import Branch, Column

INTEGER = ExactInteger("int32")
RANK = RankTables("float32", 0, 1)
NOTHING = Bound("none")
EDGES = Feature(OfLane(0), Edges(0))
DIGIT = Feature(OfLane(0), Digit(-5, 2, 9))


def centre(lane: int) -> Centre:
    return Centre((Term("lane", (lane,), 1.0),), False, -9, 9)


LANES = (
    Lane("J_a", 0, INTEGER, EXACT, "", contexts=0),
    Lane("J_b", 0, RANK, NOTHING, "", contexts=0),
    Lane("J_m", 0, INTEGER, EXACT, "", Derived(((0, 2.0),))),
    Lane("J_m", 1, INTEGER, EXACT, "", centre=centre(0)),
)
LATENT = Feature(OfLatent(0), Raw())
STAGE = Stage(0, (LATENT,), (Target(0, 0, 1), Target(1, 0, 1)))
GROUP = GroupPlan("n", LANES, (STAGE,), Encoder(1, (EDGES, DIGIT), 2), "ae")
COUNTER = GroupPlan("", (Lane("n", 0, INTEGER, EXACT, ""),))
COLUMNS = (
    Column("n", "int32", is_counter=True),
    Column("J_a", "int32", (), "n"),
    Column("J_b", "float32", (), "n"),
    Column("J_m", "int32", (2,), "n"),
)
TREE = TreePlan("t", "", COLUMNS, (), (COUNTER, GROUP))
TABLES = [np.array([1, 2]), np.array([1, 2, 3]), np.array([2, 1]), np.arange(256)]


def test_a_plan_that_holds_together_is_let_through() -> None:
    check(TREE, TABLES, 2)


def test_a_lane_without_a_bound_may_have_more_codes_than_there_are_contexts() -> None:
    check(stage(targets=(Target(0, 0, 1), Target(1, 3, 3))), TABLES, 2)


def lane(number: int, **change: Any) -> TreePlan:
    lanes = list(LANES)
    lanes[number] = dataclasses.replace(LANES[number], **change)
    return group(lanes=tuple(lanes))


def group(**change: Any) -> TreePlan:
    return dataclasses.replace(TREE, groups=(COUNTER, dataclasses.replace(GROUP, **change)))


def stage(**change: Any) -> TreePlan:
    return group(contexts=(dataclasses.replace(STAGE, **change),))


def seen(of: Any = EDGES.of, by: Any = EDGES.by) -> TreePlan:
    return stage(inputs=(Feature(of, by),))


def column(number: int, **change: Any) -> TreePlan:
    columns = list(COLUMNS)
    columns[number] = dataclasses.replace(COLUMNS[number], **change)
    return dataclasses.replace(TREE, columns=tuple(columns))


def with_column(**how: Any) -> TreePlan:
    wider = group(lanes=(*LANES, Lane("J_r", 0, INTEGER, EXACT, "", **how)))
    return dataclasses.replace(wider, columns=(*COLUMNS, Column("J_r", "int32", (), "n")))


def tree(**change: Any) -> TreePlan:
    return dataclasses.replace(TREE, **change)


ASTRAY = {
    "a stage of no lane's": lane(0, contexts=1),
    "a stage before the first": lane(0, contexts=-2),
    "a stage that is for others": lane(3, contexts=0),
    "no network": stage(network=2),
    "no lane to aim at": stage(targets=(Target(0, 0, 1), Target(1, 0, 1), Target(4, 0, 1))),
    "no table to cut by": stage(targets=(Target(0, 9, 1), Target(1, 0, 1))),
    "no table of scales": stage(targets=(Target(0, 0, -1), Target(1, 0, 1))),
    "nothing to see": stage(inputs=()),
    "no such latent": seen(OfLatent(2), Raw()),
    "no such lane": seen(OfLane(4)),
    "a lane that is not there yet": seen(OfLane(1)),
    "no table of edges": seen(by=Edges(9)),
    "no centre": seen(OfCentre(2)),
    "a shift of nothing that fits": seen(by=Digit(-5, 64, 9)),
    "a shift that would fill the memory": seen(by=Digit(-5, 10**12, 9)),
    "a negative shift": seen(by=Digit(-5, -1, 9)),
    "a digit that floats do not hold": seen(by=Digit(-5, 2, 2**30)),
    "a digit beyond 64 bits": seen(by=Digit(2**63, 2, 9)),
    "an encoder of no network": group(encoder=Encoder(7, (EDGES,), 2)),
    "an encoder of no latents": group(encoder=Encoder(1, (EDGES,), 0)),
    "an encoder that sees latents": group(encoder=Encoder(1, (LATENT,), 2)),
    "latents that no encoder makes": group(encoder=None),
    "a rule of no lane": lane(2, derived=Derived(((9, 1.0),))),
    "a rule of nothing": lane(2, derived=Derived(())),
    "a rule of itself": lane(2, derived=Derived(((2, 1.0),))),
    "a rule of what has a rule": with_column(derived=Derived(((2, 1.0),))),
    "a rule of halves": lane(2, derived=Derived(((0, 0.5),))),
    "a rule of too much": lane(2, derived=Derived(((0, 2.0**53),))),
    "a rule of floats for whole numbers": lane(2, derived=Derived(((1, 1.0),))),
    "a centre of what has a rule": lane(3, centre=centre(2)),
    "a centre of what has no bound": lane(3, centre=centre(1)),
    "a centre of a lane that has a rule": lane(2, centre=centre(0)),
    "a lane without codes": seen(OfLane(2)),
    "edges that do not ascend": seen(by=Edges(2)),
    "a location's that do not ascend": stage(targets=(Target(0, 2, 1), Target(1, 0, 1))),
    "a scale's that do not ascend": stage(targets=(Target(0, 0, 2), Target(1, 0, 1))),
    "more contexts than 16 bits": stage(targets=(Target(0, 3, 3), Target(1, 0, 1))),
    "a lane aimed at twice": stage(targets=(Target(0, 0, 1), Target(1, 0, 1), Target(0, 0, 1))),
    "latents without end": group(encoder=Encoder(1, (EDGES,), 2**16 + 1)),
    "a group that nothing counts": tree(groups=(*TREE.groups, GroupPlan("z", ()))),
    "groups in another order": tree(groups=TREE.groups[::-1]),
    "a carrier of no column": tree(branches=(Branch("J_z", "", "", coded=True),)),
    "a centre of no lane": lane(3, centre=centre(9)),
    "a centre of itself": lane(3, centre=centre(3)),
    "a rank grid of no table": lane(1, grid=RankTables("float32", 0, 5)),
    "a grid of another type": lane(0, grid=ExactInteger("int8")),
    "a lane of no column": lane(0, column="J_z"),
    "a lane of another group's column": lane(0, column="n"),
    "elements in another order": group(lanes=(*LANES[:2], LANES[3], LANES[2])),
    "an element twice": lane(3, element=0),
    "fewer lanes than elements": column(3, inner_shape=(3,)),
    "more elements than fit anywhere": column(3, inner_shape=(10**9, 10**9)),
    "negative dimensions": column(3, inner_shape=(-1, -2)),
    "no counter": column(1, counter="m"),
    "a counter that is counted": column(0, counter="J_a"),
    "a counter of floats": column(0, dtype="float32"),
    "a counter of vectors of something else": column(1, counter="J_b@inner"),
    "lists that are counted by objects": column(3, counter="J_a"),
    "a column twice": dataclasses.replace(TREE, columns=(*COLUMNS, COLUMNS[0])),
    "a group twice": dataclasses.replace(TREE, groups=(COUNTER, GROUP, GROUP)),
    "no group": dataclasses.replace(TREE, groups=(COUNTER,)),
}  # fmt: skip


@pytest.mark.parametrize("plan", ASTRAY.values(), ids=ASTRAY)
def test_a_plan_that_points_astray_is_damage(plan: TreePlan) -> None:
    with pytest.raises(CorruptError, match="the codec's plan is damaged"):
        check(plan, TABLES, 2)


@pytest.mark.parametrize(
    "ends", [[(2, 4), (2, 2)], [(1, 2), (2, 2)], [(1, 4), (1, 2)], [(1, 4), (2, 3)]]
)
def test_a_network_of_other_ends_is_damage(ends: list[tuple[int, int]]) -> None:
    check_networks(TREE, [(1, 4), (2, 2)])
    with pytest.raises(CorruptError, match="inputs and"):
        check_networks(TREE, ends)


FLOAT = ExactFloat("float32")
OTHER = GroupPlan("o", (Lane("K_x", 0, FLOAT, EXACT, ""), Lane("K_r", 0, RANK, NOTHING, "")))
LINK = Link(0, "o", "K_x", 0, FLOAT)
LINKED = dataclasses.replace(GROUP, links=(LINK,))
COUNTERS = dataclasses.replace(COUNTER, lanes=(*COUNTER.lanes, Lane("o", 0, INTEGER, EXACT, "")))
WIDER = dataclasses.replace(
    TREE,
    columns=(
        *COLUMNS,
        Column("o", "int32", is_counter=True),
        Column("K_x", "float32", (), "o"),
        Column("K_r", "float32", (), "o"),
    ),
    groups=(COUNTERS, LINKED, OTHER),
)


def test_links_that_lead_somewhere_are_let_through() -> None:
    check(WIDER, TABLES, 2)
    link = dataclasses.replace(LANES[3], centre=centre(4))
    linked = dataclasses.replace(LINKED, lanes=(*LANES[:3], link))
    check(dataclasses.replace(WIDER, groups=(COUNTERS, linked, OTHER)), TABLES, 2)


@pytest.mark.parametrize(
    "change",
    [
        {"by": 4}, {"by": 1}, {"by": -1}, {"group": "k"}, {"group": ""}, {"column": "K_y"},
        {"column": "J_a"}, {"element": 1}, {"element": -1}, {"grid": INTEGER}, {"grid": RANK},
        {"column": "K_r", "grid": RANK},
    ],
    ids=str,
)  # fmt: skip
def test_links_that_lead_nowhere_are_damage(change: dict[str, Any]) -> None:
    links = (dataclasses.replace(LINK, **change),)
    groups = COUNTERS, dataclasses.replace(LINKED, links=links), OTHER
    with pytest.raises(CorruptError, match="the codec's plan is damaged"):
        check(dataclasses.replace(WIDER, groups=groups), TABLES, 2)


def test_what_follows_exactly_follows_from_its_own_group() -> None:
    lanes = (*LANES[:2], dataclasses.replace(LANES[2], derived=Derived(((4, 1.0),))), LANES[3])
    groups = COUNTERS, dataclasses.replace(LINKED, lanes=lanes), OTHER
    with pytest.raises(CorruptError, match="no lane 4"):
        check(dataclasses.replace(WIDER, groups=groups), TABLES, 2)


def test_columns_that_follow_from_each_other_are_damage() -> None:
    with pytest.raises(CorruptError, match="follows from itself"):
        check(lane(0, centre=centre(3)), TABLES, 2)


def test_a_table_without_points_is_damage() -> None:
    with pytest.raises(CorruptError, match="no points"):
        check(TREE, [TABLES[0], np.zeros(0, np.int64), *TABLES[2:]], 2)


def test_a_long_chain_is_no_circle() -> None:
    chain = tuple(
        Lane(f"c{i}", 0, INTEGER, EXACT, "", centre=centre(i - 1) if i else None)
        for i in range(5000)
    )
    columns = tuple(Column(f"c{i}", "int32") for i in range(5000))
    check(TreePlan("t", "", columns, (), (GroupPlan("", chain),)), (), 0)


@pytest.mark.parametrize("kind", ["diagram", "lane", "latent"])
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_any_change_of_a_plan_is_damage_or_gives_values(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns = {k: x[:3000] for k, x in COLUMNS_OF_DIAGRAMS.items()}
    if kind == "diagram":
        codec, values = coded_by(columns, {"c": ("a", "b"), "b": ("a",)})
    else:
        networks = pytest.importorskip("networks", reason="onnx is not installed")
        schema, values = table(columns)
        codec = networks.contexts_codec(schema, values, "a", "c", latent=kind == "latent")
    block, (_, tables, nets) = codec.tree("t").encode(values), codec.parts
    where = list(places(json.loads(codec.plan.to_json())))
    refused = 0
    for _ in range(300 if seed == 0 else 3000):
        plan = json.loads(codec.plan.to_json())
        *path, last = where[rng.integers(len(where))]
        inner = functools.reduce(lambda d, k: d[k], path, plan)
        inner[last] = other(inner[last], rng)
        try:
            decoder = (
                Codec.from_parts(json.dumps(plan).encode(), tables, nets).tree("t").decoder(block)
            )
            for name in values:
                decoder.values(name)
        except RootaeError:
            refused += 1
    assert refused > 50
