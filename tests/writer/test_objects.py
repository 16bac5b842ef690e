"""What stands beside trees, merged: as hadd merges it, by ROOT where uproot would not do the same.

One file a kind of object would start ROOT dozens of times; here two files hold one of each.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import uproot

import rootae
from rootae.errors import UnsupportedError
from rootae.rootio.process import process

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

MAKE = """
import array
import numpy as np
path, s = sys.argv[1], int(sys.argv[2])
file, r = ROOT.TFile(path, "RECREATE"), ROOT.TRandom3(s)
D = lambda *x: array.array("d", x)
t = ROOT.TNtuple("t", "", "x"); t.Fill(s); t.Write()

h = ROOT.TH1D("labels", "", 4, 0, 4)
for name in (("all", "trigger", "jets") if s == 1 else ("all", "jets", "other", "trigger")):
    h.Fill(name, len(name) * s)
h.Write()
h = ROOT.TH1D("equal_labels", "", 2, 0, 2)
for bin, name in ((2, "b"), (1, "a")): h.GetXaxis().SetBinLabel(bin, name)
h.SetBinContent(2, 5 * s); h.Write()
h = ROOT.TH2D("labels2", "", 3, 0, 3, 3, 0, 3)
for n in ("ab" if s == 1 else "ba"): h.Fill(n, "q", ord(n) * s)
h.Write()
h = ROOT.TH1D("growing", "", 10, 0, 10 * s); h.SetCanExtend(ROOT.TH1.kAllAxes)
for i in range(50): h.Fill(r.Uniform(0, 15 * s))
h.Write()
h = ROOT.TH1D("average", "", 3, 0, 3); h.SetBit(ROOT.TH1.kIsAverage); h.Sumw2()
for i in (1, 2, 3): h.SetBinContent(i, s * 10.); h.SetBinError(i, s)
h.Write()
h = ROOT.TH1D("limits", "", 10 * s, 0, 10 * s)
for i in range(50): h.Fill(r.Uniform(0, 10))
h.Write()
h = ROOT.TH1D("buffered", "", 10, 1, -1)
for i in range(20): h.Fill(r.Gaus())
h.Write()
h = ROOT.TH1F("plain", "", 5, 0, 5); h.Fill(s); h.Write()
h = ROOT.TProfile2D("profile2", "", 2, 0, 2, 2, 0, 2); h.Fill(1, 1, s); h.Write()
e = ROOT.TEfficiency("efficiency", "", 3, 0, 3)
for i in range(50): e.Fill(r.Rndm() < .5, r.Uniform(0, 3))
e.Write(); e.SetDirectory(ROOT.nullptr)
ROOT.TParameter["float"]("parameter", float(s)).Write()
p = ROOT.TParameter["double"]("maximum", float(7 - s), "M"); p.Write()
sparse = ROOT.THnSparseD("sparse", "", 1, np.array([3], "i4"), np.array([0.]), np.array([3.]))
for i in range(50): sparse.Fill(np.array([r.Uniform(0, 3)]))
sparse.Write()
ROOT.TGraph(2, D(s, s + 1), D(s, s)).Write("graph")
ROOT.TGraphErrors(1, D(s), D(s), D(1), D(2)).Write("errors")
l, n = ROOT.TList(), ROOT.TNamed(f"n{s}", ""); l.Add(n); l.Write("list", ROOT.TObject.kSingleKey)
v = ROOT.TVectorD(2); v[0] = s; v.Write("vector")
ROOT.TNamed("named", f"version {s}").Write()
ROOT.TNamed("same", "in both").Write()
if s == 2: h = ROOT.TH1D("second", "", 3, 0, 3); h.Fill(1); h.Write()
deep = file.mkdir("deep").mkdir("er"); deep.cd()
ROOT.TParameter["int"]("parameter", s).Write()
h = ROOT.TH1D("growing", "", 4, 0, 4 * s); h.SetCanExtend(ROOT.TH1.kAllAxes); h.Fill(3 * s)
h.Write()
file.Close()
"""
SHOW = """
import json
def shown(key):
    o = key.ReadObj()
    o.SetName("o") if o.InheritsFrom("TNamed") and key.GetName() != "named" else None
    return [key.GetClassName(), str(ROOT.TBufferJSON.ToJSON(o, 23))]
