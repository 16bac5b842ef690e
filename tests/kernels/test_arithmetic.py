"""Compiled arithmetic and numpy's give the same bits, and neither warns of what is not finite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import twofold
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rootae.codec.grids.relative import RelGrid, _boundaries
from rootae.kernels import arithmetic

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

compiled = arithmetic._compiled
ROWS = st.integers(0, 40)
needs_compiled = pytest.mark.skipif(
    compiled is None, reason="rootae.kernels._arithmetic was not built"
)


def both(run: Callable[[], NDArray[Any]]) -> NDArray[Any]:
    """Return what both give, as bytes, which must be the same."""
    one, other = twofold.both(arithmetic, run)
    assert one.dtype == other.dtype
    assert one.tobytes() == other.tobytes()
    return one


def test_the_extension_is_built_where_there_is_a_compiler() -> None:
    if compiled is None:
        pytest.skip("rootae.kernels._arithmetic was not built: no C compiler was at hand")
    assert arithmetic.compiled()


class Fused:
    """An extension whose compiler joined products and sums."""

    def __init__(self, wrong: str) -> None:
        self.wrong = wrong

    def exponential(
        self,
        x: NDArray[Any],
        coefficients: NDArray[Any],
        constants: NDArray[Any],
        out: NDArray[Any],
    ) -> None:
        out[:] = np.exp(x) if self.wrong == "exponential" else arithmetic.exponential(x)

    def add(self, total: NDArray[Any], column: NDArray[Any], coefficient: float) -> None:
        wide: Any = np.longdouble if self.wrong == "add" else np.float64
        total[:] = (total.astype(wide) + column.astype(wide) * wide(coefficient)).astype(float)


@pytest.mark.parametrize("wrong", ["exponential", "add", ""])
def test_an_extension_that_rounds_otherwise_is_not_used(wrong: str) -> None:
    if wrong == "add" and np.finfo(np.longdouble).nmant <= 52:
        pytest.skip("numbers wider than float64 are not at hand")
    assert arithmetic._rounds(Fused(wrong)) == (not wrong)


KINDS = ["bool", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]


@given(st.data(), st.sampled_from(KINDS), ROWS, st.floats(width=64))
@pytest.mark.filterwarnings("error")
def test_multiples_are_added_in_float64(
    data: st.DataObject, kind: str, rows: int, coefficient: float
) -> None:
    column = data.draw(arrays(kind, rows))
    start = data.draw(arrays("f8", rows, elements=st.floats(allow_nan=False)))

    def run() -> NDArray[Any]:
        total = start.copy()
        arithmetic.add(total, column, coefficient)
        return np.where(np.isnan(total), np.nan, total)  # of a NaN, the sign is anyone's

    found = both(run)
    with np.errstate(all="ignore"):
        wanted = start + column.astype("f8") * coefficient
    assert np.array_equal(found, wanted, equal_nan=True)


@given(st.data(), st.sampled_from(KINDS[:9]), ROWS, st.integers(-(2**53), 2**53))
def test_multiples_of_integers_are_added_modulo_2_to_the_64(
    data: st.DataObject, kind: str, rows: int, coefficient: int
) -> None:
    column, start = data.draw(arrays(kind, rows)), data.draw(arrays("i8", rows))

    def run() -> NDArray[Any]:
        total = start.copy()
        arithmetic.add(total, column, float(coefficient))
        return total

    for found, s, x in zip(both(run).tolist(), start.tolist(), column.tolist(), strict=True):
        assert (found - s - int(x) * coefficient) % 2**64 == 0


@pytest.mark.parametrize("kind", ["i8", "f8"])
def test_whatever_byte_it_is_a_boolean_counts_as_0_or_1(kind: str) -> None:
    column = np.array([0, 1, 2, 255], "u1").view(bool)

    def run() -> NDArray[Any]:
        total = np.zeros(4, kind)
        arithmetic.add(total, column, 3.0)
        return total

    assert both(run).tolist() == [0, 3, 3, 3]


@given(arrays("f8", ROWS, elements=st.floats(width=64)))
def test_the_exponential_of_anything_is_the_same(x: NDArray[Any]) -> None:
    assert np.isfinite(both(lambda: arithmetic.exponential(x))).all()


@pytest.mark.parametrize("rows", [511, 512, 513, 100_000])
def test_the_exponential_is_the_same_over_its_whole_range(rows: int) -> None:
    x = np.random.default_rng(rows).uniform(-701, 701, rows)
    both(lambda: arithmetic.exponential(x))


@given(
    st.sampled_from(["f4", "f8"]).flatmap(lambda k: arrays(k, ROWS)),
    st.floats(4e-4, 0.5),
)
def test_codes_of_anything_are_the_same_and_the_nearest_point_s(
    x: NDArray[Any], error: float
) -> None:
    grid = RelGrid.for_bound(x.dtype.name, error)
    assert isinstance(grid, RelGrid)
    tables = _boundaries(grid.points)
    codes = both(lambda: arithmetic.nearest(x, *tables, grid.points, grid._first))
    with np.errstate(all="ignore"):
        magnitude, points = np.abs(x.astype("f8")), [grid.evaluate(codes + k) for k in (-1, 0, 1)]
        off = [np.abs(np.abs(p.astype("f8")) - magnitude) for p in points]
        normal = (magnitude > 1e-30) & (magnitude < 1e30)
    least = np.minimum(off[0], off[2])[normal]
    assert (off[1][normal] <= least + 1e-6 * magnitude[normal]).all()
    assert (codes[~(magnitude > 0) | ~np.isfinite(x)] == 0).all()


@needs_compiled
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("add", (np.zeros(3), np.zeros(4), 1.0)),
        ("add", (np.zeros(3, "f4"), np.zeros(3), 1.0)),
        ("add", (np.zeros(3, "u8"), np.zeros(3, "u8"), 1.0)),
        ("add", (np.zeros(3, "i8"), np.zeros(3), 1.0)),
        ("add", (np.zeros(3, "i8"), np.zeros(3, "i4"), 2.0**60)),
        ("add", (np.zeros(3, "i8"), np.zeros(3, "i4"), np.nan)),
        ("exponential", (np.zeros(3), np.ones(2), np.ones(4), np.zeros(2))),
        ("exponential", (np.zeros(3), np.ones(0), np.ones(4), np.zeros(3))),
        ("exponential", (np.zeros(3), np.ones(2), np.ones(3), np.zeros(3))),
        ("exponential", (np.zeros(3), np.ones(2), np.full(4, 800.0), np.zeros(3))),
        ("exponential", (np.zeros(3, "f4"), np.ones(2), np.ones(4), np.zeros(3))),
        ("nearest", (np.ones(3), np.zeros(2, "i8"), np.ones(1), 1, 0, np.zeros(2, "i8"))),
        ("nearest", (np.ones(3), np.zeros(2, "i8"), np.ones(1), 0, 0, np.zeros(3, "i8"))),
        ("nearest", (np.ones(3), np.zeros(2, "i8"), np.ones(1), 1, 2**50, np.zeros(3, "i8"))),
        ("nearest", (np.ones(3), np.ones(2, "i8"), np.ones(1), 1, 0, np.zeros(3, "i8"))),
        ("nearest", (np.ones(3), np.zeros(2, "i4"), np.ones(1), 1, 0, np.zeros(3, "i8"))),
        ("nearest", (np.ones(3), np.zeros(0, "i8"), np.ones(1), 1, 0, np.zeros(3, "i8"))),
    ],
)
def test_the_extension_refuses_what_does_not_fit(name: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match="fit"):
        getattr(compiled, name)(*arguments)


@needs_compiled
@pytest.mark.parametrize("bad", [np.zeros(3, "c16"), np.zeros(6)[::2], np.zeros(3, "f2"), "x"])
def test_the_extension_refuses_other_arrays(bad: NDArray[Any] | str) -> None:
    with pytest.raises((TypeError, ValueError, BufferError)):
        compiled.add(np.zeros(3), bad, 1.0)


@needs_compiled
def test_booleans_are_added_and_are_no_sums() -> None:
    total = np.zeros(2, "i8")
    compiled.add(total, np.array([True, False]), 3.0)
    assert total.tolist() == [3, 0]
    with pytest.raises(ValueError, match="fit"):
        compiled.add(np.zeros(8, "?"), np.zeros(8), 1.0)
