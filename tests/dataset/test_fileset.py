"""Filesets of what was written have what coffea asks for, and nothing that failed."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from rootae.dataset.fileset import fileset, read
from rootae.dataset.record import Record

if TYPE_CHECKING:
    from pathlib import Path

DONE = Record(
    "/in/a.root", "a.root", datasets=("tt", "all"), output_adler32="00000002",
    num_entries={"T": 9, "U": 1}, object_path="T", steps=((0, 5), (5, 9)), uuid="u",
)  # fmt: skip


def test_each_data_set_has_its_files_and_what_was_said_of_it(tmp_path: Path) -> None:
    other = dataclasses.replace(DONE, output="b.root", datasets=("tt",))
    made = fileset([DONE, other], tmp_path, {"tt": {"metadata": {"xsec": 831.0}}})
    assert {n: [*d["files"]] for n, d in made.items()} == {
        "tt": [str(tmp_path / "a.root"), str(tmp_path / "b.root")],
        "all": [str(tmp_path / "a.root")],
    }
    assert made["tt"]["metadata"] == {"xsec": 831.0}
    assert made["all"]["files"][str(tmp_path / "a.root")] == {
        "object_path": "T",
        "steps": [[0, 5], [5, 9]],
        "num_entries": 9,
        "uuid": "u",
    }


def test_what_failed_or_holds_no_tree_is_left_out(tmp_path: Path) -> None:
    failed = dataclasses.replace(DONE, exception={"kind": "OSError", "message": "?"})
    treeless = dataclasses.replace(DONE, object_path=None)
    waiting = Record("/in/c.root", "c.root", datasets=("tt",))
    assert fileset([failed, treeless, waiting], tmp_path, {}) == {}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "fileset.json"
    path.write_text(json.dumps(fileset([DONE], tmp_path, {"tt": {"metadata": {"year": 2018}}})))
    members, told = read(path)
    assert {(m.path, m.datasets[0], m.tree, m.steps) for m in members} == {
        (str(tmp_path / "a.root"), name, "T", ((0, 5), (5, 9))) for name in ("tt", "all")
    }
    assert told == {"tt": {"metadata": {"year": 2018}}, "all": {}}
