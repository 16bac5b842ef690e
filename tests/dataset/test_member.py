"""A file that is named twice is one file, of all data sets that name it."""

from __future__ import annotations

from pathlib import Path

from rootae.dataset.member import Member


def test_names_of_files_and_trees() -> None:
    one = Member("mc/a.root:deep/T")
    assert (one.file, one.tree) == ("mc/a.root", "deep/T")
    assert one.whole == f"{Path.cwd()}/mc/a.root:deep/T"
    assert Member("a.root", object_path="T").tree == "T"
    assert Member("a.root").tree is None


def test_two_that_differ_in_steps_are_read_whole() -> None:
    one = Member("a.root", ("tt", "all"), "T", ((0, 5),))
    assert one.also(Member("a.root", ("all", "dy"), None, ((0, 5),))).steps == ((0, 5),)
    both = one.also(Member("a.root", ("dy",), "U", None, "in.root"))
    assert both == Member("a.root", ("tt", "all", "dy"), "T", None, "in.root")
