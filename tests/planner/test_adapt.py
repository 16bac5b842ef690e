from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from following import coded_by
from tables import bytes_of, round_trip, table

from rootae.codec.codec import Codec
from rootae.codec.plan.contexts import Diagram, Edges, Feature, OfCentre
from rootae.codec.plan.plan import Plan
from rootae.errors import ArgumentError
from rootae.planner.adapt import adapt
from rootae.planner.rules import rules_of
from rootae.planner.sample import Sampled
from rootae.planner.survey import survey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from rootae.codec.block import Block

RNG = np.random.default_rng(0)
A = RNG.integers(0, 8, 20_000).astype("i4")
B = (A * 1000 + RNG.integers(0, 4, 20_000)).astype("i4")
C = RNG.normal(size=20_000)


def trained(columns: Mapping[str, Any], **options: Any) -> Codec:
    schema, values = table(columns)
    tables: list[NDArray[np.int64]] = []
    record = {"options": {"bounds": [f"{k}={v}" for k, v in options.pop("bounds", {}).items()]}}
    rules = rules_of(dict(r.split("=") for r in record["options"]["bounds"]))
    plan = survey(schema, values, rules, tables=tables, **options)
    return Codec(Plan((plan,), record), tables)


def meet(
    codec: Codec, columns: Mapping[str, Any], **options: Any
) -> tuple[Codec, list[str], Block]:
    schema, values = table(columns)
    fitted, warnings = adapt(codec, [Sampled(schema, values)], **options)
    block, decoder = round_trip(fitted, values)
    for name, v in values.items():
        if fitted.tree("t").bounds[name].kind == "exact":
            assert decoder.values(name).flat.tobytes() == v.flat.tobytes()
    again = Codec.from_parts(*fitted.parts)
    assert again.id == fitted.id
    return fitted, warnings, block


def test_a_file_of_the_same_schema_takes_the_codec_as_it_is() -> None:
    codec = trained({"a": A, "c": C})
    fitted, warnings, _ = meet(codec, {"a": A[::-1].copy(), "c": C + 1})
    assert fitted is codec
    assert warnings == []


def test_extra_columns_are_coded_plainly_with_a_warning() -> None:
    fitted, warnings, _ = meet(trained({"a": A}), {"a": A, "z": C, "y": B})
    assert {x.column for x in fitted.tree("t").plan.groups[0].lanes} == {"a", "z", "y"}
    assert "unknown to the codec: z, y" in warnings[0]


def test_extra_columns_without_a_bound_bring_their_tables() -> None:
    codec = trained({"a": A, "c": C}, bounds={"*": "none"})
    fitted, _, _ = meet(codec, {"a": A, "c": C, "d": C * 2})
    assert fitted.tree("t").bounds["d"].kind == "none"
    assert len(fitted.tables) == len(codec.tables) + 2 * 3


def test_extra_columns_take_the_bounds_that_the_codec_was_trained_with() -> None:
    codec = trained({"a": A, "c": C}, bounds={"*": "rel:1e-3"})
    fitted, _, _ = meet(codec, {"c": C, "d": C * 2})
    assert str(fitted.tree("t").bounds["d"]) == "rel:0.001"


def test_a_derived_column_whose_source_is_missing_is_coded_plainly() -> None:
    codec = trained({"a": A, "c": C, "d": 2 * C})
    fitted, warnings, _ = meet(codec, {"a": A, "d": 2 * C})
    assert fitted.tree("t").plan.groups[0].lanes[-1].derived is None
    assert "lacks c; coded plain for that: d" in warnings[0]


def test_a_column_of_another_type_counts_as_extra() -> None:
    fitted, warnings, _ = meet(trained({"a": A, "c": C}), {"a": A.astype("i8"), "c": C})
    assert "unknown to the codec: a" in warnings[0]
    assert fitted.tree("t").plan.column("a").dtype == "int64"


def test_columns_in_another_order_keep_their_rules() -> None:
    codec = trained({"a": A, "c": C, "d": 2 * C})
    fitted, warnings, _ = meet(codec, {"d": 2 * C, "a": A, "c": C})
    assert warnings == []
    assert any(x.derived for x in fitted.tree("t").plan.groups[0].lanes)
    assert fitted.tree("t").plan.carried == ("d", "a", "c")


def test_a_tree_that_the_codec_does_not_know_is_coded_plainly() -> None:
    codec = Codec(Plan(()))
    fitted, _, _ = meet(codec, {"a": A})
    assert [t.path for t in fitted.plan.trees] == ["t"]


@pytest.mark.parametrize("bound", ["exact", "rel:1e-4", "abs:1"])
def test_a_contradicting_bound_is_a_usage_error(bound: str) -> None:
    codec = trained({"c": C}, bounds={"*": "rel:1e-3"})
    schema, values = table({"c": C})
    with pytest.raises(ArgumentError, match=r"t:c: the codec's bound is rel:0.001"):
        adapt(codec, [Sampled(schema, values)], rules_of({"c": bound}))


