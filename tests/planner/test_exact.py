from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from rootae.codec.grids.registry import grid_for
from rootae.codec.grids.special import SpecialGrid
from rootae.codec.relations.derived import Derived
from rootae.planner.exact import find
from rootae.planner.special import keeping
from rootae.schema.bounds.bound import EXACT, Bound

if TYPE_CHECKING:
    from numpy.typing import NDArray

RNG = np.random.default_rng(0)
A, B = RNG.integers(0, 1000, 3000), RNG.integers(0, 50, 3000)
X = RNG.normal(size=3000).astype("f4")


def rules(*lanes: NDArray[Any], bound: Bound = EXACT) -> dict[int, Derived]:
    return find(lanes, lanes, [bound] * len(lanes), [grid_for(EXACT, x) for x in lanes])


def test_copies_are_found() -> None:
    assert rules(A, B, A) == {2: Derived(((0, 1.0),))}


def test_sums_and_differences_are_found() -> None:
    assert rules(A, B, A - 2 * B)[2].terms == ((0, 1.0), (1, -2.0))


@pytest.mark.parametrize("factor", [0.5, 0.001, 1000.0, -0.3])
def test_a_scaled_float64_is_found_to_the_last_bit(factor: float) -> None:
    x = X.astype("f8")
    assert rules(x, x * factor) == {1: Derived(((0, factor),))}


def test_a_relation_within_the_bound_is_found() -> None:
    grid = grid_for(Bound("rel", 1e-3), X)
    y = (X * 3).astype("f4")
    decoded = [grid.inverse(grid.forward(v)) for v in (X, y)]
    assert 1 in find([X, y], decoded, [Bound("rel", 2e-3)] * 2, [grid] * 2)


def test_a_rule_that_changes_special_values_is_not_taken() -> None:
    bound, tight = Bound("abs", 0.5), Bound("abs", 1e-3)
    total = np.where(RNG.random(3000) < 0.6, 77.7, X * 9).astype("f4")
    lanes = [X, (total - X).astype("f4"), total]
    grids = [grid_for(b, x) for b, x in zip((tight, tight, bound), lanes, strict=True)]
    decoded = [g.inverse(g.forward(x)) for g, x in zip(grids, lanes, strict=True)]
    assert 2 in find(lanes, decoded, [tight, tight, bound], grids)
    special = keeping(grids[2], bound, total)
    assert isinstance(special, SpecialGrid)
    assert special.values == (float(np.float32(77.7)),)
    assert 2 not in find(lanes, decoded, [tight, tight, bound], [*grids[:2], special])


def test_no_rule_speaks_of_a_derived_lane() -> None:
    found = rules(A, B, A + B, A + B, A, A + B)
    assert set(found) == {2, 3, 4, 5}
    assert all(i not in found for rule in found.values() for i, _ in rule.terms)


def test_integers_never_follow_from_fractions() -> None:
    assert rules(A.astype(float) / 4, A) in ({}, {0: Derived(((1, 0.25),))})


@pytest.mark.parametrize(
    "lanes",
    [
        [X, np.full(3000, np.nan, "f4"), np.full(3000, np.nan, "f4")],
        [np.full(3000, np.inf), np.full(3000, np.inf)],
        [np.zeros(3000), np.zeros(3000)],
        [np.zeros(0), np.zeros(0)],
        [np.ones(1), np.ones(1)],
        [RNG.integers(2**62, 2**63 - 1, 3000)] * 2,
    ],
)
def test_constants_few_rows_and_special_values_give_no_rule(lanes: list[NDArray[Any]]) -> None:
    assert rules(*lanes) == {}


def test_a_nan_in_one_lane_hides_only_its_own_relations() -> None:
    x = X.copy()
    x[5] = np.nan
    assert rules(x, x.copy(), A, A.copy()) == {3: Derived(((2, 1.0),))}


def test_a_relation_that_often_fails_is_no_rule() -> None:
    y = A + B
    y[::50] += 1
    assert 2 not in rules(A, B, y)


def test_lanes_without_a_bound_take_no_part() -> None:
    assert rules(A, A.copy(), bound=Bound("none")) == {}


@pytest.mark.parametrize("dtype", ["uint8", "int64", "uint64", "bool", "float32", "float64"])
def test_values_take_the_lane_s_type(dtype: str) -> None:
    value = Derived(((0, 1.0), (1, 1.0))).evaluate([np.array([1], "u1"), np.array([0])], dtype)
    assert value.dtype == dtype
    assert value.tolist() == [1]


def test_whole_sums_wrap_as_integers_do() -> None:
    x = np.array([2**63 - 1], np.int64)
    assert Derived(((0, 1.0), (1, 1.0))).evaluate([x, x], "int64").tolist() == [-2]
