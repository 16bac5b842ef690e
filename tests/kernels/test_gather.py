"""Passes over a block's values give what a loop over its rows gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from rootae.errors import CorruptError
from rootae.kernels import gather

# runs, contexts, merged bits, counts and lows; inputs, tables, widths and rows
Scattered = tuple[NDArray[Any], NDArray[Any], int, NDArray[Any], NDArray[Any]]
Drawn = tuple[list[NDArray[Any]], list[NDArray[Any]], list[int], int]

small = st.sampled_from([np.uint8, np.uint16]).flatmap(
    lambda kind: arrays(kind, st.integers(0, 60), elements=st.integers(0, 255))
)


@given(small, st.integers(0, 8))
def test_every_context_is_counted(contexts: NDArray[Any], merge: int) -> None:
    found = gather.count(contexts, merge)
    seen = (contexts >> merge).tolist()
    assert found.tolist() == [seen.count(c) for c in range(max(seen, default=0) + 1)]


@st.composite
def scattered(draw: st.DrawFn) -> Scattered:
    contexts = draw(small)
    merge = draw(st.integers(0, 3))
    kind = draw(st.sampled_from([np.uint8, np.uint16, np.uint32, np.uint64]))
    runs = draw(arrays(kind, len(contexts)))
    counts = gather.count(contexts, merge)
    lows = draw(arrays(np.int64, len(counts)))
    return runs, contexts, merge, counts, lows


@given(scattered())
def test_runs_are_put_back_where_their_contexts_stand(drawn: Scattered) -> None:
    runs, contexts, merge, counts, lows = drawn
    found = gather.scatter(runs, contexts, merge, counts, lows, np.int64)
    ends = (np.cumsum(counts) - counts).tolist()
    for c, q in zip((contexts >> merge).tolist(), found.tolist(), strict=True):
        wanted = int(runs[ends[c]]) + int(lows[c])
        assert (q - wanted) % 2**64 == 0
        ends[c] += 1


def test_scattered_values_are_as_narrow_as_asked_for() -> None:
    c = np.zeros(2, np.uint8)
    runs, counts, lows = np.array([1, 2], np.uint16), np.array([2]), np.array([-5])
    found = gather.scatter(runs, c, 0, counts, lows, np.int32)
    assert found.dtype == np.int32
    assert found.tolist() == [-4, -3]


@given(
    st.sampled_from([np.int32, np.int64]).flatmap(lambda k: arrays(k, st.integers(0, 30))),
    st.integers(-(2**31), 2**31),
    st.sampled_from([np.uint8, np.float32, np.int64]).flatmap(
        lambda k: arrays(k, st.integers(1, 9), elements=st.integers(0, 99))
    ),
)
def test_codes_outside_a_table_get_its_ends(
    codes: NDArray[Any], low: int, table: NDArray[Any]
) -> None:
    found = gather.look(codes, low, table)
    wanted = [table[min(max(q - low, 0), len(table) - 1)] for q in codes.tolist()]
    assert found.tolist() == wanted


@pytest.mark.parametrize("code", [-(2**63), 2**63 - 1])
@pytest.mark.parametrize("low", [-(2**62), 0, 2**62])
def test_codes_far_from_a_table_do_not_wrap(code: int, low: int) -> None:
    found = gather.look(np.array([code]), low, np.array([1, 2, 3], np.uint8))
    assert found.tolist() == [1 if code < low else 3]


@st.composite
def diagrams(draw: st.DrawFn) -> Drawn:
    rows, steps = draw(st.integers(0, 20)), draw(st.integers(1, 5))
    widths = draw(st.lists(st.integers(1, 5), min_size=steps, max_size=steps))
    wide = draw(st.booleans())
    inputs = [
        draw(arrays(np.uint16 if wide else np.uint8, rows, elements=st.integers(0, w - 1)))
        for w in widths
    ]
    states, tables = 1, []
    for k, width in enumerate(widths):
        most = draw(st.sampled_from([4, 300])) if k + 1 < steps else 256
        tables.append(draw(arrays(np.int64, states * width, elements=st.integers(0, most - 1))))
        states = most
    return inputs, tables, widths, rows


@given(diagrams())
def test_a_diagram_is_followed_step_by_step(drawn: Drawn) -> None:
    inputs, tables, widths, rows = drawn
    found = gather.follow(inputs, tables, widths, rows)
    for i in range(rows):
        state = 0
        for seen, table, width in zip(inputs, tables, widths, strict=True):
            state = int(table[state * width + int(seen[i])])
        assert int(found[i]) == state


@given(diagrams(), st.integers(0, 3))
def test_a_damaged_diagram_stays_in_its_tables(drawn: Drawn, cut: int) -> None:
    inputs, tables, widths, rows = drawn
    tables = [t[: max(len(t) - cut, 1)] for t in tables]
    inputs = [x + x.dtype.type(cut) for x in inputs]
    assert len(gather.follow(inputs, tables, widths, rows)) == rows


def test_empty_tables_are_damage() -> None:
    with pytest.raises(CorruptError, match="empty"):
        gather.look(np.arange(3), 0, np.zeros(0))
    with pytest.raises(CorruptError, match="empty"):
        gather.follow([np.zeros(3, np.uint8)], [np.zeros(0, np.int64)], [1], 3)


def test_a_diagram_may_have_many_steps() -> None:
    inputs = [np.array([1, 0], np.uint8)] * 70
    tables = [np.arange(2 * (i + 1)) for i in range(70)]  # state * 2 + input, clipped
    assert gather.follow(inputs, tables, [2] * 70, 2).tolist() == [139, 0]
