"""Files with what uproot cannot write: ROOT keeps all of it, or the names are told."""

from __future__ import annotations

import dataclasses
import shutil
import sys
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import uproot
from samples import same, write_columns, write_tree
from wholeness import Digest, carried, uncoded

import rootae
import rootae.source.tree
from rootae.checks.passthrough import differences
from rootae.errors import BoundError, MissingDependency, NameNotFound, UnsupportedError
from rootae.rootio.process import process
from rootae.rootio.process.job import Job
from rootae.source.source import Source
from rootae.writer.backend import checked

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

    from rootae.operations.rewrites import Decompressed

RICH = """
import os
ROOT.gInterpreter.Declare('''
void fill(TTree &t, int entries) {
   UInt_t n; float pt[8], cov[8][2], met; double d; int flag; bool tight[8]; Double32_t packed[3];
   Float16_t half[8];
   std::vector<float> v; std::vector<bool> w; std::vector<std::string> vv; std::string s;
   TLorentzVector p; UShort_t m; float x[8];
   t.Branch("nJet", &n, "nJet/i"); t.GetBranch("nJet")->SetTitle("number of jets");
   t.Branch("Jet_pt", pt, "Jet_pt[nJet]/F"); t.GetBranch("Jet_pt")->SetTitle("pt (GeV)");
   t.Branch("Jet_tight", tight, "Jet_tight[nJet]/O");
   t.Branch("Jet_cov", cov, "Jet_cov[nJet][2]/F");
   t.Branch("v", &v); t.Branch("w", &w); t.Branch("vv", &vv); t.Branch("s", &s); t.Branch("p", &p);
   t.Branch("met", &met, "value/F"); t.Branch("d", &d, "d/d[0,100,12]");
   t.Branch("packed", packed, "packed[3]/d[0,10,9]");
   t.Branch("m", &m, "m/s"); t.Branch("half", half, "half[m]/f[0,1,10]");
   t.Branch("flag", &flag, "flag/I");
   TRandom3 r(7);
   for (int i = 0; i < entries; ++i) {
      n = i % 5; m = i % 3; v.clear(); w.clear(); vv.clear();
      for (int k = 0; k < 8; ++k) {
         pt[k] = r.Exp(30); tight[k] = r.Rndm() < .3; half[k] = r.Rndm();
         cov[k][0] = i + k; cov[k][1] = -i;
         if (k < i % 4) { v.push_back(r.Gaus()); w.push_back(k % 2); vv.push_back("k"); }
      }
      s = "e" + std::to_string(i % 11); met = r.Exp(40); d = 10 * r.Rndm(); flag = i % 2;
      for (int k = 0; k < 3; ++k) packed[k] = 10 * r.Rndm();
      p.SetXYZT(i, r.Gaus(), 1, 2 * i);
      t.Fill();
      if (i == entries / 2) t.AutoSave();
   }
   t.ResetBranchAddresses();
   t.GetUserInfo()->Add(new TNamed("era", "2026"));
}
''')
f = ROOT.TFile(sys.argv[1], "recreate", "", 505)
hist = ROOT.TH1F("hist", "title", 5, 0, 1); hist.Fill(0.5); hist.Write(); hist.SetDirectory(0)
for text in "one", "two":
    ROOT.TObjString(text).Write("text")
deep = f.mkdir("deep", "a folder with a title"); deep.cd()
t = ROOT.TTree("Events", "all events"); ROOT.fill(t, int(sys.argv[2]))
t.SetAlias("double", "2*met")
t.BuildIndex("nJet", "flag")
f.cd()
nt = ROOT.TNtuple("nt", "a tuple", "a:b")
for i in range(11000): nt.Fill(i, i % 7)
nt.Write()
t.AddFriend(nt)
deep.cd()
t.Write()
f.cd()
for entries in 4, 3:  # an older cycle that is another tree
    o = ROOT.TTree("other", f"{entries} vectors"); vv = ROOT.std.vector("std::string")()
    o.Branch("vv", vv)
    for i in range(entries): vv.push_back(str(i)); o.Fill()
    o.Write(); o.SetDirectory(ROOT.nullptr)
f.Close(); sys.stdout.flush(); os._exit(0)
"""

LOST = [  # what uproot names
    "text;1", "deep/Events:vv", "deep/Events:s", "deep/Events:p", "deep/Events: its aliases",
    "deep/Events: its index",
    "deep/Events: its friends", "nt: its class TNtuple", "other:vv",
]  # fmt: skip


