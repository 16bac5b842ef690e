"""Outputs lie as their inputs do, and never in the place of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from rootae.dataset.layout import Layout
from rootae.dataset.member import Member
from rootae.errors import ArgumentError

OUT = Path("/o")


def placed(*names: str, base: str | None = None) -> list[str]:
    return Layout([Member(n) for n in names], OUT, base).outputs


def test_folders_below_the_common_one_stay() -> None:
    assert placed("/d/a/x.root", "/d/b/c/x.root:T", "/d/y.root") == [
        "a/x.root",
        "b/c/x.root",
        "y.root",
    ]
    assert placed("/d/a/x.root") == ["x.root"]
    assert placed("/d/a/../b/x.root", "/d/b/y.root") == ["x.root", "y.root"]


def test_what_was_settled_stays_where_it_can() -> None:
    assert placed("/d/a/x.root", base="/d") == ["a/x.root"]
    assert placed("/e/x.root", base="/d") == ["x.root"], "not where the input is elsewhere"


def test_data_sets_are_folders_unless_they_are_named() -> None:
    members = [Member("/mc/tt/x.root"), Member("/mc/y.root"), Member("/mc/z.root", ("dy",))]
    assert Layout(members, OUT).datasets == [("tt",), ("mc",), ("dy",)]


@pytest.mark.parametrize("name", ["manifest.json", "fileset.json", "codec.rootae"])
def test_names_of_rootae_s_own_are_refused(name: str) -> None:
    with pytest.raises(ArgumentError, match=name):
        placed(f"/d/{name}")


def test_one_output_for_two_inputs_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"two inputs would both be written to /o/x\.root"):
        placed("/d/x.root:a", "/d/x.root:b")


def test_an_output_in_the_place_of_an_input_is_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.root").touch()
    members = [Member(str(tmp_path / "a/x.root")), Member(str(tmp_path / "b/x.root"))]
    with pytest.raises(ArgumentError, match="same file"):
        Layout(members, tmp_path)
    twins = Layout(members, tmp_path, twins=True)
    assert twins.targets == [tmp_path / "a/x.root", tmp_path / "b/x.root"], "these are read"
