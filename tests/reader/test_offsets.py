"""Where lists begin, shared by columns that one counts."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rootae.reader.offsets import Offsets


@given(st.lists(st.integers(0, 50), max_size=40))
def test_lists_begin_where_those_before_end(lengths: list[int]) -> None:
    counts = np.array(lengths, np.int64)
    found = Offsets().of(counts)
    assert found.tolist() == [sum(lengths[:i]) for i in range(len(lengths) + 1)]


def test_columns_that_one_counts_share_them() -> None:
    offsets, counts, others = Offsets(), np.array([1, 2]), np.array([1, 2])
    first = offsets.of(counts)
    assert offsets.of(counts) is first
    assert offsets.of(others) is not first
    assert offsets.of(counts) is not first


def test_nothing_is_held_that_nobody_uses() -> None:
    offsets, counts = Offsets(), np.array([1, 2])
    offsets.of(counts)
    assert offsets._last[1]() is None
    assert offsets.of(counts).tolist() == [0, 1, 3]
