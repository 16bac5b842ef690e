from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import one_lane
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from related import BOUNDS, ROWS, planned, related, wild
from tables import bytes_of, table

from rootae.codec import lane
from rootae.codec.codec import Codec
from rootae.codec.grids.registry import ExactFloat, ExactInteger, grid_for
from rootae.codec.plan.plan import Plan
from rootae.codec.relations.centre import Centre, Term
from rootae.errors import CorruptError
from rootae.planner.adapt import adapt
from rootae.planner.sample import Sampled
from rootae.planner.survey import survey
from rootae.schema.bounds.bound import EXACT, Bound
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.codec.block import Block
    from rootae.codec.grids.grid import Grid


@pytest.fixture(scope="module", params=BOUNDS)
def codec(request: pytest.FixtureRequest) -> Codec:
    return planned(related(), request.param)


def centred(codec: Codec) -> dict[str, Centre]:
    """Return {column: centre} of the only group."""
    (group,) = codec.plan.trees[0].groups
    return {x.column: x.centre for x in group.lanes if x.centre is not None}


def without(codec: Codec) -> Codec:
    """Return the same codec without centres."""
    (tree,) = codec.plan.trees
    (group,) = tree.groups
    bare = tuple(dataclasses.replace(x, centre=None) for x in group.lanes)
    tree = dataclasses.replace(tree, groups=(dataclasses.replace(group, lanes=bare),))
    return Codec(Plan((tree,)), codec.tables)


def coded(codec: Codec, columns: Mapping[str, Any]) -> tuple[Block, dict[str, int]]:
    """Code a block, verify it as a reader would, and return it with its modes by column."""
    _, values = table(columns)
    coder = codec.tree("t")
    block = coder.encode(values)
    coder.verify(block, values, "here")
    decoder = coder.decoder(block)
    for name, v in values.items():
        if coder.bounds[name].kind == "exact":
            assert decoder.values(name).flat.tobytes() == v.flat.tobytes()
    names = [x.column for x in codec.plan.trees[0].groups[0].lanes]
    return block, dict(zip(names, block.modes, strict=True))


def test_every_kind_of_relation_gets_its_centre(codec: Codec) -> None:
    found = centred(codec)
    assert any(t.kind == "energy" for c in found.values() for t in c.terms)
    assert any(t.kind == "one" for c in found.values() for t in c.terms)
    assert any(c.root for c in found.values())
    assert "sum" in found or codec.plan.trees[0].groups[0].lanes[-1].derived


def test_values_unlike_the_sample_keep_their_bounds(codec: Codec) -> None:
    coded(codec, wild(related(seed=3)))


def test_scattered_special_values_keep_their_bounds_and_the_mode(codec: Codec) -> None:
    columns = related(seed=4)
    for name, x in columns.items():
        if x.dtype.kind == "f":
            x[np.random.default_rng(len(name)).integers(0, ROWS, 8)] = np.nan
            x[7] = np.inf
    _, modes = coded(codec, columns)
    assert modes["p"] == lane.CENTRED


@pytest.mark.parametrize("rows", [0, 1, 2, 17])
def test_blocks_of_few_rows_keep_their_bounds(codec: Codec, rows: int) -> None:
    coded(codec, {k: x[:rows] for k, x in related(seed=5).items()})


@pytest.mark.parametrize("change", [related, lambda: wild(related()), lambda: related(60, 2)])
def test_no_column_costs_more_than_plain(codec: Codec, change: Callable[..., Any]) -> None:
    columns = change()
    block, plain = coded(codec, columns)[0], coded(without(codec), columns)[0]
    assert all(bytes_of(codec, block, c) <= bytes_of(codec, plain, c) + 4 for c in columns)


def test_centres_save_what_they_were_found_for(codec: Codec) -> None:
    columns = related(seed=6)
    block, plain = coded(codec, columns)[0], coded(without(codec), columns)[0]
    for name in centred(codec):
        assert bytes_of(codec, block, name) < 0.97 * bytes_of(codec, plain, name), name


