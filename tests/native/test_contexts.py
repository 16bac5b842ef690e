"""The native core makes features, contexts and codes as rootae does."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from native.core import surface
from numpy.ctypeslib import ndpointer

from rootae.codec.contexts.contexts import _bins, _contexts, _whole, feature
from rootae.codec.plan.contexts import Digit, Edges, Feature, OfLane, Raw
from rootae.errors import CorruptError
from rootae.kernels import gather

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LOW, HIGH = -(2**63), 2**63 - 1
SIZE, INTEGERS = ctypes.c_size_t, ndpointer(np.int64)
ANY = (
    st.integers(LOW, HIGH) | st.integers(-40, 40) | st.sampled_from([LOW, LOW + 1, HIGH - 1, HIGH])
)
KINDS = {"u2": 2**16, "u4": 2**32, "i8": 2**63, "f4": 2**24, "f8": 2**53}
OF = OfLane(0)


class Refused(Exception):
    """The native core says that something is damaged."""


def held(error: int) -> None:
    assert error in (0, 1)
    if error:
        raise Refused


def edges_of(codes: NDArray[np.int64], edges: NDArray[np.int64], kind: str) -> NDArray[Any]:
    out = np.empty(len(codes), kind)
    how = surface().feature_edges
    how.argtypes = [INTEGERS, SIZE, INTEGERS, SIZE, ctypes.c_char_p, ctypes.c_void_p]
    held(how(codes, len(codes), edges, len(edges), kind.encode(), out.ctypes.data))
    return out


@settings(max_examples=25)
@given(
    codes=arrays("i8", st.integers(0, 300), elements=ANY, fill=ANY),
    edges=st.lists(ANY, max_size=40) | st.lists(st.integers(-3000, 3000), max_size=300),
    kind=st.sampled_from(sorted(KINDS)),
)
def test_edges_are_counted_alike(codes: NDArray[np.int64], edges: list[int], kind: str) -> None:
    table = np.sort(np.array(edges, "i8"))
    wanted = feature(Feature(OF, Edges(0)), codes, [table])
    assert edges_of(codes, table, kind).tolist() == wanted.tolist()


@pytest.mark.parametrize("count", [1, 2, 15, 255, 256, 3000, 70_000])
@pytest.mark.parametrize("reach", [3, 200, 4000, 2**15, 2**31, 2**40, 2**62])
def test_edges_of_any_reach_are_counted_alike(count: int, reach: int) -> None:
    rng = np.random.default_rng(count)
    for middle in (0, -(2**62), 2**62 - 1, 12345):
        edges = np.sort(rng.integers(-reach, reach, count) + middle)
        near = np.concatenate([edges[:500] + k for k in (-1, 0, 1)])
        codes = np.concatenate([near, rng.integers(LOW, HIGH, 300), [LOW, HIGH]])
        codes = np.concatenate([codes, rng.integers(-reach, reach, 700) + middle])
        kind = "u1" if count <= 255 else "u4"
        wanted = np.searchsorted(edges, codes, side="right")
        assert (edges_of(codes, edges, kind) == wanted).all()


def test_edges_that_do_not_ascend_are_refused() -> None:
    with pytest.raises(Refused):
        edges_of(np.arange(9), np.array([3, 2]), "u1")
    assert edges_of(np.arange(5), np.array([2, 2, 2]), "u1").tolist() == [0, 0, 3, 3, 3]


@given(
    codes=arrays("i8", st.integers(0, 40), elements=ANY),
    low=ANY,
    shift=st.integers(0, 63),
    top=st.integers(0, 2**24 - 1) | st.integers(0, 255),
    kind=st.sampled_from(["u4", "i8", "f4", "f8"]),
)
def test_digits_are_alike(
    codes: NDArray[np.int64], low: int, shift: int, top: int, kind: str
) -> None:
    out = np.empty(len(codes), kind)
    how = surface().feature_digit
    word = ctypes.c_uint32
    how.argtypes = [INTEGERS, SIZE, ctypes.c_int64, word, word, ctypes.c_char_p, ctypes.c_void_p]
    held(how(codes, len(codes), low, shift, top, kind.encode(), out.ctypes.data))
    assert out.tolist() == feature(Feature(OF, Digit(low, shift, top)), codes, ()).tolist()
    highest = low + (top << shift)
    assert out.tolist() == [(min(max(q, low), highest) - low) >> shift for q in codes.tolist()]


@given(
    arrays("i8", st.integers(0, 40), elements=st.integers(-(2**24) - 1, 2**24 + 1) | ANY)
    | arrays("i8", st.integers(0, 40), elements=st.integers(-(2**24), 2**24))
)
def test_raw_codes_are_alike(codes: NDArray[np.int64]) -> None:
    out = np.empty(len(codes), np.float32)
    how = surface().feature_raw
    how.argtypes = [INTEGERS, SIZE, ndpointer(np.float32)]
    if all(abs(q) <= 2**24 for q in codes.tolist()):
        held(how(codes, len(codes), out))
        assert out.tolist() == feature(Feature(OF, Raw()), codes, ()).tolist()
    else:
        with pytest.raises(Refused):
            held(how(codes, len(codes), out))


def joined(parts: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.uintp]]:
    whole = np.concatenate([np.zeros(0, "i8"), *parts])
    return whole, np.array([len(p) for p in parts], np.uintp)


def follow(
    codes: NDArray[np.int64],
    edges: Sequence[NDArray[np.int64]],
    tables: Sequence[NDArray[np.int64]],
    *,
    ready: bool,
) -> NDArray[np.uint8]:
    out = np.empty(codes.shape[1], np.uint8)
    sizes = ndpointer(np.uintp)
    how = surface().diagram_follow
    how.argtypes = [
        INTEGERS, SIZE, SIZE, INTEGERS, sizes, INTEGERS, sizes, ctypes.c_int, ndpointer(np.uint8),
    ]  # fmt: skip
    codes = np.ascontiguousarray(codes)
    held(how(codes, *codes.shape, *joined(edges), *joined(tables), ready, out))
    return out


@st.composite
def diagrams(
    draw: st.DrawFn,
) -> tuple[NDArray[np.int64], list[NDArray[np.int64]], list[NDArray[np.int64]]]:
    """Codes, edges and tables, some of which are too short or name states that are not there."""
    edges, tables, states = [], [], 1
    steps = draw(st.integers(1, 10))
    for k in range(steps):
        count = draw(st.sampled_from([0, 1, 3, 6, 300]))
        edges.append(np.sort(draw(arrays("i8", count, elements=st.integers(-20, 20)))))
        most = draw(st.integers(1, 256 if k + 1 == steps else 400))
        size = states * (count + 1) + draw(st.integers(0, 3))
        seed = draw(st.integers(0, 99))
        tables.append(np.random.default_rng(seed).integers(0, most, size))
        states = int(tables[-1].max()) + 1
    rows = draw(st.sampled_from([0, 1, 25, 2047, 2049, 5000]))
    codes = np.random.default_rng(steps).integers(-25, 25, (steps, rows))
    return codes, edges, tables


@given(diagrams(), st.booleans())
def test_any_diagram_is_followed_alike(
    drawn: tuple[NDArray[Any], list[NDArray[Any]], list[NDArray[Any]]], ready: bool
) -> None:
    codes, edges, tables = drawn
    inputs = [
        np.searchsorted(e, c, side="right").astype("u4") for e, c in zip(edges, codes, strict=True)
    ]
    wanted = gather.follow(inputs, tables, [len(e) + 1 for e in edges], codes.shape[1])
    assert follow(codes, edges, tables, ready=ready).tolist() == wanted.tolist()


TABLES: dict[str, tuple[list[list[int]], list[list[int]]]] = {
    "too short": ([[0, 1], [0, 1, 2]], [[5], [6]]),
    "no row for a state": ([[0, 2], [0, 1, 2, 3]], [[5], [6]]),
    "a negative state": ([[0, -1], [0, 1, 2, 3]], [[5], [6]]),
    "the least state": ([[0, LOW], [0, 1, 2, 3]], [[5], [6]]),
    "the largest state": ([[0, HIGH], [0, 1, 2, 3]], [[5], [6]]),
    "a context of 9 bits": ([[0, 256]], [[5]]),
    "empty": ([[]], [[]]),
}


@pytest.mark.parametrize("name", TABLES)
def test_impossible_diagrams_are_refused(name: str) -> None:
    tables, edges = ([np.array(t, "i8") for t in part] for part in TABLES[name])
    with pytest.raises(Refused):
        follow(np.zeros((len(tables), 5), "i8"), edges, tables, ready=False)


def contexts(y: NDArray[Any], edges: Sequence[NDArray[np.int64]]) -> NDArray[np.uint16]:
    out = np.empty(y.shape[1], np.uint16)
    how = surface().output_contexts
    how.argtypes = [
        ctypes.c_void_p, ctypes.c_int, SIZE, INTEGERS, SIZE, INTEGERS, SIZE, ndpointer(np.uint16),
    ]  # fmt: skip
    y = np.ascontiguousarray(y)
    wide, ends = y.dtype == np.float64, [a for e in edges for a in (e, len(e))]
    held(how(y.ctypes.data, wide, y.shape[1], *ends, out))
    return out


ODD = st.sampled_from(
    [-1.0, 0.5, 1023.5, 1024.0, 1e30, -1e30, np.inf, -np.inf, np.nan, 65536.0, 1e-9]
)
OUTPUTS = st.integers(0, 1023).map(float)
TABLE = st.lists(st.integers(-5, 1030) | ANY, max_size=9).map(lambda e: np.sort(np.array(e, "i8")))


@given(
    y=arrays("f8", st.tuples(st.just(2), st.integers(0, 600)), elements=OUTPUTS, fill=OUTPUTS),
    odd=st.none() | st.tuples(ODD, st.integers(0, 599), st.integers(0, 1)),
    kind=st.sampled_from(["f4", "f8"]),
    edges=st.tuples(TABLE, TABLE),
)
def test_outputs_become_the_same_contexts(
    y: NDArray[Any],
    odd: tuple[float, int, int] | None,
    kind: str,
    edges: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> None:
    y = y.astype(kind)
    if odd is not None and y.shape[1]:
        y[odd[2], odd[1] % y.shape[1]] = odd[0]
        with pytest.raises(Refused):
            contexts(y, edges)
        with pytest.raises(CorruptError):
            _whole(y)
        return
    assert contexts(y, edges).tolist() == _contexts(_whole(y), edges).tolist()


@given(arrays("f4", st.integers(0, 600), elements=OUTPUTS | ODD, fill=OUTPUTS), TABLE)
def test_outputs_become_the_same_codes(y: NDArray[Any], edges: NDArray[np.int64]) -> None:
    out = np.empty(len(y), np.int64)
    how = surface().output_codes
    how.argtypes = [ndpointer(np.float32), SIZE, INTEGERS, SIZE, INTEGERS]
    error = how(y, len(y), edges, len(edges), out)
    try:
        wanted = _bins(_whole(y), edges)
    except CorruptError:
        assert error == 1
    else:
        assert not error
        assert out.tolist() == wanted.tolist()


def test_more_contexts_than_there_may_be_are_refused() -> None:
    y = np.zeros((2, 3), "f4")
    contexts(y, [np.zeros(255, "i8"), np.zeros(255, "i8")])
    with pytest.raises(Refused):
        contexts(y, [np.zeros(256, "i8"), np.zeros(255, "i8")])
