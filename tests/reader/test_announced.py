"""Columns that are announced together are decoded together, once, whoever else reads."""

from __future__ import annotations

import threading

import pytest

from rootae.reader.announced import Announced


def decoding(calls):
    def decode(names):
        calls.append(list(names))
        return {name: name.upper() for name in names}

    return decode


def test_the_first_column_has_all_of_them_decoded():
    announced, calls = Announced(), []
    for name in "abc":
        announced.add(name, [], (0, 10))
    assert [announced.take(n, (0, 10), decoding(calls)) for n in "bca"] == ["B", "C", "A"]
    assert calls == [["a", "b", "c"]]
    assert announced._requests == []


def test_what_a_column_takes_is_decoded_with_it():
    announced, calls = Announced(), []
    announced.add("v", ["sizes"], (0, 10))
    assert [announced.take(n, (0, 10), decoding(calls)) for n in ("v", "sizes")] == ["V", "SIZES"]
    assert calls == [["v", "sizes"]]


def test_what_nobody_announced_is_decoded_alone():
    announced, calls = Announced(), []
    announced.add("a", [], (0, 10))
    assert announced.take("a", (0, 5), decoding(calls)) == "A"
    assert announced.take("b", (0, 10), decoding(calls)) == "B"
    assert calls == [["a"], ["b"]]


def test_a_request_that_was_given_up_holds_no_values():
    announced, calls = Announced(), []
    for name in "ab":
        announced.add(name, [], (0, 10))
    announced.take("a", (0, 10), decoding(calls))
    announced.add("c", [], (10, 20))
    assert [r.span for r in announced._requests] == [(10, 20)]
    assert announced.take("b", (0, 10), decoding(calls)) == "B"


def test_a_request_that_fails_is_forgotten():
    announced, calls = Announced(), []
    for name in "ab":
        announced.add(name, [], (0, 10))

    def fails(names):
        raise ValueError(names)

    with pytest.raises(ValueError, match="b"):
        announced.take("a", (0, 10), fails)
    assert announced.take("b", (0, 10), decoding(calls)) == "B"
    assert calls == [["b"]]


def test_threads_keep_their_requests_apart():
    announced, calls = Announced(), []
    announced.add("a", [], (0, 10))
    other = threading.Thread(target=lambda: announced.add("b", [], (0, 10)))
    other.start()
    other.join()
    announced.add("c", [], (0, 10))
    assert announced.take("a", (0, 10), decoding(calls)) == "A"
    assert calls == [["a", "c"]]
    assert announced.take("b", (0, 10), decoding(calls)) == "B"
