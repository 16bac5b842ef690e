"""Arithmetic rounds as it says, and does not warn of what is not finite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rootae.codec.grids.relative import RelGrid, _boundaries
from rootae.kernels import arithmetic

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS = st.integers(0, 40)
KINDS = ["bool", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]


@given(st.data(), st.sampled_from(KINDS), ROWS, st.floats(width=64))
@pytest.mark.filterwarnings("error")
def test_multiples_are_added_in_float64(
    data: st.DataObject, kind: str, rows: int, coefficient: float
) -> None:
    column = data.draw(arrays(kind, rows))
    start = data.draw(arrays("f8", rows, elements=st.floats(allow_nan=False)))

    found = start.copy()
    arithmetic.add(found, column, coefficient)
    with np.errstate(all="ignore"):
        wanted = [a + float(x) * coefficient for a, x in zip(start, column, strict=True)]
    assert np.array_equal(found, wanted, equal_nan=True)


@given(st.data(), st.sampled_from(KINDS[:9]), ROWS, st.integers(-(2**53), 2**53))
def test_multiples_of_integers_are_added_modulo_2_to_the_64(
    data: st.DataObject, kind: str, rows: int, coefficient: int
) -> None:
    column, start = data.draw(arrays(kind, rows)), data.draw(arrays("i8", rows))

    total = start.copy()
    arithmetic.add(total, column, float(coefficient))
    for found, s, x in zip(total.tolist(), start.tolist(), column.tolist(), strict=True):
        assert (found - s - int(x) * coefficient) % 2**64 == 0


@pytest.mark.parametrize("kind", ["i8", "f8"])
def test_whatever_byte_it_is_a_boolean_counts_as_0_or_1(kind: str) -> None:
    column = np.array([0, 1, 2, 255], "u1").view(bool)

    total = np.zeros(4, kind)
    arithmetic.add(total, column, 3.0)
    assert total.tolist() == [0, 3, 3, 3]


@given(arrays("f8", ROWS, elements=st.floats(width=64)))
def test_the_exponential_of_anything_is_finite(x: NDArray[Any]) -> None:
    assert np.isfinite(arithmetic.exponential(x)).all()


def test_the_exponential_is_near_over_its_whole_range() -> None:
    x = np.random.default_rng(0).uniform(-700, 700, 10_000)
    assert np.allclose(arithmetic.exponential(x), np.exp(x), rtol=1e-14, atol=0)


@given(
    st.sampled_from(["f4", "f8"]).flatmap(lambda k: arrays(k, ROWS)),
    st.floats(4e-4, 0.5),
)
def test_codes_of_anything_are_the_nearest_point_s(x: NDArray[Any], error: float) -> None:
    grid = RelGrid.for_bound(x.dtype.name, error)
    assert isinstance(grid, RelGrid)
    tables = _boundaries(grid.points)
    codes = arithmetic.nearest(x, *tables, grid.points, grid._first)
    with np.errstate(all="ignore"):
        magnitude, points = np.abs(x.astype("f8")), [grid.evaluate(codes + k) for k in (-1, 0, 1)]
        off = [np.abs(np.abs(p.astype("f8")) - magnitude) for p in points]
        normal = (magnitude > 1e-30) & (magnitude < 1e30)
    least = np.minimum(off[0], off[2])[normal]
    assert (off[1][normal] <= least + 1e-6 * magnitude[normal]).all()
    assert (codes[~(magnitude > 0) | ~np.isfinite(x)] == 0).all()
