"""Columns that are announced together are decoded together, once, whoever else reads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rootae.reader.announced import Announced
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

A, B, C, V, SIZES = (Values(np.full(1, number)) for number in range(5))
ALL = {"a": A, "b": B, "c": C, "v": V, "sizes": SIZES}


def decoding(calls: list[list[str]]) -> Callable[[Sequence[str]], dict[str, Values]]:
    def decode(names: Sequence[str]) -> dict[str, Values]:
        calls.append(list(names))
        return {name: ALL[name] for name in names}

    return decode


def test_the_first_column_has_all_of_them_decoded() -> None:
    announced = Announced()
    calls: list[list[str]] = []
    for name in "abc":
        announced.add(name, [], (0, 10))
    assert [announced.take(n, (0, 10), decoding(calls)) for n in "bca"] == [B, C, A]
    assert calls == [["a", "b", "c"]]
    assert announced._requests == []


def test_what_a_column_takes_is_decoded_with_it() -> None:
    announced = Announced()
    calls: list[list[str]] = []
    announced.add("v", ["sizes"], (0, 10))
    assert [announced.take(n, (0, 10), decoding(calls)) for n in ("v", "sizes")] == [V, SIZES]
    assert calls == [["v", "sizes"]]


def test_what_nobody_announced_is_decoded_alone() -> None:
    announced = Announced()
    calls: list[list[str]] = []
    announced.add("a", [], (0, 10))
    assert announced.take("a", (0, 5), decoding(calls)) is A
    assert announced.take("b", (0, 10), decoding(calls)) is B
    assert calls == [["a"], ["b"]]


def test_a_request_that_was_given_up_holds_no_values() -> None:
    announced = Announced()
    calls: list[list[str]] = []
    for name in "ab":
        announced.add(name, [], (0, 10))
    announced.take("a", (0, 10), decoding(calls))
    announced.add("c", [], (10, 20))
    assert [r.span for r in announced._requests] == [(10, 20)]
    assert announced.take("b", (0, 10), decoding(calls)) is B


def test_a_request_that_fails_is_forgotten() -> None:
    announced = Announced()
    calls: list[list[str]] = []
    for name in "ab":
        announced.add(name, [], (0, 10))

    def fails(names: Sequence[str]) -> dict[str, Values]:
        raise ValueError(names)

    with pytest.raises(ValueError, match="b"):
        announced.take("a", (0, 10), fails)
    assert announced.take("b", (0, 10), decoding(calls)) is B
    assert calls == [["b"]]


def test_threads_keep_their_requests_apart() -> None:
    announced = Announced()
    calls: list[list[str]] = []
    announced.add("a", [], (0, 10))
    other = threading.Thread(target=lambda: announced.add("b", [], (0, 10)))
    other.start()
    other.join()
    announced.add("c", [], (0, 10))
    assert announced.take("a", (0, 10), decoding(calls)) is A
    assert calls == [["a", "c"]]
    assert announced.take("b", (0, 10), decoding(calls)) is B
