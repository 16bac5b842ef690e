"""Sums of histograms: the numbers that ROOT's hadd gives."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot
from hypothesis import given, settings
from hypothesis import strategies as st

from rootae.errors import UnsupportedError
from rootae.rootio import histograms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rooted import Script

MAKE = """
folder, seed = sys.argv[1], int(sys.argv[2])
random = ROOT.TRandom3(seed)
file = ROOT.TFile(f"{folder}/{seed}.root", "RECREATE")
made = [ROOT.TH1F("f", "weighted;x", 10, -3, 3), ROOT.TH1D("d", "plain", 10, -3, 3)]
made += [ROOT.TH1I("i", "counts", 5, 0, 1), ROOT.TH2D("d2", "", 4, -3, 3, 3, 0, 1)]
made += [ROOT.TH3F("f3", "", 2, -3, 3, 2, 0, 1, 2, 0, 1), ROOT.TProfile("p", "", 6, -3, 3)]
made += [ROOT.TH1D("half", "squares of weights in one file only", 4, -3, 3)]
made[0].Sumw2()
if seed == 2: made[6].Sumw2()
for k in range(200):
    x, y, w = random.Gaus(), random.Uniform(), random.Uniform()
    made[0].Fill(x, w); made[1].Fill(x); made[2].Fill(y); made[3].Fill(x, y, w)
    made[4].Fill(x, y, w); made[5].Fill(x, y); made[6].Fill(x)
labelled = ROOT.TH1D("labelled", "", 3, 0, 3)
for n, name in enumerate(("all", "triggered", "selected")):
    labelled.GetXaxis().SetBinLabel(n + 1, name)
    labelled.SetBinContent(n + 1, seed * n)
for h in (*made, labelled): h.Write()
tree = ROOT.TTree("t", ""); tree.Write(); file.Close()
"""


@pytest.fixture(scope="module")
def pair(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("histograms")
    for seed in (1, 2):
        root_script(MAKE, folder, seed)
    return folder


def test_sums_are_those_of_hadd(pair: Path, hadd: Script, tmp_path: Path) -> None:
    paths = [pair / "1.root", pair / "2.root"]
    assert hadd("-f", tmp_path / "hadd.root", *paths).returncode == 0
    with uproot.recreate(tmp_path / "ours.root") as out:
        for name in ("f", "d", "i", "d2", "f3", "p", "half", "labelled"):
            with uproot.open(paths[0]) as one, uproot.open(paths[1]) as two:
                total = one[name]
                histograms.add(total, two[name], name)
                out[name] = total
    with uproot.open(tmp_path / "hadd.root") as a, uproot.open(tmp_path / "ours.root") as b:
        for name in ("f", "d", "i", "d2", "f3", "p", "half", "labelled"):
            x, y = a[name], b[name]
            assert np.array_equal(x.values(flow=True), y.values(flow=True)), name
            assert np.allclose(x.variances(flow=True), y.variances(flow=True), rtol=1e-12), name
            assert x.member("fEntries") == y.member("fEntries"), name
            for moment in ("fTsumw", "fTsumw2", "fTsumwx", "fTsumwx2") * (name != "labelled"):
                assert x.member(moment) == pytest.approx(y.member(moment)), (name, moment)
            assert x.title == y.title
        assert b["labelled"].axis().labels() == ["all", "triggered", "selected"]


def of(numbers: Sequence[float], bins: int = 4, top: float = 4.0) -> Any:
    """Return a histogram as uproot reads it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "h.root"
        with uproot.recreate(path) as file:
            file["h"] = np.histogram(numbers, bins=bins, range=(0, top))
        with uproot.open(path) as file:
            return file["h"]


numbers = st.lists(st.floats(0, 4), max_size=20)


@settings(max_examples=8)
@given(numbers, numbers)
def test_the_sum_is_the_histogram_of_everything(one: list[float], two: list[float]) -> None:
    total = of(one)
    histograms.add(total, of(two), "h")
    assert np.array_equal(total.values(), of(one + two).values())


@pytest.mark.parametrize("other", [{"bins": 5}, {"top": 5.0}])
def test_other_axes_are_refused(other: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedError, match=r"b\.root: h has other axes"):
        histograms.add(of([1.0]), of([1.0], **other), "b.root: h")


def test_a_sum_that_its_type_cannot_hold_is_refused(pair: Path) -> None:
    with uproot.open(pair / "1.root") as one, uproot.open(pair / "2.root") as two:
        total, other = one["i"], two["i"]
    total.bases[-1]._data = np.full_like(total.bases[-1]._data, 2**31 - 1)
    with pytest.raises(UnsupportedError, match="does not fit"):
        histograms.add(total, other, "b.root: i")


def test_moments_that_one_of_them_does_not_keep_are_left_to_root(pair: Path) -> None:
    with uproot.open(pair / "1.root") as one, uproot.open(pair / "2.root") as two:
        total, other = one["labelled"], two["labelled"]
    histograms.add(total, other, "h")
    assert total.member("fTsumw") == 0, "as ROOT keeps it where bins were set by hand"
    kept, bare = of([1.0, 2.0]), of([1.0])
    bare.bases[0]._members["fTsumw"] = 0.0
    histograms.add(kept, bare, "h")
    assert kept.member("fTsumw") == kept.member("fTsumwx") == 0


def test_equal_sees_any_other_number() -> None:
    assert histograms.equal(of([1.0, 2.0]), of([1.0, 2.0]))
    assert not histograms.equal(of([1.0, 2.0]), of([1.0, 3.0]))
    assert not histograms.equal(of([1.0]), of([1.0], bins=5))


def test_identical_histograms_with_equal_labels_are_labelled_and_no_other(pair: Path) -> None:
    with uproot.open(pair / "1.root") as file:
        assert histograms.is_labelled(file["labelled"])
        assert not histograms.is_labelled(file["f"], file["d2"], file["p"])
