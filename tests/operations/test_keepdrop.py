"""Branches by globs and by files of keep and drop lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from rootae.errors import ArgumentError, NameNotFound
from rootae.operations.keepdrop import chosen, read_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = ["run", "nMuon", "Muon_pt", "Muon_eta", "nJet", "Jet_pt", "HLT_IsoMu24", "HLT_Mu50"]


@pytest.fixture
def lines(tmp_path: Path) -> Callable[[str], Any]:
    """Return a function that reads lines from a file."""

    def read(text: str) -> Any:
        (tmp_path / "branches.txt").write_text(text)
        return read_lines(tmp_path / "branches.txt")

    return read


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", NAMES),
        ("# nothing but a comment\n\n", NAMES),
        ("drop *\nkeep Muon_*  # the muons\nkeep run\n", ["run", "Muon_pt", "Muon_eta"]),
        ("drop Muon_*\nkeep Muon_pt", [n for n in NAMES if n != "Muon_eta"]),
        ("keep Muon_pt\ndrop Muon_*", [n for n in NAMES if "Muon_" not in n]),
        ("drop *\nkeepmatch HLT_(Iso)?Mu2.*", ["HLT_IsoMu24"]),
        ("dropmatch (n|HLT_).*", ["run", "Muon_pt", "Muon_eta", "Jet_pt"]),
        ("drop un", NAMES),  # whole names
        ("drop  *\nkeep\trun", ["run"]),
    ],
)
def test_the_last_line_that_matches_counts(
    lines: Callable[[str], Any], text: str, left: list[str]
) -> None:
    assert chosen(NAMES, "Events", lines=lines(text))[0] == left


def test_lines_without_a_match_are_returned(lines: Callable[[str], Any]) -> None:
    found = lines("drop Tau_*\ndrop Muon_*\n")
    assert chosen(NAMES, "Events", lines=found)[1] == ["drop Tau_*"]


def test_globs_choose_from_what_lines_keep(lines: Callable[[str], Any]) -> None:
    found = lines("drop *_eta")
    assert chosen(NAMES, "Events", ["Muon_*", "run"], ["run"], found)[0] == ["Muon_pt"]


def test_a_typed_glob_without_a_match_is_a_slip() -> None:
    with pytest.raises(NameNotFound, match="Muon_pt"):
        chosen(NAMES, "Events", drop=["Muon_tp"])


def test_something_must_be_left(lines: Callable[[str], Any]) -> None:
    with pytest.raises(ArgumentError, match="no column is left"):
        chosen(NAMES, "Events", lines=lines("drop *"))


@pytest.mark.parametrize("line", ["remove Muon_*", "keep", "keepmatch (", "Muon_*"])
def test_other_lines_are_refused_with_their_place(lines: Callable[[str], Any], line: str) -> None:
    with pytest.raises(ArgumentError, match=r"branches\.txt:2: "):
        lines(f"drop *\n{line}\n")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"none\.txt"):
        read_lines(tmp_path / "none.txt")


@pytest.mark.parametrize("line", ["drop hit[6]", "drop a*b"])
def test_a_line_that_says_a_name_means_that_only(lines: Callable[[str], Any], line: str) -> None:
    names = ["hit[6]", "hit6", "a*b", "aXb"]
    left = [n for n in names if n != line.split()[1]]
    assert chosen(names, "Events", lines=lines(line)) == (left, [])
