"""Scales: on which a network says where a column's values lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch", reason="torch is not installed")

from rootae.training.freeze.quantise import LOCATION_STEP, MIDDLE, TOP
from rootae.training.scale import CodeScale, RankScale

if TYPE_CHECKING:
    from numpy.typing import NDArray

codes = st.lists(st.integers(0, 1023), min_size=2, max_size=200).map(np.array)


@given(codes)
def test_a_location_in_the_middle_of_a_code_s_cell_gives_the_code_back(q: NDArray[Any]) -> None:
    scale = CodeScale(q)
    every = np.arange(q.max() + 1)
    low, high = scale.interval(every)
    output = np.floor((low + high) / 2 * LOCATION_STEP + MIDDLE)
    assert np.array_equal(np.searchsorted(scale.edges(), output, side="right"), every)


@given(codes)
def test_codes_share_the_whole_range_of_a_location(q: NDArray[Any]) -> None:
    low, high = CodeScale(q).interval(np.arange(q.max() + 1))
    assert np.allclose(low[1:], high[:-1], atol=1e-5)
    assert low[0] * LOCATION_STEP + MIDDLE == pytest.approx(0, abs=1e-3)
    assert high[-1] * LOCATION_STEP + MIDDLE == pytest.approx(TOP + 1, abs=1e-3)


@given(codes)
def test_a_logistic_distribution_on_the_rank_scale_is_nearly_the_marginal(q: NDArray[Any]) -> None:
    low, high = RankScale(q).interval(q)
    share = 1 / (1 + np.exp(-high.astype(float))) - 1 / (1 + np.exp(-low.astype(float)))
    counted = np.array([(q == c).mean() for c in q])
    assert np.abs(share - counted).max() < 2 / len(q) + 0.1
