"""A record holds what a manifest says of a file, and whether that is still so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from rootae.dataset.checksum import checksum
from rootae.dataset.failure import Failure
from rootae.dataset.record import Record

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Record, Path, Path]:
    source, target = tmp_path / "in.root", tmp_path / "out.root"
    source.write_bytes(b"before")
    target.write_bytes(b"after")
    sums = (6, checksum(source), 5, checksum(target))
    return Record("in.root", "out.root", "o", "r", ("tt",), *sums), source, target


@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize("data", [None, b"", b"before and after", b"BEFORE"[:5], b"BEFORE"])
def test_whatever_changed_is_noticed(
    pair: tuple[Record, Path, Path], end: int, data: bytes | None
) -> None:
    record, *files = pair
    assert record.holds(*files)
    if data is None:
        files[end].unlink()
    else:
        files[end].write_bytes(data)
    assert not record.holds(*files)


def test_a_failure_leaves_no_facts(pair: tuple[Record, Path, Path]) -> None:
    record = pair[0]
    assert record.is_done
    failed = record.failed(Failure("OSError", "what"))
    assert not failed.is_done
    assert failed == Record(
        "in.root", "out.root", "o", "r", ("tt",), exception={"kind": "OSError", "message": "what"}
    )


def test_what_is_written_is_read(pair: tuple[Record, Path, Path]) -> None:
    assert Record.from_json(pair[0].to_json()) == pair[0]


@pytest.mark.parametrize(
    "other", [{"fname": 3}, {"num_entries": []}, {"steps": [[1]]}, {"steps": 3}, {"more": 1}]
)
def test_what_is_no_record_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        Record.from_json({"fname": "a", "output": "b"} | other)
