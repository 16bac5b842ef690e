"""Parts of columns are those that each column has of itself."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rootae.reader.parts import parts
from rootae.schema.values import Values


@given(st.lists(st.integers(0, 5), max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_columns_are_cut_alike(lengths: list[int], start: int, stop: int) -> None:
    counts = np.array(lengths, np.int64)
    rows = int(counts.sum())
    found = {
        "a": Values(np.arange(rows), counts),
        "b": Values(np.arange(rows * 2).reshape(rows, 2), counts),
        "n": Values(counts.astype(np.int32)),
    }
    low, high = min(start, len(counts)), min(max(start, stop), len(counts))
    for name, mine in parts(found, low, high):
        theirs = found[name].part(low, high)
        assert mine.flat.tolist() == theirs.flat.tolist()
        assert (mine.counts is None) == (theirs.counts is None)
        if mine.counts is not None and theirs.counts is not None:
            assert mine.counts.tolist() == theirs.counts.tolist()


def test_columns_that_one_counts_share_the_lengths_of_lists() -> None:
    counts = np.array([1, 2, 3])
    found = {n: Values(np.arange(6), counts) for n in "ab"}
    first, second = (values.counts for _, values in parts(found, 1, 3))
    assert first is second
