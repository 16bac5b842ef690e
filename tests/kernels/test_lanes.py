"""The native core's passes over lanes and numpy's give the same, on any values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import twofold
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from samples import PROJECT

from rootae.codec.streams import runs, stream
from rootae.kernels import lanes
from rootae.schema.bounds.bound import EXACT, Bound
from rootae.schema.bounds.deviation import deviation

if TYPE_CHECKING:
    from numpy.typing import NDArray

TYPES = ["bool", *(f"{u}int{n}" for u in ("", "u") for n in (8, 16, 32, 64)), "float32", "float64"]
BOUNDS = [EXACT, Bound("abs", 1e-3), Bound("abs", 3e38), Bound("rel", 1e-3), Bound("none")]
LONG = 1200  # rows of more than one piece


def test_the_extension_is_built_where_there_is_a_compiler() -> None:
    if lanes._compiled is None:
        pytest.skip("rootae._native was not built: no C++ compiler was at hand")
    assert lanes.is_compiled()


def bits(dtype: str, rows: int) -> st.SearchStrategy[NDArray[Any]]:
    unsigned = f"u{np.dtype(dtype).itemsize}"
    return arrays(unsigned, rows).map(lambda x: x.view(dtype))


def held_alike(x: NDArray[Any], y: NDArray[Any], bound: Bound) -> NDArray[np.bool_]:
    """Return what breaks a bound, which both have to find, and the same largest error."""
    (one, wrong), (other, wanted) = twofold.both(lanes, lambda: deviation(x, y, bound))
    assert one == other
    assert wrong.dtype == wanted.dtype
    assert wrong.tolist() == wanted.tolist()
    return wrong


@pytest.mark.parametrize("dtype", TYPES)
@given(data=st.data())
def test_any_values_deviate_by_the_same(dtype: str, data: st.DataObject) -> None:
    rows = data.draw(st.integers(0, 40))
    x, y = data.draw(bits(dtype, rows)), data.draw(bits(dtype, rows))
    same = data.draw(arrays(np.bool_, rows))
    bound = data.draw(st.sampled_from(BOUNDS))
    held_alike(x, np.where(same, x, y), bound)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("bound", BOUNDS)
def test_long_lanes_are_held_to_their_bound(dtype: str, bound: Bound) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=LONG).astype(dtype)
    x[[3, 700, 1100, 1101]] = np.nan, -0.0, 0.0, np.inf
    y = (x * (1 + rng.uniform(-2e-3, 2e-3, LONG))).astype(dtype)
    y[700] = 0.0
    wrong = held_alike(x, y, bound)
    assert bool(wrong[700]) == bound.promises
    assert held_alike(x.reshape(-1, 4), y.reshape(-1, 4), bound).shape == (LONG // 4, 4)
    assert not held_alike(x, x, bound).any()


@pytest.mark.parametrize("dtype", ["uint16", "uint32", "uint64"])
@given(data=st.data())
def test_the_same_values_are_found(dtype: str, data: st.DataObject) -> None:
    few = data.draw(arrays(dtype, st.integers(1, 30)))
    u = few[data.draw(arrays(np.int64, st.integers(0, 60), elements=st.integers(0, len(few) - 1)))]
    most = data.draw(st.integers(0, 40))
    one, other = twofold.both(lanes, lambda: lanes.distinct(u, most))
    assert (one is None) == (other is None) == (len(set(u.tolist())) > most)
    if one is None or other is None:
        return
    for mine, theirs in zip(one, other, strict=True):
        assert mine.dtype == theirs.dtype
        assert mine.tolist() == theirs.tolist()
    assert one[0][one[2]].tolist() == u.tolist()


def test_many_values_are_found() -> None:
    u = np.random.default_rng(0).integers(0, 1 << 40, 20_000).astype(np.uint64) << np.uint64(13)
    one, other = twofold.both(lanes, lambda: lanes.distinct(u, len(u)))
    assert one is not None
    assert other is not None
    assert all(a.tolist() == b.tolist() for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("dtype", [np.int32, np.int64])
@given(data=st.data())
def test_runs_are_the_same_bytes(dtype: type[Any], kind: type[Any], data: st.DataObject) -> None:
    rows, merge = data.draw(st.integers(0, 50)), data.draw(st.integers(0, 8))
    q, contexts = data.draw(arrays(dtype, rows)), data.draw(arrays(kind, rows))
    one, other = twofold.both(lanes, lambda: lanes.sort_by_context(q, contexts, merge))
    assert one[0].tolist() == other[0].tolist()
    assert one[1].tolist() == other[1].tolist()
    first, second = twofold.both(lanes, lambda: runs.encode(q, contexts))
    assert first == second
    assert runs.decode(first, contexts).tolist() == q.tolist()


@given(arrays(np.int64, st.integers(0, 80), elements=st.sampled_from([-5, 7, 1 << 20, 1 << 50])))
def test_streams_are_the_same_bytes(q: NDArray[Any]) -> None:
    one, other = twofold.both(lanes, lambda: stream.encode(q))
    assert one == other
    assert stream.decode(one, len(q)).tolist() == q.tolist()


def test_arrays_that_are_too_short_are_refused() -> None:
    if lanes._compiled is None:
        pytest.skip("rootae._native was not built")
    four, two = np.zeros(4, np.uint32), np.zeros(2, np.uint32)
    with pytest.raises(ValueError, match="shorter"):
        lanes._compiled.distinct(4, 4, 4, two, four, four, four)
    with pytest.raises(RuntimeError, match="width"):
        lanes._compiled.distinct(3, 1, 1, four, four, four, four)
    big = np.zeros(256, np.int64)
    with pytest.raises(RuntimeError, match="merged"):
        lanes._compiled.sort_by_context(4, 1, 9, 4, four, np.zeros(4, np.uint8), four, big)


def test_the_header_is_c() -> None:
    """The writer's functions are declared beside the reader's."""
    text = (PROJECT / "native" / "include" / "rootae" / "writer.h").read_text()
    assert all(f"rootae_{n}(" in text for n in ("deviation", "distinct", "sort_by_context"))
