"""What a compressed file says of itself to whoever lacks rootae, and that it is undone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import uproot

import rootae
from rootae.container.side_tree import NOTICE
from rootae.operations.info import info

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

PLAIN = """
import sys, uproot
file = uproot.open(sys.argv[1])
tree = file["Events"]
titles = file.title_of("rootae"), tree.title, tree["rootae_block"].title
print(*titles, file["deep/er/Events"].title, sep="|")
"""
SEEN = """
f = ROOT.TFile.Open(sys.argv[1]); t = f.Get("Events")
print(f.Get("rootae").GetTitle(), t.GetTitle(), t.GetBranch("rootae_block").GetTitle(),
      f.Get("deep/er/Events").GetTitle(), sep="|")
"""


@pytest.fixture(params=["uproot", "root"])
def titled(request: pytest.FixtureRequest, events: Path, packed: Path, tmp_path: Path) -> Path:
    """Return the file of everything, compressed by each backend."""
    if request.param == "uproot":
        return packed
    request.getfixturevalue("hadd")
    options: dict[str, Any] = {"family": "plain", "backend": "root", "trees": ["Events"]}
    rootae.compress(events, tmp_path / "root.root", **options)
    return tmp_path / "root.root"


def test_titles_say_what_to_install_without_rootae(titled: Path) -> None:
    command = [sys.executable, "-c", PLAIN, str(titled)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.strip().split("|") == [NOTICE, NOTICE, NOTICE, ""]
    assert NOTICE == "coded by rootae: pip install rootae, then import rootae"


def test_root_shows_them_too(titled: Path, root_script: Script) -> None:
    assert root_script(SEEN, titled).stdout.strip().split("|") == [NOTICE, NOTICE, NOTICE, ""]


def test_with_rootae_a_tree_has_its_own_title(titled: Path) -> None:
    with uproot.open(titled) as file:
        tree = file["Events"]
        assert tree.title == tree.member("fTitle") == tree.all_members["fTitle"] == "all events"
        assert info(titled).trees[0].title == "all events"


@pytest.mark.parametrize("backend", ["uproot", "root"])
def test_decompress_gives_the_title_back(
    titled: Path, tmp_path: Path, backend: str, request: pytest.FixtureRequest
) -> None:
    if backend == "root":
        request.getfixturevalue("hadd")
    rootae.decompress(titled, tmp_path / "back.root", backend=backend)
    with uproot.open(tmp_path / "back.root") as file:
        assert file["Events"].title == "all events"


def test_merged_and_skimmed_files_say_the_same(packed: Path, tmp_path: Path, hadd: Script) -> None:
    shutil.copyfile(packed, tmp_path / "c.root")
    rootae.merge([packed, tmp_path / "c.root"], tmp_path / "merged.root")
    rootae.skim(packed, tmp_path / "skimmed.root", cut="MET_pt > 50", tree="Events")
    assert hadd(tmp_path / "added.root", packed, tmp_path / "c.root").returncode == 0
    for name in ("merged", "skimmed", "added"):
        with uproot.open(tmp_path / f"{name}.root") as file:
            assert file["Events"].title == "all events"
            assert file["Events"].bases[0].member("fTitle") == NOTICE
            assert file.title_of("rootae") == NOTICE
            assert not [k for k in file.keys() if k.startswith("rootae")]  # noqa: SIM118
