"""Samples have the codes that a grid gives them, whoever works them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rootae.codec.grids.absolute import AbsGrid
from rootae.codec.grids.codes import codes_of
from rootae.codec.grids.exact import ExactFloat, ExactInteger
from rootae.codec.grids.rank import RankGrid
from rootae.codec.grids.relative import RelGrid
from rootae.codec.grids.special import SpecialGrid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.codec.grids.registry import Grid

GRIDS: list[Grid] = [
    AbsGrid("float32", 0.01),
    AbsGrid("float64", 2.0**-40),
    RelGrid.for_bound("float32", 1e-3),
    RelGrid.for_bound("float64", 1e-9),
    SpecialGrid(AbsGrid("float32", 0.7), (-999.0, 0.5), (-1427, 2)),
    SpecialGrid(RelGrid("float64", 0.01, 40), (-0.0, 1.0), (-3, 40_000)),
    ExactFloat("float32"),
    ExactInteger("uint8"),
    RankGrid("float64", np.array([0.5, 2.0]), np.array([0.0, 1.0, 3.0])),
]


@pytest.mark.parametrize("grid", GRIDS)
@given(data=st.data())
def test_codes_are_those_of_the_grid(grid: Grid, data: st.DataObject) -> None:
    width = np.dtype(grid.dtype).itemsize
    x: NDArray[Any] = data.draw(arrays(f"u{width}", st.integers(0, 60))).view(grid.dtype)
    assert codes_of(grid, x).tolist() == grid.forward(x).tolist()


def test_values_may_lie_apart() -> None:
    x = np.arange(40, dtype="f4")
    assert codes_of(GRIDS[0], x[::3]).tolist() == codes_of(GRIDS[0], x)[::3].tolist()
