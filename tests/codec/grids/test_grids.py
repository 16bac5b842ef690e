from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rootae.codec.grids.absolute import AbsGrid
from rootae.codec.grids.octave import POINTS_AT_MOST, octave_points
from rootae.codec.grids.rank import RankGrid, RankTables
from rootae.codec.grids.registry import (
    AnyGrid,
    ExactFloat,
    ExactInteger,
    RelGrid,
    grid_for,
)
from rootae.codec.grids.relative import _boundaries
from rootae.codec.plan.parse import checked, written
from rootae.errors import CorruptError, FormatError
from rootae.kernels.arithmetic import nearest
from rootae.schema.bounds.bound import EXACT, Bound
from rootae.schema.bounds.deviation import deviation

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy
    from numpy.typing import NDArray

BOUNDS = ["abs:1e-3", "abs:1e-30", "abs:1e30", "rel:1e-3", "rel:0.5", "rel:1e-5", "rel:3e-7"]
FLOATS = ["float32", "float64"]


def patterns(dtype: str) -> SearchStrategy[NDArray[Any]]:
    """Return arrays of any bit pattern at all, with the odd ones among them often."""
    unsigned = np.dtype(dtype.replace("float", "uint"))
    info = np.finfo(dtype)
    special = np.array(
        [0.0, -0.0, np.inf, -np.inf, np.nan, info.max, info.tiny, info.smallest_subnormal, 1, -1],
        dtype,
    ).view(unsigned)
    bits = st.integers(0, 2 ** (8 * unsigned.itemsize) - 1) | st.sampled_from(special.tolist())
    return arrays(unsigned, st.integers(0, 40), elements=bits).map(lambda u: u.view(dtype))


def ordinary(dtype: str, bound: Bound) -> SearchStrategy[NDArray[Any]]:
    """Return values a grid has to serve without escapes: a wide range around the bound."""
    low, high = (1e-30, 1e30) if bound.kind == "rel" else (bound.error, bound.error * 1e4)
    magnitude = st.floats(low, high)
    values = arrays(
        np.float64, st.integers(1, 40), elements=magnitude | magnitude.map(float.__neg__)
    )
    return values.map(lambda x: x.astype(dtype))


@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_the_exact_grid_returns_every_bit_pattern(dtype: str, data: st.DataObject) -> None:
    x = data.draw(patterns(dtype))
    grid = ExactFloat(dtype)
    assert grid.inverse(grid.forward(x)).tobytes() == x.tobytes()


@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_the_exact_grid_keeps_the_order_of_floats(dtype: str, data: st.DataObject) -> None:
    x = data.draw(patterns(dtype))
    x = np.sort(x[~np.isnan(x)])
    q = ExactFloat(dtype).forward(x)
    assert (np.diff(q)[np.diff(x) > 0] > 0).all() if np.isfinite(x).all() else True


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint16", "int32", "uint32"])
def test_integers_are_their_own_codes(dtype: str) -> None:
    info = np.iinfo(dtype)
    x = np.array([info.min, info.max, 0, 1], dtype)
    grid = ExactInteger(dtype)
    assert grid.forward(x).tolist() == x.tolist()
    assert grid.inverse(grid.forward(x)).tolist() == x.tolist()


@pytest.mark.parametrize("dtype", ["int64", "uint64", "bool"])
def test_wide_integers_and_booleans_come_back(dtype: str) -> None:
    x = np.array([0, 2**63 - 1, 2**64 - 1], "u8").view(dtype) if dtype != "bool" else np.eye(2) > 0
    grid = ExactInteger(dtype)
    back = grid.inverse(grid.forward(x))
    assert back.dtype == x.dtype
    assert back.tobytes() == x.tobytes()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("text", BOUNDS)
