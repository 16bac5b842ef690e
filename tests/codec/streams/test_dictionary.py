from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rootae.codec.streams import stream
from rootae.codec.streams.cursor import varint
from rootae.codec.streams.kind import THOROUGH
from rootae.codec.streams.kinds.dictionary import Dictionary
from rootae.codec.streams.kinds.pco import Pco
from rootae.errors import CorruptError

RNG = np.random.default_rng(0)
VALUES = np.sort(RNG.integers(1, 2**40, 30)).astype(np.uint64)


def body(k: int, values: Any, indices: Any, code: int = 1) -> bytes:
    first, second = (
        Pco().encode(np.asarray(x, np.uint64), int(max(x)), 1 << 62, THOROUGH)
        for x in (values, indices)
    )
    assert first is not None
    assert second is not None
    return bytes([4, 0]) + varint(k) + varint(len(first)) + first + bytes([code]) + second


def test_values_that_come_back_take_little_more_than_their_indices() -> None:
    q = RNG.choice(RNG.integers(-(2**60), 2**60, 200), 4000)
    data = stream.encode(q)
    assert data[0] == Dictionary.code
    assert len(data) < 4000 * np.log2(200) / 8 * 1.03 + 200 * 8
    assert stream.decode(data, 4000).tolist() == q.tolist()


@pytest.mark.parametrize("k", [2, 97, 256])
def test_wide_values_that_come_in_the_same_order_take_next_to_nothing(k: int) -> None:
    q = np.resize(RNG.integers(-(2**60), 2**60, k), 20_000)
    data = stream.encode(q)
    assert len(data) < 12 * k + 200
    assert stream.decode(data, 20_000).tolist() == q.tolist()


def test_values_that_do_not_come_back_are_no_dictionary() -> None:
    u = np.arange(1000, dtype=np.uint64) ** 2
    assert Dictionary().encode(u, int(u.max()), 1 << 62, THOROUGH) is None


def test_indices_may_lead_anywhere_among_the_values() -> None:
    indices = RNG.permutation(np.arange(300) % 30)
    assert stream.decode(body(30, VALUES, indices), 300).tolist() == VALUES[indices].tolist()


@pytest.mark.parametrize("k", [0, 29, 31, 301, 2**40])
def test_another_number_of_values_is_damage(k: int) -> None:
    with pytest.raises(CorruptError):
        stream.decode(body(k, VALUES, np.arange(300) % 30), 300)


def test_an_index_beyond_the_values_is_damage() -> None:
    with pytest.raises(CorruptError, match="value 30 of a dictionary of 30"):
        stream.decode(body(30, VALUES, np.arange(300) % 31), 300)


@pytest.mark.parametrize("code", [0, 4, 5])
def test_indices_of_another_kind_are_damage(code: int) -> None:
    with pytest.raises(CorruptError, match=f"of the unknown kind {code}"):
        stream.decode(body(30, VALUES, np.arange(300) % 30, code), 300)
