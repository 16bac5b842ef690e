"""RDataFrame: the same histograms as uproot gives, and ROOT's tools on what passed through."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import uproot

import rootae
import rootae.source.tree
from rootae.errors import ArgumentError, MissingDependency, NameNotFound

if TYPE_CHECKING:
    from rooted import Script

EDGES = "25, 0., 250."
SCRIPT = """
import json, rootae
path, columns, threads = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
if threads: ROOT.EnableImplicitMT(threads)
frame = rootae.rdataframe(path, "Events", columns)
found = {}
for name, cut in (("Jet_pt", "nMuon >= 1"), ("MET_pt", "MET_pt > 50"), ("matrix", "true")):
    h = frame.Filter(cut).Histo1D(("h", "", 25, 0., 250.), name)
    found[name] = [h.GetBinContent(i) for i in range(27)]
found["sum"] = frame.Define("ht", "Sum(Jet_pt)").Filter("HLT_mu").Sum("ht").GetValue()
found["events"] = [int(x) for x in frame.Range(3).Take["ULong64_t"]("event").GetValue()] \
    if not threads else []
found["types"] = [str(frame.GetColumnType(c)) for c in ("Jet_pt", "event", "HLT_mu", "matrix")]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def kept(events: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of everything, coded in several blocks but for MET_pt."""
    path = tmp_path_factory.mktemp("frame") / "kept.root"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rootae.source.tree, "ROWS_AT_MOST", 5000)
        options: dict[str, Any] = {
            "keep_plain": ("MET_pt",),
            "trees": ["Events"],
            "family": "plain",
        }
        rootae.compress(events, path, **options)
    return path


def histograms(path: Path) -> tuple[dict[str, list[Any]], ak.Array]:
    """Return what uproot and numpy give for the script's questions."""
    with uproot.open(path) as file:
        arrays = file["Events"].arrays(library="ak")
    edges = np.linspace(0, 250, 26)
    masks = {"Jet_pt": arrays.nMuon >= 1, "MET_pt": arrays.MET_pt > 50, "matrix": slice(None)}
    found = {}
    for name, mask in masks.items():
        flat = ak.to_numpy(ak.flatten(arrays[name][mask], axis=None)).astype("f8")
        inner = np.histogram(flat[flat < 250], edges)[0]
        found[name] = [(flat < 0).sum(), *inner, (flat >= 250).sum()]
    return found, arrays


@pytest.mark.slow
@pytest.mark.parametrize("threads", [0, 2])
def test_histograms_are_those_of_uproot(
    root_script: Script, kept: Path, events: Path, threads: int
) -> None:
    found = json.loads(root_script(SCRIPT, kept, "null", threads).stdout)
    wanted, arrays = histograms(events)
    for name, counts in wanted.items():
        assert found[name] == counts, name
    ht = ak.sum(ak.values_astype(arrays.Jet_pt[arrays.HLT_mu], "f8"))
    assert found["sum"] == pytest.approx(ht, rel=1e-6)
    vector = "ROOT::VecOps::RVec<Float_t>"
    assert found["types"] == [vector, "ULong64_t", "Bool_t", vector]
    assert found["events"] == ([] if threads else arrays.event[:3].tolist())


@pytest.mark.slow
def test_without_a_compiler_only_columns_asked_for_are_decoded_to_a_temporary_file(
    root_script: Script, kept: Path, events: Path
) -> None:
    code = (
        "import json, os, rootae\n"
        "os.environ |= {'CXX': 'none', 'XDG_CACHE_HOME': '/nowhere'}\n"
        "every, some, passed = (rootae.rdataframe(sys.argv[1], 'Events', names, folder=sys.argv[3])"
        " for names in (None, ['Muon_*', 'MET_pt'], ['MET_pt']))\n"
        "before = ROOT.RDataFrame('Events', sys.argv[2])\n"
        "names = [[str(n) for n in f.GetColumnNames()] for f in (before, every, some, passed)]\n"
        "types = [[str(f.GetColumnType(n)) for n in names[0]] for f in (before, every)]\n"
        "sizes = [os.path.getsize(os.path.join(d, n)) for d, _, found in os.walk(sys.argv[3])"
        " for n in found]\n"
        "print(json.dumps([names, types, sorted(sizes), some.Mean('Muon_pt').GetValue()]))"
    )
    folder = kept.parent / "temporary"
    folder.mkdir(exist_ok=True)
    found = json.loads(root_script(code, kept, events, folder).stdout)
    (before, every, some, passed), types, sizes, mean = found
    assert every == before
    assert types[0] == types[1]
    assert set(some) == {"nMuon", "Muon_pt", "Muon_charge", "MET_pt"}
    assert passed == ["MET_pt"]
    assert len(sizes) == 3
    assert sizes[-1] > 2 * sizes[-2]
    with uproot.open(kept) as file:
        pt = ak.to_numpy(ak.flatten(file["Events"]["Muon_pt"].array())).astype("f8")
    assert mean == pytest.approx(pt.mean(), rel=1e-9)
    assert not list(folder.iterdir()), "what was decoded goes with the process"


@pytest.mark.slow
def test_vectors_and_plain_files_are_frames_too(
    root_script: Script, tmp_path: Path, events: Path
) -> None:
    code = (
        "import rootae\n"
        "f = ROOT.TFile(sys.argv[1] + '/in.root', 'RECREATE'); t = ROOT.TTree('t', '')\n"
        "v = ROOT.std.vector('float')(); t.Branch('v', v)\n"
        "for i in range(9000):\n"
        "    v.clear()\n"
        "    for k in range(i % 6): v.push_back(i)\n"
        "    t.Fill()\n"
        "t.Write(); f.Close()\n"
        "rootae.compress(sys.argv[1] + '/in.root', sys.argv[1] + '/c.root', family='plain')\n"
        "a, b = (rootae.rdataframe(f'{sys.argv[1]}/{n}.root', 't') for n in ('in', 'c'))\n"
        "assert a.Sum('v').GetValue() == b.Sum('v').GetValue() > 0\n"
        "assert a.Define('n', 'v.size()').Sum('n').GetValue() == "
        "b.Define('n', 'v.size()').Sum('n').GetValue() == 22500\n"
        "print(rootae.rdataframe(sys.argv[2], 'Events').Count().GetValue())"
    )
    assert root_script(code, tmp_path, events).stdout.split() == ["3000"]


def test_the_other_branches_are_read_by_root_without_rootae(
    root_script: Script, kept: Path, events: Path
) -> None:
    code = (
        "f = ROOT.TFile.Open(sys.argv[1]); t = f.Get('Events')\n"
        "frame = ROOT.RDataFrame('Events', sys.argv[1])\n"
        "n = t.Draw('MET_pt', 'MET_pt > 50', 'goff')\n"
        "print(n, frame.Filter('MET_pt > 50').Count().GetValue(), t.GetEntries())\n"
        "print(t.GetBranch('MET_pt').GetTitle(), f.Get('counts').Integral() > 0)"
    )
    lines = root_script(code, kept).stdout.splitlines()
    with uproot.open(events) as file:
        passed = len(file["Events"].arrays("MET_pt", cut="MET_pt > 50"))
        title = file["Events"]["MET_pt"].title
    assert lines[0].split() == [str(passed), str(passed), "3000"]
    assert lines[1] == f"{title} True"


def test_rootls_lists_a_compressed_file(hadd: Script, kept: Path) -> None:
    root = Path(pytest.importorskip("importlib.util").find_spec("ROOT").origin).parent / "bin"
    if not (root / "rootls").is_file():
        pytest.skip("rootls is not part of this ROOT")
    done = subprocess.run(
        [root / "rootls", "-t", kept], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Events" in done.stdout
    assert "MET_pt" in done.stdout


def test_names_that_do_not_exist_are_refused(
    hadd: Script, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ROOT", sys)  # found, and not needed before the refusal
    with pytest.raises(NameNotFound, match="did you mean 'Jet_pt'"):
        rootae.rdataframe(kept, "Events", ["Jet_pT"])
    with pytest.raises(NameNotFound, match="did you mean 'Events'"):
        rootae.rdataframe(kept, "Event")


@pytest.mark.slow
def test_columns_of_all_shapes_stand_beside_names_like_their_counters(
    root_script: Script, tmp_path: Path
) -> None:
    code = (
        "import array, rootae\n"
        "path, out = sys.argv[1] + '/in.root', sys.argv[1] + '/c.root'\n"
        "f = ROOT.TFile(path, 'RECREATE'); t = ROOT.TTree('t', '')\n"
        "n, nv, x = array.array('i', [2]), array.array('f', [0]), array.array('f', range(6))\n"
        "v = ROOT.std.vector('float')(); w = ROOT.std.vector('vector<int>')()\n"
        "t.Branch('n', n, 'n/I'); t.Branch('x', x, 'x[n][3]/F'); t.Branch('v', v)\n"
        "t.Branch('nv', nv, 'nv/F'); t.Branch('w', w)\n"
        "for i in range(9000):\n"
        "    nv[0] = i / 2; v.clear(); w.clear()\n"
        "    for k in range(i % 4): v.push_back(k); w.push_back(ROOT.std.vector('int')(k, i))\n"
        "    t.Fill()\n"
        "t.Write(); f.Close()\n"
        "rootae.compress(path, out, family='plain')\n"
        "a, b = ROOT.RDataFrame('t', path), rootae.rdataframe(out, 't')\n"
        "names = [str(c) for c in a.GetColumnNames()]\n"
        "assert [str(c) for c in b.GetColumnNames()] == names\n"
        "assert [a.GetColumnType(c) for c in names] == [b.GetColumnType(c) for c in names]\n"
        "for f in (a, b): print(f.Sum('nv').GetValue(), f.Sum('v').GetValue(),"
        " f.Define('s', 'w.size()').Sum('s').GetValue())"
    )
    before, after = root_script(code, tmp_path).stdout.splitlines()
    assert before == after


@pytest.mark.slow
def test_several_files_and_globs_are_one_frame(
    root_script: Script, kept: Path, events: Path, tmp_path: Path
) -> None:
    for name, source in (("a1", kept), ("a2", events), ("b[1]", kept)):
        shutil.copyfile(source, tmp_path / f"{name}.root")
    code = (
        "import rootae, os\n"
        "one = sys.argv[1]; many = [one + '/a*.root', one + '/b[1].root']\n"
        "for paths in (many[0], many, one + '/b[1].root'):\n"
        "    f = rootae.rdataframe(paths, 'Events', ['Jet_pt'])\n"
        "    print(f.Count().GetValue(), f.Define('n', 'Jet_pt.size()').Sum('n').GetValue())\n"
    )
    found = [line.split() for line in root_script(code, tmp_path).stdout.splitlines()]
    assert [n for n, _ in found] == ["6000", "9000", "3000"]
    assert [int(float(n)) for _, n in found] == [k * int(float(found[2][1])) for k in (2, 3, 1)]


def test_files_that_do_not_exist_are_refused(
    hadd: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ROOT", sys)
    wrong: list[Any] = [tmp_path / "x.root", f"{tmp_path}/*.root", []]
    for paths in wrong:
        with pytest.raises(ArgumentError, match="file"):
            rootae.rdataframe(paths, "Events")


def test_without_root_the_message_says_what_to_install(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ROOT", None)
    with pytest.raises(MissingDependency, match=r"rootae\[root\]"):
        rootae.rdataframe(kept, "Events")