@given(data=st.data())
def test_no_bit_pattern_makes_a_grid_fail_and_none_breaks_the_bound_unseen(
    dtype: str, text: str, data: st.DataObject
) -> None:
    x, bound = data.draw(patterns(dtype)), Bound.parse(text)
    grid = grid_for(bound, x)
    y = grid.inverse(grid.forward(x))
    assert y.dtype == x.dtype
    _, wrong = deviation(x, y, bound)
    y[wrong] = x[wrong]
    assert not deviation(x, y, bound)[1].any()
    if bound.kind == "rel":
        assert (y[(x == 0) & ~np.signbit(x)] == 0).all()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    "text", ["abs:1e-3", "abs:0.37", "rel:1e-3", "rel:0.5", "rel:1e-5", "rel:3e-7"]
)
@given(data=st.data())
def test_ordinary_values_stay_within_the_bound(dtype: str, text: str, data: st.DataObject) -> None:
    bound = Bound.parse(text)
    x = data.draw(ordinary(dtype, bound))
    grid = grid_for(bound, x)
    y = grid.inverse(grid.forward(x))
    fits = np.spacing(np.abs(x)).astype(float) < bound.error / 10 if bound.kind == "abs" else True
    assert not (deviation(x, y, bound)[1] & fits).any()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("text", ["abs:1e-3", "rel:1e-3", "rel:0.5", "rel:1e-5", "rel:1e-7"])
@given(data=st.data())
def test_forward_is_monotone(dtype: str, text: str, data: st.DataObject) -> None:
    bound = Bound.parse(text)
    x = np.sort(data.draw(ordinary(dtype, bound)))
    assert (np.diff(grid_for(bound, x).forward(x)) >= 0).all()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("text", BOUNDS)
@given(data=st.data())
def test_points_are_their_own_nearest_points(dtype: str, text: str, data: st.DataObject) -> None:
    x = data.draw(ordinary(dtype, Bound.parse("rel:1e-3")))
    grid = grid_for(Bound.parse(text), x)
    once = grid.inverse(grid.forward(x))
    once = once[np.isfinite(once)]
    again = grid.inverse(grid.forward(once))
    if text.startswith("rel"):
        assert again.tobytes() == once.tobytes()


def test_the_published_number_of_points() -> None:
    grid = RelGrid.for_bound("float32", 1e-3)
    assert isinstance(grid, RelGrid)
    assert grid.points == 347


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_bound_below_the_output_s_own_rounding_is_exact(dtype: str) -> None:
    assert isinstance(RelGrid.for_bound(dtype, float(np.finfo(dtype).eps) / 4), ExactFloat)


@pytest.mark.parametrize("error", [5e-324, 1e-300, 1e300, 1.7e308])
def test_extreme_absolute_bounds_do_not_overflow(error: float) -> None:
    x = np.array([0.0, 1.0, -1e300, np.nan])
    grid = AbsGrid.for_bound("float64", error, 1e300)
    assert np.isfinite(grid.inverse(grid.forward(x))).all()


def boundaries(n: int) -> NDArray[np.float64]:
    """Return where codes change in [1, 2), and the float64 numbers on either side."""
    points = octave_points(n)
    middle = (points[:-1] + points[1:]) / 2
    return np.concatenate([middle, np.nextafter(middle, 0), np.nextafter(middle, 3)])


MANTISSAS = arrays("f8", st.integers(0, 50), elements=st.floats(1, 2, exclude_max=True))


@given(
    n=st.integers(1, POINTS_AT_MOST), free=MANTISSAS, buckets=st.lists(st.integers(0, 2**13 - 1))
)
def test_buckets_give_the_code_that_a_search_gives(
    n: int, free: NDArray[np.float64], buckets: list[int]
) -> None:
    ends = 1 + np.array(buckets, "f8") / 2**13
    near = [boundaries(n), ends, np.nextafter(ends, 3), np.nextafter(ends, 0)]
    m = np.concatenate([free, *near])
    m = m[(m >= 1) & (m < 2)]
    points = octave_points(n)
    wanted = np.searchsorted((points[:-1] + points[1:]) / 2, m)
    assert nearest(m, *_boundaries(n), n, 0).tolist() == wanted.tolist()


