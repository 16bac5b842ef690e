"""Every kind of stream, held against the same checks: whoever adds one has its tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from reference.streams import stream as second_reading
from samples import PROJECT
from streamed import CHECKS, SAMPLES, SHAPES, served, written

from rootae.codec.streams import stream
from rootae.codec.streams.cursor import Cursor, varint
from rootae.codec.streams.registry import KINDS
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from rootae.codec.streams.kind import Effort

TEXT = (PROJECT / "export" / "FORMAT.md").read_text().partition("\n## 2.")[0]


class Varints:
    """A kind of this test: every integer as a varint."""

    code: ClassVar[int] = 200
    name: ClassVar[str] = "varints"

    def encode(self, u: NDArray[np.uint64], span: int, rival: int, effort: Effort) -> bytes | None:
        return b"".join(map(varint, u.tolist())) if len(u) * (1 + (span > 127)) < rival else None

    def width(self, body: bytes) -> int:
        return 8

    def decode(self, body: bytes, out: NDArray[Any]) -> None:
        if len(body) < len(out):
            msg = "a varint takes at least a byte"
            raise CorruptError(msg)
        cursor = Cursor(body)
        for i in range(len(out)):
            out[i] = cursor.varint()
        if cursor.rest():
            msg = "bytes follow the last varint"
            raise CorruptError(msg)


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
@pytest.mark.parametrize("code", KINDS, ids=lambda code: KINDS[code].name)
def test_every_kind(code: int, check: Callable[..., Any]) -> None:
    check(KINDS[code])


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
def test_a_kind_that_was_just_added(
    check: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, Varints.code, Varints())
    check(KINDS[Varints.code])


def test_a_kind_that_was_just_added_is_written_where_it_is_smallest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "KINDS", {1: KINDS[1], Varints.code: Varints()})
    assert stream.encode(np.array([3, 900]))[0] == Varints.code


def test_a_kind_that_was_not_added_is_damage() -> None:
    data = written(Varints(), np.array([3, 900]))
    assert data is not None
    with pytest.raises(CorruptError, match="unknown kind 200"):
        stream.decode(data, 2)


def test_every_kind_has_its_row_in_the_format() -> None:
    rows = re.findall(r"^\| (\d+) (\w+) \|", TEXT, re.MULTILINE)
    assert {int(code): name for code, name in rows} == {c: k.name for c, k in KINDS.items()}


@pytest.mark.parametrize("code", KINDS, ids=lambda code: KINDS[code].name)
def test_the_second_reader_agrees(code: int) -> None:
    for q, data in served(KINDS[code]):
        assert second_reading(data, len(q)).tolist() == q.tolist()

    @settings(max_examples=30)
    @given(SHAPES)
    def held(shapes: tuple[NDArray[Any], ...]) -> None:
        for q in shapes:
            data = written(KINDS[code], q)
            if data is not None:
                assert second_reading(data, len(q)).tolist() == q.tolist()

    held()


def test_every_kind_is_the_smallest_of_some_sample() -> None:
    assert {stream.encode(q)[0] for q in SAMPLES.values()} == set(KINDS)