def test_a_codec_comes_back_from_its_bytes(codec: Codec) -> None:
    again = Codec.from_parts(*codec.parts)
    assert again.plan == codec.plan
    assert again.id == codec.id


def test_a_file_that_lacks_a_source_codes_the_lane_plainly(codec: Codec) -> None:
    before = centred(codec)
    source = next(t.lanes[0] for t in before["p"].terms)
    lost = codec.plan.trees[0].groups[0].lanes[source].column
    columns = {k: x for k, x in related(seed=7).items() if k != lost}
    schema, values = table(columns)
    fitted, warnings = adapt(codec, [Sampled(schema, values)])
    assert "p" not in centred(fitted)
    assert set(centred(fitted)) == set(before) - {"p"}
    assert f"lacks {lost}; coded plain for that: p" in warnings[0]
    _, modes = coded(fitted, columns)
    assert modes["p"] == lane.PLAIN


def test_columns_in_another_order_keep_their_centres(codec: Codec) -> None:
    columns = dict(reversed(related(seed=8).items()))
    schema, values = table(columns)
    fitted, warnings = adapt(codec, [Sampled(schema, values)])
    assert warnings == []
    assert set(centred(fitted)) == set(centred(codec))
    assert coded(fitted, columns)[1]["p"] == lane.CENTRED


def test_reading_a_centred_column_reads_what_it_rests_on() -> None:
    from rootae.codec.plan.lineage import ancestors, how

    codec = planned(related())
    tree = codec.plan.trees[0]
    assert ancestors(tree, "p") == {"x", "y", "z"}
    assert how(tree.groups[0], "p") == "plain, centred on a relation"


Kind = Literal["one", "lane", "energy"]
CENTRE = Centre((Term("one", (), 1.0), Term("lane", (0,), -2.0)), False, -(2**62), 2**62)
FLOATS = arrays("f8", st.integers(1, 30), elements=st.floats(width=64))


def codes(
    centre: Centre, columns: Sequence[NDArray[Any]], dtype: str, grid: Grid | None = None
) -> NDArray[np.int64]:
    grid = grid or (ExactInteger if np.dtype(dtype).kind in "iub" else ExactFloat)(dtype)
    return centre.codes(columns.__getitem__, len(columns[0]), grid)


