"""Bytes are read ahead of what is decoded: in the same requests, and errors show in their turn."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

import rootae
from rootae.container.blocks import StoredTree
from rootae.errors import CorruptError
from rootae.reader import batch
from rootae.reader.ahead import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Batch:
    """A batch of two blocks that reads and decodes nothing.

    Arguments:
        first: the number of the first of them.
        events: what happens, in order.
        bad: at what something goes wrong.
    """

    def __init__(self, first: int, events: list[str], bad: str = "") -> None:
        self.blocks = [first, first + 1]
        self.events = events
        self.bad = bad

    def note(self, event: str) -> None:
        self.events.append(event)
        if event == self.bad:
            raise CorruptError(event)

    def read(self) -> Iterator[Part]:
        self.note(f"read {self.blocks[0]}")
        return (Part(self, block) for block in self.blocks)


class Part:
    """One of its blocks."""

    def __init__(self, of: Batch, block: int) -> None:
        self.of = of
        self.block = block
        self.decoder = None

    def decode(self, joined: object, threads: int) -> int:
        self.of.note(f"decode {self.block} by {threads}")
        return self.block


def made(count: int, events: list[str], bad: str = "") -> Iterator[Batch]:
    """Yield batches, or fail as one is made."""
    for first in range(0, 2 * count, 2):
        if bad == f"make {first}":
            raise CorruptError(bad)
        yield Batch(first, events, bad)


def run(threads: int, bad: str = "", count: int = 4) -> tuple[list[int], str, list[str]]:
    """Return the blocks that were given out, the error that ended it, and what happened."""
    events, found = list[str](), list[int]()

    def check(*blocks: int) -> None:
        if bad == f"check {blocks[0]}":
            raise CorruptError(bad)

    batches: Any = made(count, events, bad)
    try:
        found.extend(b for b, _, _ in decoded(batches, check, None, 2 * count, threads))
    except CorruptError as error:
        return found, str(error), events
    return found, "", events


@pytest.mark.parametrize("bad", ["", "make 0", "make 4", "read 0", "read 4", "check 0", "check 4"])
@pytest.mark.parametrize("threads", [2, 3, 20])
def test_blocks_and_errors_come_as_from_one_thread(threads: int, bad: str) -> None:
    assert run(threads, bad)[:2] == run(1, bad)[:2]


@pytest.mark.parametrize("threads", [2, 3])
def test_a_block_that_is_damaged_ends_it_after_those_before(threads: int) -> None:
    found, error, _ = run(threads, "decode 3 by 1")
    assert (found, error) == ([0, 1, 2], "decode 3 by 1")


def test_some_threads_share_the_last_blocks_out() -> None:
    _, _, events = run(3, count=2)
    assert {e for e in events if "by 3" in e} == {"decode 3 by 3"}
    assert {e for e in run(9, count=1)[2] if "by 5" in e} == {"decode 0 by 5", "decode 1 by 5"}


def test_no_more_than_the_next_batch_is_read(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_BYTES_AT_ONCE", 1)
    read, under_way, most = StoredTree.views, list[int](), 0
    lock = threading.Lock()

    def views(self: StoredTree, wanted: Any) -> Any:
        nonlocal most
        with lock:
            under_way.append(1)
            most = max(most, len(under_way))
        time.sleep(0.002)
        found = read(self, wanted)
        under_way.pop()
        return found

    monkeypatch.setattr(StoredTree, "views", views)
    with rootae.open(many, threads=4) as file:
        file["Events"].arrays()
    assert most == 1


def test_threads_ask_for_the_same_bytes(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_BYTES_AT_ONCE", 20_000)
    asked = []
    for threads in (1, 3):
        with rootae.open(many, threads=threads) as file:
            file["Events"].arrays()
            source = file.file.source
            asked.append((source.num_requests, source.num_requested_bytes))
    assert asked[0] == asked[1]
    assert asked[0][0] > 5