@pytest.mark.parametrize("n", [1, 2, 3, 347, 512, 513, 1366, POINTS_AT_MOST])
@pytest.mark.parametrize("dtype", FLOATS)
def test_codes_change_exactly_where_the_format_says(dtype: str, n: int) -> None:
    """In any octave, at the boundaries between points and one unit to either side."""
    grid, m = RelGrid(dtype, 1e-4, n), boundaries(n)
    m = m[(m >= 1) & (m < 2)]
    points = octave_points(n)
    index = np.searchsorted((points[:-1] + points[1:]) / 2, m.astype(dtype).astype("f8"))
    exponents = [0, 1, 17, -100, 120] + ([-1000, 1000] if dtype == "float64" else [])
    first = 1 + (150 if dtype == "float32" else 1075) * n
    for e in exponents:
        x = np.ldexp(m, e).astype(dtype)
        inside = x.astype("f8") < np.ldexp(1.0, e + 1)
        assert (grid.forward(x)[inside] == (first + e * n + index)[inside]).all()
        assert (grid.forward(-x) == -grid.forward(x)).all()


@pytest.mark.parametrize("n", [1, 2, 35, 347, 512, 513, 0])
@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_values_from_a_table_are_those_of_arithmetic(
    dtype: str, n: int, data: st.DataObject
) -> None:
    grid = RelGrid(dtype, 1e-5 if n == 0 else 0.1, n)
    last = 300 * max(n, 1)
    near = st.integers(-last, last)
    q = data.draw(arrays("i8", st.integers(0, 40), elements=near | st.integers(-(2**62), 2**62)))
    values, wanted = grid.inverse(q), grid.evaluate(q)
    assert values.dtype == wanted.dtype == np.dtype(dtype)
    assert values.tobytes() == wanted.tobytes()
    narrow = np.clip(q, -last, last).astype("i4")
    assert grid.inverse(narrow).tobytes() == grid.evaluate(narrow.astype("i8")).tobytes()


@pytest.mark.parametrize("n", [1, 347, 512])
def test_every_code_of_a_coarse_grid_has_its_value(n: int) -> None:
    grid = RelGrid("float32", 0.1, n)
    q = np.arange(-290 * n, 290 * n + 1)
    assert grid.inverse(q).tobytes() == grid.evaluate(q).tobytes()


@pytest.mark.parametrize("dtype", FLOATS)
def test_codes_at_the_ends_of_64_bits_have_some_value(dtype: str) -> None:
    q = np.array([-(2**63), 2**63 - 1, 0, -(2**63) + 1])
    for n in (347, 1000, 0):
        grid = RelGrid(dtype, 1e-3, n)
        for some in (q, q[:1], q[1:2]):
            assert grid.inverse(some).dtype == np.dtype(dtype)


def test_values_are_the_same_through_a_table_and_without_one() -> None:
    grid = RelGrid.for_bound("float32", 1e-3)
    q = grid.forward(np.random.default_rng(0).normal(size=1000).astype("f4"))
    few = np.concatenate([grid.inverse(q[i : i + 1]) for i in range(len(q))])
    assert grid.inverse(np.tile(q, 1000))[:1000].tobytes() == few.tobytes()


@pytest.mark.parametrize("sample", [[], [np.nan], [1.0], [1.0, 1.0], [-1000.0, 2.0, np.inf]])
def test_rank_grids_take_any_sample(sample: list[float]) -> None:
    x = np.array(sample, "f4")
    grid = RankGrid.fit(x)
    y = grid.inverse(grid.forward(x))
    assert y.dtype == x.dtype
    assert np.isfinite(y).all()


def test_a_rank_grid_returns_values_of_the_sample() -> None:
    x = np.random.default_rng(0).normal(size=5000)
    grid = RankGrid.fit(x)
    assert np.isin(grid.inverse(grid.forward(x)), x).all()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("bound", [str(EXACT), *BOUNDS])
