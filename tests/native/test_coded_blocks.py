"""Blocks of all kinds of codecs by the native core: the bytes of rootae, whatever is asked for."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from following import COLUMNS, coded_by
from native.alike import coded_alike
from native.blocks import Native, NativeBlock
from native.coded import TYPES
from planner.test_references import ENTRIES, matched
from related import BOUNDS, planned, related, wild
from tables import table

from rootae.codec.codec import Codec
from rootae.codec.directory import directory
from rootae.codec.lane import CONTEXTS, PLAIN
from rootae.codec.plan.contexts import Diagram, Edges, Feature, OfCentre, OfLane, Stage, Target
from rootae.codec.plan.plan import Plan
from rootae.planner.rules import rules_of
from rootae.planner.survey import survey
from rootae.schema.bounds.bound import Bound
from rootae.schema.column import Column
from rootae.schema.tree import TreeSchema
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

pytestmark = pytest.mark.slow  # whole blocks, plans and contexts stand for these in the quick ones

SIZES = (0, 1, 2, 255, 256, 257, 2000)


def cut(columns: Mapping[str, NDArray[Any]]) -> list[dict[str, Values]]:
    """Return blocks of few and of many rows."""
    return [table({n: x[:size] for n, x in columns.items()})[1] for size in SIZES]


def test_contexts_by_diagrams() -> None:
    parents = {"c": ("a", "b"), "b": ("a",), "d": ("a", "c", "b")}
    codec, _ = coded_by(COLUMNS, parents)
    coded_alike(codec, *cut(COLUMNS))


@pytest.mark.parametrize("bound", BOUNDS)
def test_centres_rules_and_bits(bound: str) -> None:
    codec = planned(related(3000), bound)
    coded_alike(codec, *cut(related(2000, 1)), table(wild(related(2000, 2)))[1])


def surveyed(schema: TreeSchema, values: Mapping[str, Values], bound: str = "exact") -> Codec:
    """Return the codec that a writer makes of columns, without any training."""
    tables: list[NDArray[np.int64]] = []
    plan = survey(schema, values, rules_of({"*": bound}), tables=tables)
    return Codec(Plan((plan,)), tables)


def linked(
    bound: str, entries: int = ENTRIES, *, copied: bool = False
) -> tuple[Codec, dict[str, Values], dict[str, Values]]:
    """Return a codec with links, values it was made of, and others."""

    def copy(columns: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        return columns | {"GenJet_eta": columns["GenJet_axis"].copy()}

    schema, values = matched(copy if copied else dict)
    codec = surveyed(schema, values, bound)
    assert any(group.links for group in codec.plan.trees[0].groups)
    few = {n: x.part(0, entries) for n, x in values.items()}
    return codec, few, matched(copy if copied else dict, seed=1)[1]


@pytest.mark.parametrize("bound", ["exact", "rel:1e-3", "abs:1e-3"])
@pytest.mark.parametrize("copied", [False, True])
def test_links(bound: str, copied: bool) -> None:
    codec, values, others = linked(bound, copied=copied)
    coded_alike(codec, values, others)


def nested(entries: int) -> tuple[Codec, dict[str, Values]]:
    """Return a codec of a vector of vectors, and values."""
    rng = np.random.default_rng(0)
    size = rng.poisson(2, entries).astype(np.int64)
    inner = rng.poisson(3, size.sum()).astype(np.int64)
    lists = Values(inner, size)
    flat = rng.normal(size=inner.sum()).astype("f4")
    columns = (
        Column("V@size", "int64", is_counter=True),
        Column("V@inner", "int64", counter="V@size", is_counter=True),
        Column("V", "float32", counter="V@inner"),
    )
    values = {"V@size": Values(size), "V@inner": lists, "V": Values(flat, lists.sums())}
    schema = TreeSchema("t", "", columns, order=("V",))
    return surveyed(schema, values), values


def shaped(rows: int) -> tuple[Codec, dict[str, Values]]:
    """Return a codec of columns of all types, with inner dimensions, and values."""
    rng = np.random.default_rng(0)
    columns: dict[str, NDArray[Any]] = {
        name: rng.integers(0, 9, (rows, *shape)).astype(name)
        for name, shape in zip(TYPES, [(), (3,), (2, 2), (1,)] * 3, strict=False)
    }
    columns["flag"] = rng.random((rows, 5)) < 0.3
    schema, values = table(columns)
    return surveyed(schema, values), values


@pytest.mark.parametrize("rows", [0, 1, 65, 1000])
def test_inner_dimensions_and_vectors_of_vectors(rows: int) -> None:
    codec, _ = nested(1000)
    coded_alike(codec, nested(rows)[1])
    codec, _ = shaped(1000)
    coded_alike(codec, shaped(rows)[1])


def seeing(entries: int = ENTRIES) -> tuple[Codec, dict[str, Values], dict[str, Values]]:
    """Return a codec with a diagram of a link and a centre, values it was made of, and others."""
    codec, values, others = linked("rel:1e-3", entries)
    plan, tables = codec.plan.trees[0], [*codec.tables]
    (group,) = (g for g in plan.groups if g.links)
    target = next(i for i, x in enumerate(group.lanes) if x.centre is not None)
    link, at = len(group.lanes), len(tables)
    tables += [
        np.arange(-3000, 3000, 800),
        np.arange(8),
        np.add.outer(np.arange(8), np.arange(9)).ravel(),
    ]
    tables[at + 1] = np.arange(9) % 8
    inputs = (Feature(OfLane(link), Edges(at)), Feature(OfCentre(target), Edges(at)))
    diagram = Diagram(inputs, (at + 1, at + 2))
    lanes = list(group.lanes)
    lanes[target] = dataclasses.replace(lanes[target], contexts=len(group.contexts))
    changed = dataclasses.replace(
        group, lanes=tuple(lanes), contexts=(*group.contexts, diagram), family="hand-made"
    )
    groups = tuple(changed if g is group else g for g in plan.groups)
    return Codec(Plan((dataclasses.replace(plan, groups=groups),)), tables), values, others


def test_contexts_that_see_links_and_centres() -> None:
    coded_alike(*seeing())


@pytest.mark.parametrize("latent", [False, True])
@pytest.mark.parametrize("bound", ["exact", "none"])
def test_networks(latent: bool, bound: str) -> None:
    networks = pytest.importorskip("networks", reason="onnx is not installed")
    schema, values = table(COLUMNS)
    codec = networks.contexts_codec(schema, values, "a", "c", latent=latent)
    if bound == "none":
        codec = without_bound(codec, "c")
    coded_alike(codec, *cut(COLUMNS))


def two_stages(aim: int | None) -> tuple[Codec, dict[str, Values]]:
    """Return a codec whose column `c` has its own stage, and values.

    Arguments:
        aim: of another stage, for `d`: the number of a lane that it aims at, too, or none.
    """
    networks = pytest.importorskip("networks", reason="onnx is not installed")
    d = (1000 * COLUMNS["b"] + COLUMNS["d"] % 3).astype("i4")
    schema, values = table(COLUMNS | {"d": d})
    codec = networks.contexts_codec(schema, values, "a", "c")
    (plan,) = codec.plan.trees
    (group,) = plan.groups
    (own,) = group.contexts
    edges, scale = own.targets[0].location, own.targets[0].scale
    inputs = (Feature(OfLane(1), Edges(edges)),)
    other = Stage(1, inputs, (Target(aim, edges, scale), Target(3, edges, scale)))
    pairs = zip(group.lanes, (None, None, 1, 0), strict=True)
    lanes = [dataclasses.replace(x, contexts=k) for x, k in pairs]
    group = dataclasses.replace(group, lanes=tuple(lanes), contexts=(other, own))
    nets = [codec.networks[0].onnx, networks.linear([[1], [0], [1], [0]])]
    return Codec(Plan((dataclasses.replace(plan, groups=(group,)),)), codec.tables, nets), values


def test_a_lane_has_its_contexts_from_its_own_stage() -> None:
    """Also where another one aims at it, and was run before."""
    codec, values = two_stages(None)
    block = codec.tree("t").encode(values)
    assert [*block.modes] == [PLAIN, PLAIN, CONTEXTS, CONTEXTS]
    other, _ = two_stages(2)
    read = NativeBlock(Native(other.parts), directory(block, other.digest), b"".join(block.blobs))
    assert np.array_equal(read.decode(["d"])["d"], values["d"].flat)
    assert np.array_equal(read.decode(["c"])["c"], values["c"].flat)
    again = other.tree("t").decoder(block)
    assert all(np.array_equal(again.values(n).flat, values[n].flat) for n in ("d", "c"))


def wide() -> Codec:
    """Return a codec whose network is of float64."""
    networks = pytest.importorskip("networks", reason="onnx is not installed")
    from onnx import TensorProto, helper, numpy_helper

    schema, values = table(COLUMNS)
    codec = networks.contexts_codec(schema, values, "a", "c")
    ends = [
        helper.make_tensor_value_info(name, TensorProto.DOUBLE, [count, None])
        for name, count in (("x", 1), ("y", 2))
    ]
    weights = numpy_helper.from_array(np.array([[1.0], [0.0]]), "W")
    node = helper.make_node("MatMul", ["W", "x"], ["y"])
    graph = helper.make_graph([node], "net", ends[:1], ends[1:], [weights])
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    return Codec(codec.plan, codec.tables, [model.SerializeToString()])


def test_a_network_may_be_of_float64() -> None:
    coded_alike(wide(), *cut(COLUMNS))


def without_bound(codec: Codec, name: str) -> Codec:
    """Return a codec whose column has no bound: its codes are what its stage says."""
    (plan,) = codec.plan.trees
    (group,) = plan.groups
    lanes = tuple(
        dataclasses.replace(x, bound=Bound("none", 0.0)) if x.column == name else x
        for x in group.lanes
    )
    plan = dataclasses.replace(plan, groups=(dataclasses.replace(group, lanes=lanes),))
    return Codec(Plan((plan,)), codec.tables, [n.onnx for n in codec.networks])


SLOW = [
    pytest.param(family, bound, marks=pytest.mark.slow)
    for family in ("ae", "aae", "predictor", "diagram", "sparse")
    for bound in ("exact", "abs:1e-3", "none")
]


@pytest.mark.parametrize(("family", "bound"), [("ae", "rel:1e-3"), *SLOW])
def test_trained_codecs(family: str, bound: str) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    pytest.importorskip("onnx", reason="onnx is not installed")
    import trained

    codec, _ = trained.trained(family, bound, 20, 8000, batch_size=256)
    coded_alike(codec, trained.table(3000, seed=1).values, trained.table(4, seed=2).values)
