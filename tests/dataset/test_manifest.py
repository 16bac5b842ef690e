"""Manifests are true at any moment, whoever else writes."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest

from rootae.dataset.manifest import Manifest
from rootae.dataset.record import Record
from rootae.errors import ArgumentError

if TYPE_CHECKING:
    from pathlib import Path

DONE = Record(
    "/in/a.root", "a.root", "o", "r", ("tt",), 9, "00000001", 8, "00000002", "c", "b", {"T": 3},
    0.5, None, "T", ((0, 2), (2, 3)), "u",
)  # fmt: skip


def test_what_was_written_is_read(tmp_path: Path) -> None:
    one = Manifest.of(tmp_path)
    key = one.asked({"command": "compress"})
    bound = one.bound({"T": {"x": "exact"}})
    record = dataclasses.replace(DONE, options=key, bounds=bound)
    one.put(record)
    one.asked({"of": "nobody"})
    one.write()
    two = Manifest.of(tmp_path)
    assert two.files == {"a.root": record}
    assert two.options == {key: {"command": "compress"}}, "and what no file refers to is left out"
    assert two.bounds == {bound: {"T": {"x": "exact"}}}
    (member,) = two.written()
    assert (member.path, member.tree) == (str(tmp_path / "a.root"), "T")


def test_runs_in_one_folder_keep_each_other_s_records(tmp_path: Path) -> None:
    runs = [Manifest.of(tmp_path) for _ in range(3)]
    for number, run in enumerate(runs * 2):
        run.put(dataclasses.replace(DONE, output=f"{number}.root"))
        run.write()
    assert set(Manifest.of(tmp_path).files) == {f"{n}.root" for n in range(6)}


def test_a_long_one_is_not_written_all_the_time(tmp_path: Path) -> None:
    run = Manifest.of(tmp_path)
    run.write()
    run.put(DONE)
    run.write(now=False)
    assert Manifest.of(tmp_path).files == {}
    run.write()
    assert Manifest.of(tmp_path).files == {"a.root": DONE}


def table(**other: Any) -> dict[str, Any]:
    whole = {"kind": "rootae manifest", "schema": 1, "options": {}, "bounds": {}, "datasets": {}}
    return whole | {"files": []} | other


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("", "cannot be read"),
        ("[]", "no manifest of rootae"),
        ('{"kind": "of theirs"}', "no manifest of rootae"),
        (json.dumps(table(schema=2)), "schema 2"),
        (json.dumps(table(files=[{"fname": "a"}])), "damaged"),
        (json.dumps(table(files=[{"fname": "a", "output": 3}])), "damaged"),
        (json.dumps(table(files=3)), "damaged"),
        (json.dumps(table(bounds=3)), "damaged"),
    ],
)
def test_other_files_are_refused_and_kept(tmp_path: Path, text: str, phrase: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text)
    with pytest.raises(ArgumentError, match=phrase):
        Manifest.of(tmp_path)
    assert path.read_text() == text
