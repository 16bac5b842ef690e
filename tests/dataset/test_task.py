"""A task takes one file from its input to what is written down of it, whatever goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from samples import write_columns

from rootae.dataset.checksum import checksum
from rootae.dataset.held import Held
from rootae.dataset.member import Member
from rootae.dataset.task import Piece, Reading, Task, check
from rootae.errors import BoundError
from rootae.operations.compress import compress

if TYPE_CHECKING:
    from pathlib import Path


def test_facts_of_input_and_output_are_taken_down(tmp_path: Path) -> None:
    x = np.arange(40_000)
    source = write_columns(tmp_path / "in.root", {"x": x}, compression=None)
    target = tmp_path / "deep/er/out.root"
    done = Task(compress, {"family": "plain"})(Piece(Member(str(source))), target)
    assert done.failure is None
    facts = done.facts
    assert (facts["input_bytes"], facts["input_adler32"]) == (
        source.stat().st_size,
        checksum(source),
    )
    assert (facts["output_bytes"], facts["output_adler32"]) == (
        target.stat().st_size,
        checksum(target),
    )
    assert facts["num_entries"] == {"t": 40_000}
    assert (facts["object_path"], facts["steps"]) == ("t", ((0, 40_000),))
    assert facts["bounds"] == {"t": {"x": "exact"}}
    assert facts["codec"] == done.report.codec
    assert done.seconds > 0


def test_what_goes_wrong_is_an_outcome(tmp_path: Path) -> None:
    done = Task(compress)(Piece(Member(str(tmp_path / "none.root"))), tmp_path / "out.root")
    assert done.report is None
    assert done.failure is not None
    assert done.failure.exit_code == 2
    assert not check(Piece(Member("a.root")), tmp_path / "out.root"), "nothing is known of it"


def test_a_reading_takes_files_in_its_own_order() -> None:
    def work(*names: str, progress: object, **options: Any) -> object:
        del progress
        if options["fail"]:
            msg = "broken"
            raise BoundError(msg)
        return names

    held = Held("out.root", "in.root")
    assert str(held) == "out.root"
    for names in (("file", "original"), ("original", "file"), ("file",)):
        done = Reading(work, {"fail": False}, names)(held, None)
        assert done.report == tuple(getattr(held, name) for name in names)
    failed = Reading(work, {"fail": True})(held, None)
    assert failed.failure is not None
    assert failed.failure.exit_code == 3
