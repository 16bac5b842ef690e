"""The native core reads runs in contexts as both readers in Python do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from native.coded import same, spoilt
from reference.damage import Damaged
from reference.streams import runs as reference

from native import coded
from rootae.codec.streams import runs, stream
from rootae.codec.streams.cursor import join
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTHS = [np.uint8, np.uint16, np.uint32]
ANY = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 300)


def apart(q: NDArray[Any], contexts: NDArray[Any], merged: int = 0) -> bytes:
    """Write runs whose contexts are merged so far, whether that pays or not."""
    of = contexts >> merged
    return bytes([merged]) + join([stream.encode(q[of == value]) for value in np.unique(of)])


def read(data: bytes, contexts: NDArray[Any]) -> NDArray[Any] | None:
    try:
        return runs.decode(data, contexts)
    except CorruptError:
        return None


def read_slowly(data: bytes, contexts: NDArray[Any]) -> NDArray[Any] | None:
    try:
        return reference(data, contexts.astype(np.int64))
    except Damaged:
        return None


@given(st.lists(st.tuples(ANY, st.integers(0, 255)), max_size=80), st.sampled_from(WIDTHS))
def test_any_integers_return_to_their_places(
    pairs: list[tuple[int, int]], dtype: type[Any]
) -> None:
    q = np.array([v for v, _ in pairs], np.int64)
    c = np.array([v for _, v in pairs], np.uint8)
    assert same(coded.runs(runs.encode(q, c), c.astype(dtype)), q)


@pytest.mark.parametrize("dtype", WIDTHS)
@pytest.mark.parametrize("spread", [9, 70_000, 2**40])
@pytest.mark.parametrize("most", [1, 2, 256, 65_536])
def test_few_and_many_contexts_are_read(dtype: type[Any], spread: int, most: int) -> None:
    rng = np.random.default_rng(0)
    for n in (0, 1, 255, 256, 257, 5000):
        c = rng.integers(0, min(most, np.iinfo(dtype).max + 1), n).astype(dtype)
        q = rng.integers(-spread, spread, n) + c.astype(np.int64)
        assert same(coded.runs(runs.encode(q, c), c), q)
        if len(np.unique(c)) <= 256:
            for merged in (0, 1, 8):
                assert same(coded.runs(apart(q, c, merged), c), q)


def test_contexts_that_no_plan_has_are_damage() -> None:
    c = np.array([65_535, 65_536], np.uint32)
    assert coded.runs(runs.encode(np.arange(2), c), c) is None


def test_other_contexts_are_noticed() -> None:
    c = np.random.default_rng(0).integers(0, 4, 900).astype(np.uint8)
    data = apart(c.astype(np.int64), c)
    assert coded.runs(data, np.zeros(900, np.uint8)) is None


@pytest.mark.parametrize(
    ("seed", "rounds"), [(0, 1000), pytest.param(1, 20_000, marks=pytest.mark.slow)]
)
def test_any_change_is_damage_to_all_or_to_none(seed: int, rounds: int) -> None:
    rng, taken = np.random.default_rng(seed), 0
    made = []
    for most, spread in ((2, 2), (3, 5), (9, 99), (40, 2**40)):
        c = rng.integers(0, most, 500).astype(np.uint8)
        made.append((apart(rng.integers(0, spread, 500) - c, c, int(most > 9)), c))
    for _ in range(rounds):
        data, c = made[rng.integers(len(made))]
        bad = spoilt(data, rng)
        ours = coded.runs(bad, c)
        assert same(ours, read(bad, c)), bad.hex()
        assert same(ours, read_slowly(bad, c)), bad.hex()
        taken += ours is not None
    assert 0 < taken < rounds
