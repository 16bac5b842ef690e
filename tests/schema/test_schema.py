from __future__ import annotations

from typing import Any

import awkward as ak
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootae.errors import CorruptError
from rootae.schema.column import Column
from rootae.schema.tree import TreeSchema, groups_of
from rootae.schema.values import Values


def test_event_scalars_come_first_then_groups_by_name() -> None:
    columns = tuple(
        Column(n, "float32", counter=c) for n, c in [("b", "nb"), ("x", None), ("a", "na")]
    )
    assert [g.name for g in groups_of(columns)] == ["", "na", "nb"]


def test_a_column_named_like_nothing_special_is_found() -> None:
    schema = TreeSchema("t", "", (Column("a.b", "int32"),))
    found = schema.column("a.b")
    assert found is not None
    assert found.dtype == "int32"
    assert schema.column("a") is None


@pytest.mark.parametrize(("shape", "lanes"), [((), 1), ((3,), 3), ((3, 3), 9)])
def test_fixed_inner_dimensions_are_lanes(shape: tuple[int, ...], lanes: int) -> None:
    assert Column("x", "float32", shape).lanes == lanes


def test_flat_values_keep_inner_dimensions_and_get_native_byte_order() -> None:
    x = np.arange(18, dtype=">f4").reshape(2, 3, 3)
    values = Values.from_array(x, Column("x", "float32", (3, 3)))
    assert values.flat.dtype == np.dtype("=f4")
    assert values.flat.tolist() == x.tolist()
    assert values.to_array().tolist() == x.tolist()


@pytest.mark.parametrize("rows", [[], [[]], [[], []], [[1], [], [2, 3]]])
def test_jagged_values_are_a_round_trip(rows: list[Any]) -> None:
    array = ak.values_astype(ak.Array([*rows, [0]])[:-1], "float32")
    values = Values.from_array(array, Column("x", "float32", counter="n"))
    assert values.counts is not None
    assert values.counts.tolist() == [len(r) for r in rows]
    assert values.to_array().tolist() == rows


def test_jagged_values_with_inner_dimensions_are_a_round_trip() -> None:
    flat = np.arange(12, dtype="f4").reshape(4, 3)
    array = ak.unflatten(ak.from_numpy(flat), [1, 0, 3])
    values = Values.from_array(array, Column("x", "float32", (3,), "n"))
    assert values.flat.shape == (4, 3)
    assert values.to_array().tolist() == array.tolist()


def test_jagged_booleans_and_sliced_lists_are_a_round_trip() -> None:
    array = ak.Array([[True], [False, True], []])[1:]
    values = Values.from_array(array, Column("x", "bool", counter="n"))
    assert values.flat.dtype == np.bool_
    assert values.to_array().tolist() == [[False, True], []]


def test_counts_that_do_not_fit_the_values_are_damage() -> None:
    with pytest.raises(CorruptError):
        Values(np.zeros(3), np.array([1, 1])).to_array()


@given(
    rows=st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=8),
    ends=st.tuples(st.integers(0, 8), st.integers(0, 8)),
)
def test_a_part_holds_the_values_of_its_entries(
    rows: list[list[int]], ends: tuple[int, int]
) -> None:
    start, stop = sorted(min(e, len(rows)) for e in ends)
    flat = np.array([v for r in rows for v in r], "i4")
    jagged = Values(flat, np.array([len(r) for r in rows], "i8")).part(start, stop)
    assert jagged.to_array().tolist() == rows[start:stop]
    assert jagged.counts is not None
    assert jagged.counts.dtype == np.int64
    fixed = np.arange(6 * len(rows)).reshape(len(rows), 2, 3)
    part = Values(fixed).part(start, stop)
    assert part.counts is None
    assert part.flat.tolist() == fixed[start:stop].tolist()