@pytest.fixture(scope="module")
def rich(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of what uproot cannot write, and of what it can."""
    path = tmp_path_factory.mktemp("rich") / "rich.root"
    root_script(RICH, path, 6000)
    return path


@pytest.fixture(scope="module")
def small(rich: Path) -> tuple[Path, rootae.Report]:
    """Return it compressed, and the report; several blocks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rootae.source.tree, "ROWS_AT_MOST", 5000)
        report = rootae.compress(rich, rich.with_name("small.root"), family="plain")
    return rich.with_name("small.root"), report


@pytest.fixture(scope="module")
def back(small: tuple[Path, rootae.Report]) -> tuple[Path, Decompressed]:
    """Return it decompressed again, and the report."""
    path = small[0].with_name("back.root")
    return path, rootae.decompress(small[0], path)


@pytest.fixture(scope="module")
def seen(
    digest: Digest, rich: Path, small: tuple[Path, rootae.Report], back: tuple[Path, Decompressed]
) -> list[Any]:
    """Return all three as ROOT sees them."""
    return digest(rich, small[0], back[0])


def without_autosave(told: list[Any]) -> list[Any]:
    newest = max(int(k[0].rsplit(";")[1]) for k in told if k[0].startswith("deep/Events"))
    return [k for k in told if k[0] not in {f"deep/Events;{c}" for c in range(newest)}]


def test_root_sees_everything_that_is_not_coded(seen: list[Any]) -> None:
    coded = carried(seen[1])
    assert coded["nt"] == ["a", "b"]
    assert coded["deep/Events"] == [
        "nJet", "Jet_pt", "Jet_tight", "Jet_cov", "v", "w", "met", "d", "packed", "m", "half",
        "flag",
    ]  # fmt: skip
    after = uncoded(seen[1])
    assert after == without_autosave(uncoded(seen[0], coded))
    trees = {k[0].split(";")[0]: k[3] for k in after if isinstance(k[3], dict)}
    assert trees["deep/Events"]["info"] == [["TNamed", "era", "2026"]]
    assert trees["deep/Events"]["index"] == ["nJet", "flag", 6000]
    assert [k[0] for k in after if k[0].startswith("other")] == ["other;2", "other;1"]


def test_every_value_is_read_under_its_own_name_and_type(
    rich: Path, small: tuple[Path, rootae.Report]
) -> None:
    with uproot.open(rich) as a, rootae.open(small[0]) as b:
        assert b["deep/Events"].keys() == a["deep/Events"].keys()
        for path in ("deep/Events", "nt"):
            for x, y in zip(a[path].branches, b[path].branches, strict=True):
                assert x.name == y.name
                if x.name not in ("packed", "half"):  # uproot misreads these
                    assert x.typename == y.typename
                    assert ak.array_equal(x.array(), y.array(), equal_nan=True), x.name
        assert [b[f"text;{c}"] for c in (1, 2)] == [a[f"text;{c}"] for c in (1, 2)]


def test_the_report_says_what_was_left_out(small: tuple[Path, rootae.Report]) -> None:
    notes = small[1].notes
    assert [n for n in notes if "autosave of what deep/Events holds" in n] == list(notes)
    assert len(notes) == 1


def test_decompress_gives_everything_back(
    rich: Path, back: tuple[Path, Decompressed], seen: list[Any]
) -> None:
    path, report = back
    assert report.notes == ()
    before, after = without_autosave(seen[0]), seen[2]
    assert after == before
    with uproot.open(rich) as a, uproot.open(path) as b:
        for tree in ("deep/Events", "nt"):
            for x, y in zip(a[tree].branches, b[tree].branches, strict=True):
                if x.name not in ("packed", "half"):
                    assert x.typename == y.typename
                    assert same(ak.Array(x.array()), ak.Array(y.array())), x.name


@pytest.mark.slow
def test_values_that_only_root_reads_are_the_same(
    root_script: Script, rich: Path, back: tuple[Path, Decompressed]
) -> None:
    code = (
        "import os\n"
        "for path in sys.argv[1:]:\n"
        "    f = ROOT.RDataFrame('deep/Events', path)\n"
        "    g = f.Define('q1', 'Sum(packed)').Define('q2', 'Sum(half)').Define('q3', 'p.E()')\n"
        "    sums = 'float q=0; for (auto &x : vv) q += x.size(); return q;'\n"
        "    g = g.Define('q4', sums)\n"
        "    file = ROOT.TFile.Open(path); t = file.Get('deep/Events')\n"
        "    n = t.Draw('p.X()', 'm == 2 && half[0] > 0.5', 'goff')\n"
        "    sums = [g.Sum(x).GetValue() for x in ('q1', 'q2', 'q3', 'q4')]\n"
        "    print(*sums, n, t.Draw('s', 's==\"e3\"', 'goff'))\n"
        "sys.stdout.flush(); os._exit(0)"
    )
    first, *others = root_script(code, rich, back[0]).stdout.splitlines()
    assert others == [first]
    assert float(first.split()[0]) > 0


