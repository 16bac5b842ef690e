"""Names chosen by globs."""

from __future__ import annotations

import pytest

from rootae.errors import NameNotFound
from rootae.naming import matched

NAMES = ["Muon_pt", "Muon_eta", "MET_pt", "run"]


def test_names_match_any_of_several_globs() -> None:
    assert matched(["Muon_*", "run"], NAMES, "in.root") == {"Muon_pt", "Muon_eta", "run"}


def test_no_glob_matches_no_name() -> None:
    assert matched([], NAMES, "in.root") == set()


def test_capitals_count() -> None:
    with pytest.raises(NameNotFound):
        matched(["muon_*"], NAMES, "in.root")


def test_a_glob_that_matches_nothing_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(NameNotFound, match=r"Moun_pt.*in\.root.*Muon_pt"):
        matched(["Muon_*", "Moun_pt"], NAMES, "in.root", "column")


def test_a_glob_that_is_a_name_means_that_only() -> None:
    names = ["hit[6]", "hit6", "a*b", "aXb", "x?", "xy"]
    assert matched(["hit[6]", "a*b", "x?"], names, "in.root") == {"hit[6]", "a*b", "x?"}
    assert matched(["hit[67]"], names, "in.root") == {"hit6"}


def test_a_name_is_never_told_as_its_own_nearest() -> None:
    assert "did you mean" not in str(NameNotFound("hit[6]", ["hit[6]"], "in.root"))
