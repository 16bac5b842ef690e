"""Which values of a sample are special."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rootae.codec.grids.registry import grid_for
from rootae.codec.grids.special import SPECIAL_AT_MOST, SpecialGrid
from rootae.planner.special import keeping
from rootae.schema.bounds.bound import Bound
from rootae.schema.bounds.deviation import deviation

if TYPE_CHECKING:
    from numpy.typing import NDArray

RNG = np.random.default_rng(0)
SPREAD = RNG.normal(size=5000).astype("f4")
BOUNDS = ("abs:0.5", "abs:1e-3", "abs:1e-30", "abs:1e30", "rel:1e-2", "rel:1e-6")


def chosen(x: NDArray[Any], bound: str = "abs:0.37") -> Any:
    """Return the grid for a sample."""
    promise = Bound.parse(bound)
    return keeping(grid_for(promise, x), promise, x)


def with_some(*values: float, times: int = 100) -> NDArray[np.float32]:
    return np.concatenate([SPREAD, np.repeat(np.array(values, "f4"), times)])


@pytest.mark.parametrize("bound", ["abs:0.37", "rel:1e-2"])
def test_sentinels_are_special(bound: str) -> None:
    found = chosen(with_some(-999, -5, 9.7), bound).values
    assert found == tuple(np.array([-999, -5, 9.7], "f4").tolist())


def test_values_that_a_column_was_rounded_to_are_not() -> None:
    x = np.round(SPREAD * 20) / 20 + 0  # no -0.0, which would be an escape
    assert not isinstance(chosen(x, "abs:0.5"), SpecialGrid)


def test_a_value_that_fills_half_of_a_column_is_special_wherever_it_lies() -> None:
    x = np.concatenate([SPREAD / 100, np.full(5100, 0.003, "f4")])
    assert chosen(x, "abs:0.5").values == (float(np.float32(0.003)),)


@pytest.mark.parametrize(
    ("times", "bound"), [(9, "abs:0.37"), (20, "abs:0.37"), (100, "exact"), (100, "none")]
)
def test_rare_values_and_other_grids_are_left_alone(times: int, bound: str) -> None:
    x = with_some(-999, times=times)
    assert not isinstance(chosen(x, bound), SpecialGrid)


def test_values_that_the_grid_has_anyway_need_no_code() -> None:
    assert not isinstance(chosen(with_some(0, 1, -1, 2), "rel:1e-2"), SpecialGrid)


def test_not_finite_values_are_escapes() -> None:
    assert not isinstance(chosen(with_some(np.nan, np.inf, -np.inf)), SpecialGrid)


def test_of_many_the_most_frequent_ones_are_special() -> None:
    values = np.arange(1, 31) * 1.03
    x = np.repeat(values, 10 * np.arange(1, 31))
    grid = chosen(x)
    assert len(grid.values) == SPECIAL_AT_MOST
    assert grid.values == tuple(values[-SPECIAL_AT_MOST:])


@pytest.mark.parametrize("rows", [2, 5, 5000])
def test_a_constant_is_special(rows: int) -> None:
    assert chosen(np.full(rows, 7.7), "abs:0.5").values == (7.7,)


def test_a_sentinel_beyond_what_the_grid_reaches_is_no_escape() -> None:
    most = float(np.finfo("f4").max)
    grid = chosen(with_some(most, -most, 1e20), "abs:1e-3")
    assert grid.values == (-most, float(np.float32(1e20)), most)
    q = grid.forward(with_some(most, -most))
    assert q.max() - q.min() < 20_000, "ends of the codes, not of 64 bits"


def test_zeros_are_told_apart() -> None:
    grid = chosen(with_some(-0.0, 0.0, -3))
    x = np.array([-0.0, 0.0, -3], "f4")
    assert grid.inverse(grid.forward(x)).tobytes() == x.tobytes()


@pytest.mark.parametrize("bound", BOUNDS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(data=st.data())
def test_whatever_is_found_often_and_stands_alone_comes_back_bit_for_bit(
    bound: str, dtype: str, data: st.DataObject
) -> None:
    values = data.draw(arrays(dtype, st.integers(1, 12)))
    x = np.repeat(values, 20)
    promise = Bound.parse(bound)
    behind = grid_for(promise, x)
    q = behind.forward(x)
    cells = dict(zip(*np.unique(q, return_counts=True), strict=True))
    times = dict(zip(*np.unique(x.view(f"u{x.itemsize}"), return_counts=True), strict=True))
    many = [times[b] >= 0.8 * cells[c] for b, c in zip(x.view(f"u{x.itemsize}"), q, strict=True)]
    escaped = deviation(x, behind.inverse(q), promise)[1]
    alone = np.isfinite(x) & (np.array(many) | escaped)
    grid = keeping(behind, promise, x)
    y = grid.inverse(grid.forward(x))
    assert y[alone].tobytes() == x[alone].tobytes()


@pytest.mark.parametrize("bound", ["abs:0.5", "abs:1e-3", "rel:1e-2", "rel:1e-6"])
def test_codes_stay_in_the_order_of_values_but_inside_a_step(bound: str) -> None:
    x = np.sort(with_some(-999, -5, 9.7, 1e5))
    grid = chosen(x, bound)
    assert isinstance(grid, SpecialGrid)
    q, step = grid.forward(x), np.diff(grid.base.forward(x))
    assert (np.diff(q)[step > 0] > 0).all()
    assert (np.abs(np.diff(q))[step == 0] <= 1).all()