@pytest.mark.parametrize("mode", ["-ff", pytest.param("-f", marks=pytest.mark.slow)])
def test_hadd_merges_two_of_them(
    hadd: Script, small: tuple[Path, rootae.Report], rich: Path, tmp_path: Path, mode: str
) -> None:
    done = hadd(mode, tmp_path / "two.root", small[0], small[0])
    assert done.returncode == 0, done.stderr
    with uproot.open(rich) as a, rootae.open(tmp_path / "two.root") as b:
        mine, theirs = a["deep/Events"], b["deep/Events"]
        assert theirs.num_entries == 12000
        for name in ("Jet_pt", "v", "w", "Jet_cov", "met", "vv", "nJet"):
            twice = ak.concatenate([mine[name].array()] * 2)
            assert ak.array_equal(twice, theirs[name].array()), name


def test_uproot_names_what_it_would_lose(rich: Path, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError) as caught:
        rootae.compress(rich, tmp_path / "o.root", family="plain", backend="uproot")
    for name in LOST:
        assert name in str(caught.value), name
    assert not list(tmp_path.iterdir())


def test_without_root_both_remedies_are_named(
    rich: Path, small: tuple[Path, rootae.Report], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ROOT", None)
    with pytest.raises(UnsupportedError, match=r"deep/Events:vv.*rootae\[root\].*--drop-unsup"):
        rootae.compress(rich, tmp_path / "o.root", family="plain")
    with pytest.raises(MissingDependency, match=r"rootae\[root\]"):
        rootae.compress(rich, tmp_path / "o.root", family="plain", backend="root")
    with pytest.raises(UnsupportedError, match=r"vv.*rootae\[root\]"):
        rootae.decompress(small[0], tmp_path / "o.root")
    assert not list(tmp_path.iterdir())


def test_auto_needs_no_root_where_uproot_keeps_everything(
    events: Path, packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "rewrite", lambda _job: pytest.fail("ROOT was asked"))
    rootae.compress(events, tmp_path / "o.root", family="plain")
    rootae.decompress(packed, tmp_path / "back.root")


WIDE = """
import os, array
f = ROOT.TFile(sys.argv[1], "recreate", "", 505)
t = ROOT.TTree("t", ""); r = ROOT.TRandom3(1)
cells = [array.array("f", [0]) for _ in range(300)]
for i, x in enumerate(cells): t.Branch(f"x{i}", x, f"x{i}/F")
for _ in range(70):
    for x in cells: x[0] = r.Gaus()
    t.Fill()
t.Write(); f.Close(); sys.stdout.flush(); os._exit(0)
"""


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["uproot", "root", "auto"])
def test_small_files_of_many_branches_become_smaller_whoever_writes_them(
    root_script: Script, tmp_path: Path, backend: str
) -> None:
    root_script(WIDE, path := tmp_path / "wide.root")
    options: dict[str, Any] = {"family": "plain", "bounds": {"*": "abs:0.01"}}
    report = rootae.compress(path, tmp_path / "out.root", backend=backend, **options)
    assert report.codec is not None
    assert report.after < 0.8 * report.before
    rootae.verify(tmp_path / "out.root", against=path)


@pytest.mark.parametrize("entries", [1, 3, 20])
def test_a_few_entries_under_a_long_name_are_copied_whole(
    digest: Digest, tmp_path: Path, entries: int
) -> None:
    long = {f"{'of_that_which_has_a_long_name_' * 4}{i}": np.arange(entries) for i in range(3)}
    source = write_columns(tmp_path / "in.root", long)
    rootae.train([source], tmp_path / "codec.root", family="plain")
    out, back = tmp_path / "out.root", tmp_path / "back.root"
    rootae.compress(source, out, codec=tmp_path / "codec.root", backend="root")
    rootae.decompress(out, back, backend="root")
    with uproot.open(out) as file, uproot.open(back) as again:
        for name, values in long.items():
            assert file["t"][name].array(library="np").tolist() == values.tolist()
            assert again["t"][name].array(library="np").tolist() == values.tolist()


