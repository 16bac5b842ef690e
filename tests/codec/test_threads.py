"""Processes that work at a time share the processors, and none goes without."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from rootae.codec import threads

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    yield
    threads.share(1)


@pytest.mark.parametrize(
    ("there", "processes", "mine"), [(8, 1, 8), (8, 2, 4), (8, 3, 2), (2, 2, 1), (1, 4, 1)]
)
def test_each_process_has_its_share(
    monkeypatch: pytest.MonkeyPatch, there: int, processes: int, mine: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(there), raising=False)
    threads.share(processes)
    assert threads.cores() == mine
