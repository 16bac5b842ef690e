"""Rules give the same bits wherever they are followed."""

from __future__ import annotations

import numpy as np
import pytest

from rootae.codec.relations.derived import Derived


@pytest.mark.parametrize(("dtype", "quiet"), [("float32", 0x7FC00000), ("float64", 0x7FF8 << 48)])
def test_a_sum_that_is_nan_is_the_same_on_every_processor(dtype: str, quiet: int) -> None:
    kind = "u4" if dtype == "float32" else "u8"
    odd = np.array([quiet | 1, quiet | 5, 0], kind).view(dtype)
    other = np.array([quiet | 7, 0, np.dtype(kind).type(quiet | 3)], kind).view(dtype)
    infinite = np.full(3, np.inf, dtype)
    for terms in ([odd, other], [other, odd], [infinite, -infinite], [-odd, infinite]):
        rule = Derived(tuple((i, 1.0) for i in range(2)))
        found = rule.evaluate(terms, dtype)
        nan = np.isnan(found)
        assert nan[:1].all()
        assert (found.view(kind)[nan] == quiet).all()


def test_a_copy_keeps_every_bit() -> None:
    odd = np.array([0x7FC00001, 0xFFC12345, 0x7F800001], "u4").view("f4")
    assert Derived(((0, 1.0),)).evaluate([odd], "float32").tobytes() == odd.tobytes()
