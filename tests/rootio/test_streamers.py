"""A file's record of its classes is written once, compressed, and every reader finds all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot

from rootae.rootio.titles import recreate

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

X = np.arange(300, dtype=np.float32)
SEEN = """
f = ROOT.TFile.Open(sys.argv[1])
names = sorted(x.GetName() for x in f.GetStreamerInfoList() if x.GetName() != "listOfRules")
print(" ".join(names), f.Get("t").GetEntries("x > 9"), f.Get("deep/h").GetEntries(), f.IsZombie())
f = ROOT.TFile.Open(sys.argv[1], "UPDATE")
f.WriteObject(ROOT.TNamed("more", ""), "more")
f.Close()
"""


def fill(file: Any) -> None:
    """Write objects of several classes."""
    file.mktree("t", {"x": "f4"}).extend({"x": X})
    file["deep/h"] = np.histogram(X)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with recreate(tmp_path / "a.root", "a title") as file:
        fill(file)
    return tmp_path / "a.root"


def classes(path: Path) -> dict[str, Any]:
    with uproot.open(path) as file:
        return dict(file.file.streamers)


def test_it_names_the_classes_that_uproot_would_and_is_smaller(path: Path) -> None:
    with uproot.recreate(path.with_name("b.root")) as file:
        fill(file)
    assert classes(path).keys() == classes(path.with_name("b.root")).keys()
    with uproot.open(path) as mine, uproot.open(path.with_name("b.root")) as theirs:
        assert 3 * mine.file.fNbytesInfo < theirs.file.fNbytesInfo
        assert mine["t/x"].array(library="np").tolist() == X.tolist()


def test_root_reads_it_and_may_go_on_writing(path: Path, root_script: Script) -> None:
    before = classes(path)
    told = root_script(SEEN, path).stdout.split()
    assert told[-3:] == ["290", "300.0", "False"]
    assert set(told[:-3]) == before.keys()
    with uproot.open(path) as file:
        assert file["more"].member("fName") == "more"
        assert file["t/x"].array(library="np").tolist() == X.tolist()


def test_uproot_may_go_on_writing(path: Path) -> None:
    with uproot.update(path) as file:
        file["other"] = np.histogram(X)
    with uproot.open(path) as again:
        assert again["other"].values().sum() == len(X)
        assert again["t/x"].array(library="np").tolist() == X.tolist()


def test_a_file_without_objects_is_one(tmp_path: Path, root_script: Script) -> None:
    with recreate(tmp_path / "a.root"):
        pass
    code = "f = ROOT.TFile.Open(sys.argv[1]); print(f.IsZombie(), f.GetNkeys())"
    assert root_script(code, tmp_path / "a.root").stdout.split() == ["False", "0"]
