from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from rootae.planner.look import Look, look, trailing_zeros

if TYPE_CHECKING:
    from numpy.typing import NDArray

RNG = np.random.default_rng(0)
X = RNG.normal(size=500).astype("f4")
WHOLE = RNG.integers(-(1 << 22), 1 << 22, 500)


@pytest.mark.parametrize(
    ("x", "zeros"),
    [
        (np.array([], "f4"), 0),
        (np.zeros(3, "f4"), 0),
        (np.array([np.nan, np.inf], "f4"), 0),
        (np.array([1.0, np.nan], "f4"), 23),
        (np.array([1.0]), 52),
        (X, 0),
        ((X.view("u4") & 0xFFFFF000).view("f4"), 12),
        (np.ones((2, 3, 3), "f4"), 23),
        (np.arange(8), 0),
    ],
)
def test_trailing_zeros_are_those_that_all_finite_values_share(x: NDArray[Any], zeros: int) -> None:
    assert trailing_zeros(x) == zeros


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("odd", [[], [np.nan, np.inf, -np.inf], [-0.0]])
def test_whole_numbers_are_seen_whatever_is_not_finite(dtype: str, odd: list[float]) -> None:
    x = np.array([*WHOLE, *odd], dtype)
    assert look(x).is_whole
    assert not look(np.array([*x, 0.5], dtype)).is_whole


def test_nothing_finite_is_not_whole() -> None:
    assert not look(np.full(9, np.nan)).is_whole


@pytest.mark.parametrize("x", [np.zeros(0), np.zeros((0, 3), "f4"), np.arange(9), np.ones(9, bool)])
def test_nothing_is_seen_of_no_values_and_of_integers(x: NDArray[Any]) -> None:
    assert look(x) == Look()


def test_an_element_that_names_something_makes_an_array_whole() -> None:
    """But not one that is always zero, as in a matrix of covariances."""
    assert look(np.stack([X, WHOLE], 1).astype("f4")).is_whole
    assert not look(np.stack([X, np.zeros(500)], 1).astype("f4")).is_whole


@pytest.mark.parametrize("value", [0.0, -999.0, np.nan, np.inf, 0.3])
@pytest.mark.parametrize(("share", "most"), [(1.0, 1.0), (0.7, 0.7), (0.502, 0.502), (0.5, 0.0)])
def test_the_most_frequent_value_counts_from_a_half_on(
    value: float, share: float, most: float
) -> None:
    x = X.copy()
    x[RNG.permutation(500)[: int(share * 500)]] = value
    assert look(x).most == pytest.approx(most)


def test_zeros_are_one_value_whatever_their_sign_and_nan_whatever_its_bits() -> None:
    assert look(np.array([0.0, -0.0, 0.5])).most == pytest.approx(2 / 3)
    nan = np.array([0x7FC00000, 0xFFC00001, 0], "u4").view("f4")
    assert look(nan).most == pytest.approx(2 / 3)


def test_a_signalling_nan_is_no_reason_to_warn() -> None:
    assert look(np.array([0x7F800001, 0x3F800000], "u4").view("f4")) is not None
