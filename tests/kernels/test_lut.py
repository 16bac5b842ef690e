from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rootae.errors import CorruptError
from rootae.kernels.lut import Indexed, through_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOW, HIGH = -(2**63), 2**63 - 1
ANY = st.integers(LOW, HIGH)


@st.composite
def near(draw: st.DrawFn) -> NDArray[Any]:
    """Codes close together anywhere in 64 bits, so that a table over their range is small."""
    size = draw(st.integers(1, 60))
    low = draw(ANY | st.sampled_from([LOW, HIGH, -1, 0]))
    span = min(draw(st.integers(0, 3 * size)), HIGH - low)
    return draw(arrays("i8", size, elements=st.integers(low, low + span)))


def edges_about(data: st.DataObject, codes: NDArray[Any]) -> NDArray[Any]:
    """Draw ascending edges, some of them next to the codes."""
    close = [min(max(int(c) + d, LOW), HIGH) for c in codes[:5] for d in (-1, 0, 1)]
    about = ANY | st.sampled_from(close) if close else ANY
    return np.sort(np.array(data.draw(st.lists(about, max_size=12)), "i8"))


CODES = near() | arrays("i8", st.integers(0, 40), elements=ANY)


@given(codes=CODES, data=st.data())
def test_edges_are_counted_as_by_a_search(codes: NDArray[Any], data: st.DataObject) -> None:
    edges = edges_about(data, codes)
    found = Indexed(codes).count(edges)
    assert found.tolist() == np.searchsorted(edges, codes, side="right").tolist()


@given(
    codes=arrays("i4", st.integers(0, 40)) | near().map(lambda q: q.astype("i4")), data=st.data()
)
def test_edges_are_counted_for_narrow_codes_too(codes: NDArray[Any], data: st.DataObject) -> None:
    edges = edges_about(data, codes)
    found = Indexed(codes).count(edges)
    assert found.tolist() == np.searchsorted(edges, codes, side="right").tolist()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.intp, np.uint8])
def test_counts_are_of_the_type_that_is_asked_for(dtype: type[np.generic]) -> None:
    for codes in (np.array([3, 9, 5]), np.array([3, 2**40, 5]), np.zeros(0, np.int64)):
        assert Indexed(codes).count(np.array([4, 6]), dtype).dtype == dtype


@pytest.mark.parametrize("edges", [[4, 3], [5, 4, 4], [9, 3, 7]])
def test_edges_that_do_not_ascend_are_damage(edges: list[int]) -> None:
    with pytest.raises(CorruptError, match="ascend"):
        Indexed(np.array([3, 4, 5, 9])).count(np.array(edges))


@given(codes=CODES, times=st.integers(-3, 3))
def test_a_map_is_evaluated_as_code_by_code(codes: NDArray[Any], times: int) -> None:
    def values(q: NDArray[Any]) -> NDArray[Any]:
        assert q.dtype == np.int64
        return q * times ^ 5

    with np.errstate(over="ignore"):
        for found in (Indexed(codes).through(values), through_table(values, codes)):
            assert found.tolist() == values(codes).tolist()


def test_a_map_is_evaluated_once_a_code_where_codes_repeat() -> None:
    seen: list[int] = []
    codes = np.tile(np.arange(10, 17), 1000)

    def evaluated(q: NDArray[Any]) -> NDArray[Any]:
        seen.append(len(q))
        return q

    through_table(evaluated, codes)
    assert seen == [7]


def test_codes_far_apart_need_no_table() -> None:
    far = Indexed(np.array([0, 2**40]))
    assert far.through(lambda q: q + 1).tolist() == [1, 2**40 + 1]


@pytest.mark.parametrize("at", [LOW, HIGH - 2])
def test_tables_reach_the_ends_of_int64(at: int) -> None:
    q = np.array([at, at + 1, at + 2] * 3, np.int64)
    assert through_table(lambda c: c, q).tolist() == q.tolist()
    assert through_table(lambda c: c, q).dtype == np.int64