def walk(directory, where, found):
    for key in directory.GetListOfKeys():
        name = where + key.GetName()
        if key.GetClassName().startswith("TDirectory"): walk(key.ReadObj(), name + "/", found)
        elif key.GetClassName() != "TNtuple" and key.GetClassName() != "TTree":
            found.setdefault(name, shown(directory.GetKey(key.GetName())))
    return found
print(json.dumps([walk(ROOT.TFile(p), "", {}) for p in sys.argv[1:]]))
"""
LIMITS = """
file = ROOT.TFile(sys.argv[1], "RECREATE")
h = ROOT.TH1D("limits", "", 10, 0, float(sys.argv[2])); h.Fill(1); h.Write()
t = ROOT.TNtuple("t", "", "x"); t.Fill(1); t.Write(); file.Close()
"""


@pytest.fixture(scope="module")
def pair(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return two files of everything that may stand beside trees."""
    folder = tmp_path_factory.mktemp("objects")
    for seed in (1, 2):
        root_script(MAKE, folder / f"{seed}.root", seed)
    return [folder / "1.root", folder / "2.root"]


def test_all_objects_are_those_of_hadd(
    pair: list[Path], hadd: Script, root_script: Script, tmp_path: Path
) -> None:
    ours, theirs = tmp_path / "ours.root", tmp_path / "hadd.root"
    report = rootae.merge(pair, ours)
    assert hadd("-f", theirs, *pair).returncode == 0
    found, wanted = json.loads(root_script(SHOW, ours, theirs).stdout)
    assert set(found) == set(wanted)
    assert len(found) > 20
    for name, content in wanted.items():
        assert found[name] == content, name
    said = " ".join(report.notes)
    assert "named is another one" in said
    assert "same" not in said
    with uproot.open(ours) as file:
        assert [file[f"named;{k}"].member("fTitle") for k in (1, 2)] == ["version 1", "version 2"]
        assert file["named"].member("fTitle") == "version 2"


def test_a_compressed_file_brings_its_objects_along(
    pair: list[Path], hadd: Script, root_script: Script, tmp_path: Path
) -> None:
    coded = [tmp_path / p.name for p in pair]
    for plain, made in zip(pair, coded, strict=True):
        rootae.compress(plain, made, family="plain", backend="root")
    rootae.merge(coded, tmp_path / "ours.root")
    assert hadd("-f", tmp_path / "hadd.root", *pair).returncode == 0
    paths = tmp_path / "ours.root", tmp_path / "hadd.root"
    found, wanted = json.loads(root_script(SHOW, *paths).stdout)
    assert {n: c for n, c in found.items() if not n.startswith("rootae/")} == wanted


def test_what_hadd_itself_loses_is_refused(root_script: Script, tmp_path: Path) -> None:
    for top in (10, 11):
        root_script(LIMITS, tmp_path / f"{top}.root", top)
    with pytest.raises(UnsupportedError, match=r"limits: ROOT could not .*inconsistent"):
        rootae.merge([tmp_path / "10.root", tmp_path / "11.root"], tmp_path / "out.root")
    assert not (tmp_path / "out.root").exists()


def test_without_root_it_is_refused_by_name(
    pair: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "installed", lambda: False)
    with pytest.raises(UnsupportedError, match=r"labels .*only ROOT .*rootae\[root\]") as caught:
        rootae.merge(pair, tmp_path / "out.root")
    assert f"{pair[1]}: " in str(caught.value)
    rootae.merge(pair[:1], tmp_path / "out.root")
    rootae.verify(tmp_path / "out.root")
