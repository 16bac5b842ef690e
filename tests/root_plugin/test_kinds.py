"""Every kind of branch, by hand and in a browser: what is read is the original's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from plugged import compressed, differences, printed, python
from samples import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

KINDS = PROJECT / "tests" / "root_plugin" / "kinds.cxx"
BROWSE = PROJECT / "tests" / "root_plugin" / "browse.cxx"
ENTRIES = 400
FILES = ("kinds.root", "small.root")


@pytest.fixture(scope="module")
def kinds(plugin: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a file of every kind of branch, and the same one as small.root."""
    folder = tmp_path_factory.mktemp("kinds")
    printed(plugin, KINDS, f'write_kinds("{folder / FILES[0]}", {ENTRIES})', folder)
    compressed(folder / FILES[0], folder / FILES[1])
    return folder


@pytest.mark.slow
def test_every_kind_is_read_by_addresses_readers_and_made_code(plugin: Path, kinds: Path) -> None:
    said = [printed(plugin, KINDS, f'read_kinds("{kinds / n}")', kinds) for n in FILES]
    assert said[0] == said[1]
    assert sum(line.startswith(("value ", "array ")) for line in said[0]) > 25
    assert any(line.startswith("made ") for line in said[0])


@pytest.mark.slow
def test_a_browser_shows_the_same(plugin: Path, kinds: Path) -> None:
    said = [printed(plugin, BROWSE, f'browse_file("{kinds / n}")', kinds) for n in FILES]
    assert said[0] == said[1]
    assert any(line.startswith("  drawn counted ") for line in said[0])
    assert any("TBranchElement nested" in line for line in said[0])


SNAPSHOT = """
import sys, rootae, ROOT
tree, original, small = "a/b/t", *sys.argv[1:3]
options = ROOT.RDF.RSnapshotOptions()
options.fVector2RVec = False  # ROOT has no dictionaries of RVecs of vectors
for name, frame in (
    ("theirs", ROOT.RDataFrame(tree, original)),
    ("plain", ROOT.RDataFrame(tree, small)),
    ("blocks", rootae.rdataframe(small, tree)),
):
    frame.Snapshot("t", f"{name}.root", sys.argv[3:], options)
"""
# Arrays become RVecs where they come from anything but a tree.
COLUMNS = (
    *("i8", "u16", "i32", "u64", "f32", "f64", "n"),
    *("floats", "ints", "longs", "nested", "deep"),
)


@pytest.mark.slow
def test_snapshots_of_vectors_of_vectors_too_are_the_original_s(plugin: Path, kinds: Path) -> None:
    done = python(SNAPSHOT, kinds, *FILES, *COLUMNS)
    assert done.returncode == 0, done.stderr
    pairs = [(kinds / "theirs.root", kinds / f"{name}.root") for name in ("plain", "blocks")]
    said = differences(plugin, pairs, kinds)
    assert [line.partition(",")[0] for line in said] == ["0 differences"] * 2, said
