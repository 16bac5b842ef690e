"""What is told of a failure says what to do, and what was written before."""

from __future__ import annotations

import pytest

from rootae.dataset.failure import Failure, failure_of
from rootae.errors import ArgumentError, BoundError
from rootae.paths import targets


@pytest.fixture(autouse=True)
def nothing_written() -> None:
    targets.forget()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (BoundError("a.root: what"), Failure("BoundError", "a.root: what", 3)),
        (ArgumentError("which"), Failure("ArgumentError", "which", 2)),
        (
            FileNotFoundError(2, "No such file", "a.root"),
            Failure("FileNotFoundError", "a.root: No such file; nothing was written"),
        ),
        (MemoryError(), Failure("MemoryError", "out of memory; nothing was written")),
        (
            KeyboardInterrupt("3 of 4 files"),
            Failure("Interrupted", "interrupted; 3 of 4 files", 130),
        ),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_each_kind_of_error_has_its_text_and_its_code(error: BaseException, told: Failure) -> None:
    assert failure_of(error) == told


def test_only_what_nobody_expects_is_a_bug() -> None:
    told = failure_of(ZeroDivisionError("division by zero"))
    assert told.exit_code == 1
    assert "report this as a bug" in told.text