def test_lossy_beside_a_codec_that_is_not_says_that_it_changes_nothing() -> None:
    codec = trained({"a": A, "c": C})
    fitted, warnings, _ = meet(codec, {"a": A, "c": C}, lossy=True)
    assert fitted is codec
    assert warnings == ["the codec was trained without --lossy: its own bounds hold"]


def test_repeating_the_codec_s_bound_is_fine() -> None:
    codec = trained({"a": A, "c": C}, bounds={"*": "rel:1e-3"})
    assert meet(codec, {"a": A, "c": C}, rules=rules_of({"*": "rel:0.001"}))[0] is codec


def test_a_bound_may_speak_of_columns_that_the_codec_does_not_know() -> None:
    fitted, _, _ = meet(trained({"a": A}), {"a": A, "c": C}, rules=rules_of({"c": "abs:0.5"}))
    assert str(fitted.tree("t").bounds["c"]) == "abs:0.5"


@pytest.fixture(params=["lane", "latent", "diagram"])
def contextual(request: pytest.FixtureRequest) -> Codec:
    """Return a codec whose column b takes its contexts from a, by a network or a diagram."""
    if request.param == "diagram":
        return coded_by({"a": A, "b": B, "c": C}, {"b": ("a",)})[0]
    networks = pytest.importorskip("networks", reason="onnx is not installed")
    latent = request.param == "latent"
    codec = networks.contexts_codec(*table({"a": A, "b": B, "c": C}), "a", "b", latent=latent)
    assert isinstance(codec, Codec)
    return codec


def test_contexts_survive_extra_columns_and_another_order(contextual: Codec) -> None:
    codec, _, block = meet(contextual, {"z": C + 1, "b": B, "c": C, "a": A})
    assert bytes_of(codec, block, "b") < 7000


def test_a_column_whose_parent_is_missing_loses_its_contexts_only(contextual: Codec) -> None:
    codec, warnings, block = meet(contextual, {"b": B, "c": C})
    assert "lacks a; coded plain for that: b" in warnings[0]
    assert bytes_of(codec, block, "b") > 7000


def test_a_missing_column_that_had_contexts_is_no_one_s_problem(contextual: Codec) -> None:
    codec, _, _ = meet(contextual, {"c": C, "a": A})
    assert set(codec.tree("t").layout.columns) == {"a", "c"}


def test_values_that_the_codec_never_saw_are_no_error(contextual: Codec) -> None:
    meet(contextual, {"a": A - 10**6, "b": -B, "c": np.full(len(A), np.nan)})


def test_diagrams_that_are_kept_are_numbered_anew() -> None:
    columns = {"a": A, "b": B, "c": A[::-1].copy(), "d": B[::-1].copy(), "e": B + 1}
    codec, _ = coded_by(columns, {"b": ("a",), "d": ("c",), "e": ("c", "a")})
    fitted, warnings, block = meet(codec, {k: columns[k] for k in "edcb"})
    (group,) = fitted.tree("t").plan.groups
    kept = {x.column: x.contexts for x in group.lanes}
    assert kept == {"b": None, "c": None, "d": 0, "e": None}
    [diagram] = group.diagrams
    assert [group.lanes[f.of.index].column for f in diagram.inputs] == ["c"]
    assert warnings == ["t: the file lacks a; coded plain for that: b, e"]
    assert bytes_of(fitted, block, "d") < 7000 < bytes_of(fitted, block, "b")


def test_what_looks_at_a_lost_centre_is_coded_plainly() -> None:
    rng = np.random.default_rng(0)
    one, two = rng.integers(0, 500, (2, 20_000)).astype("i4")
    near = (one + two + (rng.random(20_000) < 0.05)).astype("i4")
    codec = trained({"one": one, "two": two, "near": near})
    (tree,) = codec.plan.trees
    (group,) = tree.groups
    (at,) = (i for i, x in enumerate(group.lanes) if x.centre is not None)
    diagram = Diagram((Feature(OfCentre(at), Edges(0)),), (1,))
    lanes = [
        dataclasses.replace(x, contexts=0 if i == at else None) for i, x in enumerate(group.lanes)
    ]
    group = dataclasses.replace(group, lanes=tuple(lanes), contexts=(diagram,))
    plan = Plan((dataclasses.replace(tree, groups=(group,)),), codec.plan.training)
    codec = Codec(plan, [np.arange(100, 900, 100), np.arange(9)])
    columns = {"one": one, "two": two, "near": near}
    name = group.lanes[at].column
    centre = group.lanes[at].centre
    assert centre is not None
    lost = next(group.lanes[i].column for i in centre.sources)
    fitted, warnings, _ = meet(codec, {k: x for k, x in columns.items() if k != lost})
    (left,) = (x for x in fitted.tree("t").plan.groups[0].lanes if x.column == name)
    assert (left.centre, left.contexts) == (None, None)
    assert fitted.tree("t").plan.groups[0].diagrams == ()
    assert warnings == [f"t: the file lacks {lost}; coded plain for that: {name}"]
