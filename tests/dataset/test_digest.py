"""A digest stands for values, not for how they are spelled, and stays what it is."""

from __future__ import annotations

from rootae.dataset.digest import digest


def test_order_of_members_does_not_matter() -> None:
    assert digest({"a": [1, 2], "b": None}) == digest({"b": None, "a": [1, 2]})


def test_values_do() -> None:
    asked = [{"a": 1}, {"a": 2}, {"a": "1"}, {"a": [1, 2]}, {"a": [2, 1]}, {"b": 1}, {}]
    assert len({digest(data) for data in asked}) == len(asked)


def test_it_is_the_same_in_every_version() -> None:
    assert digest({"command": "compress", "lossy": True}) == "463e903370c113d7"
