"""Points of an octave are the float64 nearest to 2^(i/n), shown in whole numbers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from rootae.codec.grids.octave import _LN2, POINTS_AT_MOST, octave_points

if TYPE_CHECKING:
    from collections.abc import Iterable

BITS = 160  # of this test's own fixed point
NEAREST = 2.0**-73.1  # as FORMAT.md says: what any power comes to the middle of two numbers
QUICK = [*range(1, 65), *range(65, POINTS_AT_MOST, 61), 1573, POINTS_AT_MOST]
ALL = range(1, POINTS_AT_MOST + 1)


def logarithm(bits: int) -> int:
    """Return ln 2 = 2 artanh(1/3) in units of 2^-bits, rounded down."""
    guard, total, k = 30, 0, 1
    power = (2 << (bits + guard)) // 3
    while power:
        total += power // k
        power, k = power // 9, k + 2
    return total >> guard


def root(n: int) -> int:
    """Return the whole part of 2^(BITS + 1/n), which its n-th power shows it to be."""
    found = round(2 ** (1 / n) * 2.0**BITS)
    for _ in range(3):  # Newton's steps; each doubles the number of right bits
        found += ((2 << BITS) - power(found, n)) * found // (n * power(found, n))
    two = 1 << (BITS * n + 1)
    while found**n > two:
        found -= 1
    while (found + 1) ** n <= two:
        found += 1
    return found


def power(x: int, n: int) -> int:
    """Return x^n, about, in units of 2^-BITS."""
    found = 1 << BITS
    for bit in bin(n)[2:]:
        found = found * found >> BITS
        found = found * x >> BITS if bit == "1" else found
    return found


def mantissas(n: int) -> tuple[list[int], float]:
    """Return the nearest 53-bit mantissas of 2^(i/n), and how near any comes to a middle."""
    one, half = 1 << BITS, 1 << (BITS - 53)
    low, factor, nearest, found = one, root(n), half, []
    for i in range(n):
        # the power lies between `low` and `low` plus what 2 (i + 1) roundings can take off
        from_middle = abs((low & (2 * half - 1)) - half) if i else half
        assert from_middle > 4 * (i + 1), "wider numbers are needed to tell"
        nearest = min(nearest, from_middle)
        found.append((low + half) >> (BITS - 52))
        low = low * factor >> BITS
    return found, nearest / 2.0**BITS


def check(numbers: Iterable[int]) -> float:
    least = 1.0
    for n in numbers:
        wanted, nearest = mantissas(n)
        assert (octave_points(n) == np.array([*wanted, 1 << 53]) / 2.0**52).all(), n
        least = min(least, nearest)
    return least


def test_the_constant_is_the_logarithm_of_two() -> None:
    assert logarithm(120) == _LN2


def test_points_are_the_nearest_numbers() -> None:
    least = check(QUICK)
    assert least == pytest.approx(NEAREST, rel=0.01), "n = 1573 comes nearest to a middle"


@pytest.mark.slow
def test_all_points_of_all_octaves_are_the_nearest_numbers() -> None:
    assert check(ALL) == pytest.approx(NEAREST, rel=0.01)
