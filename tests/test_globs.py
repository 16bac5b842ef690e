"""Names chosen by globs."""

from __future__ import annotations

import pytest

from rootae.errors import NameNotFound
from rootae.globs import matched

NAMES = ["Muon_pt", "Muon_eta", "MET_pt", "run"]


def test_names_match_any_of_several_globs():
    assert matched(["Muon_*", "run"], NAMES, "in.root") == {"Muon_pt", "Muon_eta", "run"}


def test_no_glob_matches_no_name():
    assert matched([], NAMES, "in.root") == set()


def test_capitals_count():
    with pytest.raises(NameNotFound):
        matched(["muon_*"], NAMES, "in.root")


def test_a_glob_that_matches_nothing_is_refused_with_the_nearest_name():
    with pytest.raises(NameNotFound, match=r"Moun_pt.*in\.root.*Muon_pt"):
        matched(["Muon_*", "Moun_pt"], NAMES, "in.root", "column")