def test_json_is_a_round_trip(dtype: str, bound: str) -> None:
    grid = grid_for(Bound.parse(bound), np.ones(3, dtype))
    tables: list[NDArray[np.int64]] = []
    planned = grid.planned(tables)
    assert checked(AnyGrid, written(planned), "grid") == planned
    assert planned.with_tables(tables) == grid


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"kind": "log", "dtype": "float32"},
        {"kind": "bits", "dtype": "object"},
        {"kind": "bits", "dtype": "int32"},
        {"kind": "integer", "dtype": "float32"},
        {"kind": "abs", "dtype": "float32", "step": (0.0).hex()},
        {"kind": "abs", "dtype": "float32", "step": "nan"},
        {"kind": "rel", "dtype": "float32", "error": (2.0).hex(), "octave": 3},
        {"kind": "rel", "dtype": "float32", "error": (1e-3).hex(), "octave": 10**9},
        {"kind": "rel", "dtype": "float64", "error": (2.0**-53).hex(), "octave": 0},
        {"kind": "rank", "dtype": "text", "edges": 0, "points": 1},
        {"kind": "rank", "dtype": "float32", "edges": 0},
    ],
)
def test_unknown_grids_are_refused(config: dict[str, Any]) -> None:
    with pytest.raises((CorruptError, FormatError), match="damaged"):
        checked(AnyGrid, config, "grid")


@pytest.mark.parametrize("points", [[], [np.nan], [1.0, np.inf]])
def test_rank_grids_whose_points_are_no_numbers_are_refused(points: list[float]) -> None:
    tables = [np.zeros(0, np.int64), np.array(points, float).view(np.int64)]
    with pytest.raises(CorruptError, match="points"):
        RankTables("float32", 0, 1).with_tables(tables)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64", "uint64"])
def test_points_beyond_a_type_are_its_ends_on_every_machine(dtype: str) -> None:
    points = np.array([-1e300, -0.5, 1.9, 1e300])
    info = np.iinfo(dtype)
    end = min(info.max, int(np.nextafter(float(info.max), 0))) if info.bits == 64 else info.max
    found = RankGrid(dtype, points[:-1], points).inverse(np.arange(4))
    assert found.tolist() == [info.min, 0, 1, end]


@pytest.mark.parametrize("dtype", FLOATS)
def test_codes_of_the_finest_grid_stay_within_64_bits(dtype: str) -> None:
    grid = RelGrid(dtype, 2.0**-52, 0)
    largest = np.array([np.finfo(dtype).max, np.finfo(dtype).smallest_subnormal], dtype)
    codes = grid.forward(np.concatenate([largest, -largest]))
    assert (np.abs(codes) < 2**62).all()
    assert (codes[:2] == -codes[2:]).all()
    assert (grid.inverse(np.array([2**63 - 1, -(2**63)])) == [np.inf, -np.inf]).all()


def test_a_rank_grid_keeps_all_of_few_values() -> None:
    x = np.random.default_rng(0).poisson(4, 5000).astype(np.int32)
    grid = RankGrid.fit(x)
    assert np.array_equal(grid.inverse(grid.forward(x)), x)


def test_a_rank_grid_brings_rare_large_values_back_too() -> None:
    x = np.random.default_rng(0).pareto(2.5, 50_000).astype(np.float32) + 1
    grid = RankGrid.fit(x)
    error = np.abs(grid.inverse(grid.forward(x)) / x - 1)
    assert len(grid.points) <= 1024
    assert np.median(error) < 1e-3
    assert error.max() < 0.1, "points of equal counts alone are off by more than a half"


def test_a_sentinel_far_away_leaves_a_rank_grid_its_points() -> None:
    x = np.random.default_rng(0).normal(size=20_000)
    x[:10] = -1e300
    grid = RankGrid.fit(x)
    error = np.abs(grid.inverse(grid.forward(x)) - x)
    assert len(grid.points) > 400
    assert np.quantile(error, 0.999) < 0.3
    assert (grid.inverse(grid.forward(x[:10])) == -1e300).all()