CYCLES = """
import os
f = ROOT.TFile(sys.argv[1], "recreate", "", 505)
ROOT.gInterpreter.Declare('''
void fill(const char *name, int entries, int saved) {
   TTree t(name, ""); float x; t.Branch("x", &x); TRandom3 r(2);
   for (int i = 1; i <= entries; ++i) {
      x = r.Gaus(); t.Fill();
      if (i == saved) { t.FlushBaskets(); t.AutoSave(); }
   }
   t.Write();
}
''')
ROOT.fill("saved", 3000, 2000); ROOT.fill("large", 60000, 40000)
ROOT.fill("apart", 500, 0); ROOT.fill("apart", 700, 0)
f.Close(); sys.stdout.flush(); os._exit(0)
"""


def test_older_cycles_are_kept_unless_they_are_large_and_say_the_same(
    root_script: Script, tmp_path: Path
) -> None:
    root_script(CYCLES, path := tmp_path / "in.root")
    with Source.open(path) as source:
        older = {key: source.is_autosave(key) for key in source.old_cycles()}
    assert older == {"saved;1": True, "apart;1": False, "large;1": True}
    with pytest.raises(UnsupportedError, match="uproot cannot write apart;1"):
        rootae.compress(path, tmp_path / "u.root", family="plain", backend="uproot")
    small, back = tmp_path / "small.root", tmp_path / "back.root"
    rootae.train([path], tmp_path / "codec.root", family="plain")
    report = rootae.compress(path, small, codec=tmp_path / "codec.root")
    assert report.notes == ("large;1: left out, an autosave of what large holds",)
    assert all(t.coded for t in report.trees)
    rootae.decompress(small, back)
    with uproot.open(path) as a, rootae.open(small) as b, uproot.open(back) as c:
        for file in (b, c):
            assert set(file.keys()) == set(a.keys()) - {"large;1"}
            for key in file.keys():  # noqa: SIM118  with cycles
                assert same(file[key]["x"].array(), a[key]["x"].array())


def test_dropping_is_left_to_uproot(
    rich: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "rewrite", lambda _job: pytest.fail("ROOT was asked"))
    report = rootae.compress(rich, tmp_path / "o.root", family="plain", drop_unsupported=True)
    assert any("deep/Events:vv" in note for note in report.notes)


def test_what_does_not_come_back_is_noticed(
    rich: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = process.rewrite

    def forgetful(job: Any) -> Any:
        trees = {
            p: dataclasses.replace(t, without=(*t.without, "vv")) for p, t in job.trees.items()
        }
        return honest(dataclasses.replace(job, trees=trees))

    monkeypatch.setattr(process, "rewrite", forgetful)
    with pytest.raises(BoundError, match="vv"):
        rootae.compress(rich, tmp_path / "o.root", family="plain")
    assert not list(tmp_path.iterdir())


def test_a_failure_of_root_is_one_error(tmp_path: Path, events: Path) -> None:
    job = Job(str(tmp_path / "missing.root"), str(events), str(tmp_path / "o.root"), 505)
    with pytest.raises(UnsupportedError, match=r"missing\.root.*ROOT could not rewrite it"):
        process.rewrite(job)


def test_an_unknown_backend_is_told_the_nearest(events: Path, tmp_path: Path) -> None:
    with pytest.raises(NameNotFound, match="did you mean 'uproot'"):
        rootae.compress(events, tmp_path / "o.root", backend="uprot")
    with pytest.raises(NameNotFound, match="root"):
        checked("pyroot!")


def test_ntuples_are_not_for_root(tmp_path: Path) -> None:
    with uproot.recreate(tmp_path / "in.root") as file:
        file["modern"] = {"x": np.arange(9)}
        write_tree(file, "t", {"x": np.arange(30000)})
    with pytest.raises(UnsupportedError, match="RNTuple modern"):
        rootae.compress(tmp_path / "in.root", tmp_path / "o.root", family="plain", backend="root")


def test_differences_are_named(events: Path, tmp_path: Path) -> None:
    shutil.copyfile(events, tmp_path / "same.root")
    write_columns(tmp_path / "a.root", {"x": np.arange(9), "y": np.arange(9.0)})
    write_columns(tmp_path / "b.root", {"x": np.arange(1, 10), "y": np.arange(9.0)}, title="z")
    with Source.open(events) as a, Source.open(tmp_path / "same.root") as b:
        assert differences(a, b, {}) == []
    with Source.open(tmp_path / "a.root") as a, Source.open(tmp_path / "b.root") as b:
        assert differences(a, b, {}) == ["t: its title", "t:x"]
        assert differences(a, b, {"t": ["x"]}) == ["t: its title"]
        assert differences(b, Source.open(events), {}) == ["t"]
