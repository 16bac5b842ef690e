"""Every grid, held against the same checks, and against the second reader."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from reference.grids import code_on, on_grid
from tables import round_trip, table

from rootae.codec.codec import Codec
from rootae.codec.grids.special import SpecialGrid
from rootae.codec.plan.plan import Plan
from rootae.planner.rules import rules_of
from rootae.planner.survey import survey
from rootae.schema.bounds.bound import Bound
from rootae.schema.bounds.deviation import deviation
from rootae.schema.values import Values

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy
    from numpy.typing import NDArray

    from rootae.codec.grids.grid import Grid

FLOATS = ("float32", "float64")
INTEGERS = ("bool", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)))
CASES = [
    *(("exact", dtype) for dtype in (*FLOATS, *INTEGERS)),
    *(("none", dtype) for dtype in (*FLOATS, "int32", "uint8")),
    *((bound, dtype) for bound in ("abs:1e-3", "abs:0.37", "abs:1e30") for dtype in FLOATS),
    *(
        (bound, dtype)
        for bound in ("rel:0.5", "rel:1e-3", "rel:1e-5", "rel:1e-7")
        for dtype in FLOATS
    ),
    *((f"{bound}, sentinels", dtype) for bound in ("abs:0.37", "rel:1e-3") for dtype in FLOATS),
]
SENTINELS = ", sentinels"
every_grid = pytest.mark.parametrize(("bound", "dtype"), CASES)


def promised(bound: str) -> Bound:
    """Return the bound of a case."""
    return Bound.parse(bound.removesuffix(SENTINELS))


def sample(dtype: str, bound: str = "") -> NDArray[Any]:
    """Return some values, ordinary and odd; sentinels among them where the bound says so."""
    if bound.endswith(SENTINELS):
        few = np.array([-999, -5, -0.0, 0.1, np.finfo(dtype).max], dtype)
        return np.concatenate([sample(dtype), np.repeat(few, 20)])
    rng = np.random.default_rng(3)
    if dtype == "bool":
        return rng.random(200) < 0.3
    if dtype in INTEGERS:
        info = np.iinfo(dtype)
        few = rng.integers(0, 100, 200).astype(dtype)
        return np.append(few, np.array([info.min, info.max], dtype))
    x = (rng.normal(size=200) * 10 ** rng.uniform(-3, 4, 200)).astype(dtype)
    return np.append(x, np.array([0, -0.0, np.inf, -np.inf, np.nan, np.finfo(dtype).max], dtype))


def anything(dtype: str, bound: str = "") -> SearchStrategy[NDArray[Any]]:
    """Return arrays of any values at all: any bit pattern, but of booleans."""
    if dtype == "bool":
        return arrays(bool, st.integers(1, 40))
    bits = np.dtype(f"u{np.dtype(dtype).itemsize}")
    some = sample(dtype, bound).view(bits).tolist()
    elements = st.integers(0, int(np.iinfo(bits).max)) | st.sampled_from(some)
    return arrays(bits, st.integers(1, 40), elements=elements).map(lambda u: u.view(dtype))


@functools.cache
def planned(bound: str, dtype: str) -> tuple[Codec, Grid, dict[str, Any]]:
    """Return a codec of one column, its grid, and the grid as the plan's text has it."""
    schema, values = table({"x": sample(dtype, bound)})
    tables: list[NDArray[np.int64]] = []
    tree = survey(schema, values, rules_of({"x": str(promised(bound))}), tables=tables)
    codec = Codec(Plan((tree,)), tables)
    (lane,) = json.loads(codec.plan.to_json())["trees"][0]["groups"][0]["lanes"]
    grid = tree.groups[0].lanes[0].grid.with_tables(tables)
    assert isinstance(grid, SpecialGrid) == bound.endswith(SENTINELS)
    return codec, grid, lane["grid"]


@every_grid
@settings(max_examples=10)
@given(data=st.data())
def test_values_come_back_within_the_bound_or_are_escaped(
    bound: str, dtype: str, data: st.DataObject
) -> None:
    x, promise = data.draw(anything(dtype, bound)), promised(bound)
    codec, grid, _ = planned(bound, dtype)
    y = grid.inverse(grid.forward(x))
    assert (y.dtype, y.shape) == (x.dtype, x.shape)
    _, decoder = round_trip(codec, {"x": Values(x)})
    read = decoder.values("x").flat
    assert not deviation(x, read, promise)[1].any()
    outside = deviation(x, y, promise)[1]
    if bound == "exact":
        assert read.tobytes() == x.tobytes()
        assert not outside.any()


@every_grid
@settings(max_examples=10)
@given(data=st.data())
def test_the_second_reader_has_the_same_codes_and_values(
    bound: str, dtype: str, data: st.DataObject
) -> None:
    x = data.draw(anything(dtype, bound))
    codec, grid, told = planned(bound, dtype)
    codes = grid.forward(x)
    with np.errstate(all="ignore"):
        theirs = code_on(told, x, codec.tables)
        values = on_grid(told, codes, codec.tables)
    theirs = theirs.view(np.int64) if theirs.dtype == np.uint64 else theirs.astype(np.int64)
    assert codes.tolist() == theirs.tolist()
    assert grid.inverse(codes).tobytes() == values.tobytes()


@every_grid
def test_a_plan_s_text_gives_the_same_grid_again(bound: str, dtype: str) -> None:
    codec, _, told = planned(bound, dtype)
    again = Codec.from_parts(*codec.parts)
    (lane,) = json.loads(again.plan.to_json())["trees"][0]["groups"][0]["lanes"]
    assert lane["grid"] == told
    assert again.plan == codec.plan
    values = {"x": Values(sample(dtype, bound))}
    ours, theirs = (c.tree("t").encode(values) for c in (codec, again))
    assert ours.blobs == theirs.blobs


@every_grid
@settings(max_examples=10)
@given(data=st.data())
def test_any_codes_at_all_have_some_values(bound: str, dtype: str, data: st.DataObject) -> None:
    codec, grid, told = planned(bound, dtype)
    near = st.integers(-70_000, 70_000)
    wide = near | st.integers(-(2**63), 2**63 - 1)
    q = data.draw(arrays(np.int64, st.integers(0, 40), elements=wide))
    y = grid.inverse(q)
    assert (y.dtype, y.shape) == (np.dtype(dtype), q.shape)
    with np.errstate(all="ignore"):
        theirs = on_grid(told, q, codec.tables)
    assert y.tobytes() == theirs.tobytes()
    narrow = np.clip(q, -(2**31), 2**31 - 1)
    assert grid.inverse(narrow.astype(np.int32)).tobytes() == grid.inverse(narrow).tobytes()
