"""Originals are known by a manifest, by a folder of the same layout, or by their name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rootae.dataset.counterparts import counterparts, held_pairs
from rootae.dataset.held import Held
from rootae.dataset.inputs import inputs
from rootae.dataset.manifest import Manifest
from rootae.dataset.member import Member
from rootae.dataset.record import Record
from rootae.errors import ArgumentError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Return a folder with a manifest of two outputs; the original of one is there."""
    (tmp_path / "mc").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "mc/a.root").touch()
    manifest = Manifest.of(tmp_path / "out")
    for name, tree in (("a.root", ""), ("b.root", ":T")):
        source = f"{tmp_path}/mc/{name}{tree}"
        manifest.put(Record(source, name, output_adler32="00000001"))
    manifest.put(Record("failed.root", "c.root"))
    manifest.write()
    return tmp_path


def test_a_manifest_names_the_originals_of_its_outputs(made: Path) -> None:
    originals = [f"{made}/mc/a.root", f"{made}/mc/b.root"]
    members, _ = inputs([made / "out/manifest.json"])
    assert counterparts(members, None) == originals
    named = [Member(f"{made}/out/b.root"), Member(f"{made}/mc/../out/a.root")]
    assert counterparts(named, made / "out/manifest.json") == originals[::-1]
    with pytest.raises(ArgumentError, match=r"knows nothing of .*c\.root"):
        counterparts([Member(f"{made}/out/c.root")], made / "out/manifest.json")


def test_a_folder_has_them_in_the_same_layout(made: Path) -> None:
    members = [Member(f"{made}/out/x/a.root"), Member(f"{made}/out/b.root")]
    assert counterparts(members, made / "mc") == [f"{made}/mc/x/a.root", f"{made}/mc/b.root"]


def test_one_file_is_the_original_of_one(made: Path) -> None:
    one = [Member("x.root")]
    assert counterparts(one, "y.root") == ["y.root"]
    assert counterparts(one, None) == [None]
    with pytest.raises(ArgumentError, match="for 2 files name a folder or manifest"):
        counterparts([*one, Member("z.root")], "y.root")


def test_originals_that_are_gone_are_told(made: Path) -> None:
    members, _ = inputs([made / "out/manifest.json"])
    first, second = f"{made}/out/a.root", f"{made}/out/b.root"
    pairs, lost = held_pairs(members, None)
    assert pairs == [Held(first, f"{made}/mc/a.root"), Held(second)]
    assert lost == [second]
    pairs, lost = held_pairs(members, made / "out/manifest.json")
    assert pairs[1].original is not None, "what the user named has to be there"
    assert lost == []
    with pytest.raises(ArgumentError, match=r"the original of x\.root is not known"):
        held_pairs([Member("x.root")], None, needed=True)
