"""What is to lie apart is written at the end, and the file stays one that ROOT takes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rooted
import uproot

from rootae.rootio.gaps import at_the_end
from rootae.writer.backend import installed

if TYPE_CHECKING:
    from pathlib import Path

X = np.random.default_rng(0).normal(size=20_000)


def written(path: Path) -> Any:
    """Write trees, one of them at the end, and others after it."""
    with uproot.recreate(path) as file:
        for name in ("a/one", "a/two", "b/three"):
            file.mktree(name, {"x": "f8"}).extend({"x": X})
        with at_the_end(file):
            tree = file.mktree("a/last", {"x": "f8"})
            for part in np.array_split(X[:900], 30):  # more baskets than a tree has room for
                tree.extend({"x": part})
        file.mktree("c/four", {"x": "f8"}).extend({"x": X[:50]})
        return file._cascading._freesegments.data.slices


def test_nothing_of_it_lies_in_a_gap(tmp_path: Path) -> None:
    gaps = written(tmp_path / "a.root")
    with uproot.open(tmp_path / "a.root") as file:
        ends = [
            max((b.member("fBasketSeek") + b.member("fBasketBytes"))[: b.num_baskets])
            for name in ("a/one", "a/two", "b/three")
            for b in file[name].branches
        ]
        branch = file["a/last/x"]
        assert min(branch.member("fBasketSeek")[: branch.num_baskets]) >= max(ends)
        assert (file["a/last/x"].array(library="np") == X[:900]).all()
        assert (file["c/four/x"].array(library="np") == X[:50]).all()
    assert all(low < high for low, high in gaps)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(gaps))


@pytest.mark.skipif(not installed(), reason="ROOT is not installed")
def test_root_takes_the_file_as_it_is_and_adds_to_it(tmp_path: Path) -> None:
    written(tmp_path / "a.root")
    done = rooted.script(
        """
file = ROOT.TFile.Open(sys.argv[1], "UPDATE")
assert not file.TestBit(ROOT.TFile.kRecovered)
assert file.GetEND() == file.GetSize(), (file.GetEND(), file.GetSize())
names = "a/one", "a/two", "b/three", "a/last", "c/four"
assert [file.Get(n).GetEntries() for n in names] == [20000] * 3 + [900, 50]
ROOT.TNamed("more", "x" * 100).Write()
file.Close()
file = ROOT.TFile.Open(sys.argv[1])
assert not file.TestBit(ROOT.TFile.kRecovered)
first = zip(range(900), file.Get("a/one"))
assert sum(e.x for e in file.Get("a/last")) == sum(e.x for _, e in first)
assert len(file.Get("more").GetTitle()) == 100
""",
        tmp_path / "a.root",
    )
    assert done.returncode == 0, done.stderr
