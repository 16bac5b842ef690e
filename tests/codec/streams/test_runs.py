from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootae.codec.streams import runs, stream
from rootae.errors import CorruptError


@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.integers(0, 255)), max_size=80))
def test_values_return_to_their_places(pairs: list[tuple[int, int]]) -> None:
    q = np.array([p[0] for p in pairs], np.int64)
    c = np.array([p[1] for p in pairs], np.uint8)
    assert runs.decode(runs.encode(q, c), c).tolist() == q.tolist()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_many_contexts_of_few_values_are_merged_and_come_back(
    dtype: type[np.uint8 | np.uint16],
) -> None:
    rng = np.random.default_rng(0)
    c = rng.integers(0, np.iinfo(dtype).max + 1, 5000).astype(dtype)
    q = rng.integers(-9, 9, 5000)
    assert runs.decode(runs.encode(q, c), c).tolist() == q.tolist()


def test_good_contexts_pay() -> None:
    rng = np.random.default_rng(0)
    c = rng.integers(0, 8, 40_000).astype(np.uint8)
    q = c.astype(np.int64) * 1000 + rng.integers(0, 8, 40_000)
    assert len(runs.encode(q, c)) < 0.6 * len(stream.encode(q))


def test_other_contexts_are_noticed_or_give_as_many_numbers() -> None:
    rng = np.random.default_rng(0)
    c = rng.integers(0, 4, 9000).astype(np.uint8)
    data = runs.encode(rng.integers(0, 99, 9000), c)
    with pytest.raises(CorruptError):
        runs.decode(data, np.zeros(9000, np.uint8))


def test_cut_and_flipped_bytes_are_damage_or_n_numbers() -> None:
    rng = np.random.default_rng(0)
    c = rng.integers(0, 3, 3000).astype(np.uint8)
    whole = runs.encode(rng.integers(0, 99, 3000), c)
    flips = [bytearray(whole) for _ in range(200)]
    for data in flips:
        data[rng.integers(len(data))] ^= 1 << rng.integers(8)
    for damaged in [whole[:k] for k in range(0, len(whole), 5)] + [bytes(d) for d in flips]:
        try:
            assert len(runs.decode(damaged, c)) == 3000
        except CorruptError:
            continue