@pytest.mark.parametrize("root", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int8", "uint32", "uint64", "bool"])
@given(x=FLOATS)
def test_codes_lie_between_the_ends_whatever_the_source_says(
    root: bool, dtype: str, x: NDArray[Any]
) -> None:
    centre = Centre((Term("lane", (0,), 3.0), Term("one", (), 0.5)), root, -7, 99)
    q = codes(centre, [x], dtype)
    assert q.dtype == np.int64
    assert ((q >= -7) & (q <= 99)).all()


def test_a_sum_that_is_not_finite_counts_as_zero() -> None:
    x = np.array([np.nan, np.inf, -np.inf, 1.0])
    assert codes(CENTRE, [x], "int32").tolist() == [0, 0, 0, -1]


def test_the_root_of_what_is_negative_is_zero() -> None:
    centre = Centre((Term("lane", (0,), -1.0), Term("one", (), 9.0)), True, -99, 99)
    assert codes(centre, [np.array([0.0, 3.0, 4.0, np.nan])], "int8").tolist() == [3, 0, 0, 0]


def test_terms_are_squared_before_their_coefficients() -> None:
    centre = Centre((Term("lane", (0,), 4.0),), True, 0, 99)
    assert codes(centre, [np.array([-3.0])], "int8").tolist() == [6]


def test_whole_numbers_are_rounded_half_to_even_within_their_type() -> None:
    centre = Centre((Term("lane", (0,), 0.5),), False, -(2**40), 2**40)
    x = np.array([1.0, 3.0, 5.0, -1.0, 600.0, -600.0, 2.0**40])
    assert codes(centre, [x], "int8").tolist() == [0, 2, 2, 0, 127, -128, 127]
    assert codes(centre, [x], "uint8").tolist() == [0, 2, 2, 0, 255, 0, 255]
    assert codes(centre, [x], "int64").tolist() == [0, 2, 2, 0, 300, -300, 2**31 - 1]


def test_a_centre_beyond_float32_is_clipped_not_an_error() -> None:
    grid = grid_for(Bound("rel", 1e-3), np.ones(3, "f4"))
    centre = Centre((Term("lane", (0,), 1e300),), False, 5, 10**6)
    assert codes(centre, [np.array([1.0, np.nan])], "float32", grid).tolist() == [5, 5]


def test_a_component_is_taken_of_four_lanes_in_their_order() -> None:
    columns = [np.array([m]) for m in (0.5, 0.1, 2.0, 30.0)]  # mass, phi, eta, pt
    centre = Centre((Term("energy", (3, 2, 1, 0), 1.0),), False, 0, 2**63 - 1)
    wanted = ExactFloat("float64").forward(np.sqrt((30 * np.cosh(2.0)) ** 2 + 0.25)[None])
    assert abs(int(codes(centre, columns, "float64")[0]) - int(wanted[0])) <= 4
    assert centre.sources == (3, 2, 1, 0)


@given(x=arrays("u8", st.integers(1, 40)), data=st.data())
def test_differences_wrap_and_come_back(x: NDArray[Any], data: st.DataObject) -> None:
    x = x.view("f8")
    grid = ExactFloat("float64")
    centre = data.draw(arrays("i8", len(x)))
    encoded, _ = one_lane.encoded(x, grid, EXACT, centre=centre)
    decoded = lane.decode(encoded.mode, encoded.blob, len(x), grid, None, centre)
    assert decoded.values.tobytes() == x.tobytes()


def test_a_centred_lane_without_a_centre_is_damage() -> None:
    with pytest.raises(CorruptError, match="needs its centre, and has none"):
        lane.decode(lane.CENTRED, bytes(4), 3, ExactInteger("int32"))


@pytest.mark.parametrize(
    "change",
    [
        {"terms": ()},
        {"terms": (Term("one", (), 1.0),)},
        {"low": 3, "high": 2},
        {"low": -(2**63) - 1},
        {"high": 2**63},
    ],
)
def test_a_centre_that_names_no_lane_or_has_no_range_is_damage(change: dict[str, Any]) -> None:
    with pytest.raises(CorruptError):
        dataclasses.replace(CENTRE, **change)


@pytest.mark.parametrize(
    ("kind", "sources"), [("one", (1,)), ("lane", ()), ("lane", (1, 2)), ("energy", (1, 2, 3))]
)
def test_a_term_with_another_number_of_lanes_is_damage(
    kind: Kind, sources: tuple[int, ...]
) -> None:
    with pytest.raises(CorruptError):
        Term(kind, sources, 1.0)


def test_jagged_columns_have_centres_of_their_own() -> None:
    columns = related()
    counts = np.full(ROWS // 5, 5)
    schema, values = table({"n": counts})
    del values["n"]
    flat = {f"Jet_{k}": Values(x, counts) for k, x in columns.items()}
    described = [
        dataclasses.replace(schema.columns[0], name=k, dtype=v.flat.dtype.name, counter="nJet")
        for k, v in flat.items()
    ]
    counter = dataclasses.replace(schema.columns[0], name="nJet", dtype="int32", is_counter=True)
    schema = dataclasses.replace(schema, columns=(counter, *described), order=("nJet", *flat))
    values = {"nJet": Values(counts.astype("i4")), **flat}
    plan = survey(schema, values)
    assert sum(x.centre is not None for x in plan.groups[1].lanes) >= 3
    coder = Codec(Plan((plan,))).tree("t")
    coder.verify(coder.encode(values), values, "here")
