"""RNTuples are read, coded and written as TTrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import awkward as ak
import numpy as np
import pytest
import uproot
from samples import same

import rootae
from rootae.errors import ArgumentError, UnsupportedError
from rootae.operations.info import info
from rootae.schema.bounds.deviation import deviation
from rootae.source.rntuple import NTuple, describe_fields
from rootae.source.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

    from rootae.operations.results import Report

ENTRIES = 9000
BY_ROOT = """
ROOT.gInterpreter.Declare('''
#include <ROOT/RNTupleModel.hxx>
#include <ROOT/RNTupleWriter.hxx>
void fill(const char *path, bool nested) {
   auto m = ROOT::RNTupleModel::Create();
   m->SetDescription("what ROOT wrote");
   auto pt = m->MakeField<std::vector<float>>("Muon_pt");
   m->GetMutableField("Muon_pt").SetDescription("momentum (GeV)");
   auto q = m->MakeField<ROOT::RVec<std::int16_t>>("Muon_q");
   auto met = m->MakeField<double>("met");
   auto event = m->MakeField<std::uint64_t>("event");
   auto pass = m->MakeField<bool>("pass");
   auto name = m->MakeField<std::string>("name");
   auto hit = m->MakeField<std::array<float, 3>>("hit");
   std::shared_ptr<std::vector<std::vector<std::vector<int>>>> deep;
   if (nested) deep = m->MakeField<std::vector<std::vector<std::vector<int>>>>("deep");
   auto w = ROOT::RNTupleWriter::Recreate(std::move(m), "Events", path);
   TRandom3 r(7);
   for (int i = 0; i < 9000; ++i) {
      pt->clear(); q->clear();
      for (int k = 0; k < i % 4; ++k) { pt->push_back(r.Exp(30)); q->push_back(k % 2 ? 1 : -1); }
      *met = r.Exp(40); *event = 1000000007ull * i; *pass = i % 3 == 0;
      *name = "e" + std::to_string(i % 5); *hit = {float(r.Gaus()), 2.f, float(i)};
      if (deep) deep->assign(1, {{i, 2}});
      w->Fill();
   }
}
''')
for path, nested in zip(sys.argv[1:], (False, True)): ROOT.fill(path, nested)
"""


def by_uproot(path: Path) -> Path:
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 5, ENTRIES)
    pt = rng.exponential(30, int(counts.sum())).astype("f4")
    arrays = {
        "Muon_pt": ak.unflatten(pt, counts),
        "met": rng.exponential(40, ENTRIES),
        "hit": rng.normal(size=(ENTRIES, 3)).astype("f4"),
        "pass": rng.random(ENTRIES) < 0.3,
        "run": np.full(ENTRIES, 7, "i4"),
        "name": ak.Array([f"e{i % 5}" for i in range(ENTRIES)]),
    }
    with uproot.recreate(path) as file:
        file.mkrntuple("Events", arrays)
    return path


@pytest.fixture(scope="module")
def by_root(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return ROOT's file with an RNTuple that can be coded, and one with a nested field more."""
    folder = tmp_path_factory.mktemp("by_root")
    root_script(BY_ROOT, folder / "ROOT.root", folder / "nested.root")
    return folder / "ROOT.root", folder / "nested.root"


@pytest.fixture(scope="module")
def nested(by_root: tuple[Path, Path]) -> Path:
    """Return ROOT's file with a field that is nested too deep."""
    return by_root[1]


@pytest.fixture(scope="module", params=["uproot", "ROOT"])
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with an RNTuple of everything that can be coded, and a string."""
    if request.param == "uproot":
        return by_uproot(tmp_path_factory.mktemp("ntuple") / "uproot.root")
    found: Path = request.getfixturevalue("by_root")[0]
    return found


@pytest.fixture(scope="module")
def small(path: Path) -> tuple[Path, rootae.Report]:
    """Return it compressed within a bound, and the report."""
    target = path.with_name(f"small-{path.name}")
    return target, rootae.compress(path, target, family="plain", bounds={"*": "rel:1e-3"})


def test_every_value_is_within_its_bound(path: Path, small: tuple[Path, rootae.Report]) -> None:
    with uproot.open(path) as a, rootae.open(small[0]) as b:
        assert b["Events"].classname.startswith("TTree")
        assert sorted(b["Events"].keys()) == sorted(a["Events"].keys())
        for name in a["Events"].keys():  # noqa: SIM118  an RNTuple iterates over something else
            x, y = a["Events"][name].array(), b["Events"][name].array()
            assert x.type == y.type
            bound = b.bounds["Events"].get(name)
            if bound is None:
                assert same(x, y)
                continue
            u, v = (np.asarray(ak.to_numpy(ak.flatten(a, axis=None))) for a in (x, y))
            assert not deviation(u, v, bound)[1].any()


def test_exact_is_bit_for_bit(path: Path, tmp_path: Path) -> None:
    rootae.compress(path, tmp_path / "s.root", family="plain", bounds={"met": "rel:1e-3"})
    with uproot.open(path) as a, rootae.open(tmp_path / "s.root") as b:
        for name in ("Muon_pt", "hit", "pass", "name"):
            assert same(a["Events"][name].array(), b["Events"][name].array())


def test_the_report_says_what_became_of_it(small: tuple[Path, rootae.Report]) -> None:
    _, report = small
    assert "Events: an RNTuple, written as a TTree" in report.notes
    before = {c.name: c.before for c in report.trees[0].columns}
    assert before["Muon_pt"] > 10_000
    assert before["met"] > 50_000


def test_verify_evaluate_and_decompress_take_it(
    path: Path, small: tuple[Path, rootae.Report], tmp_path: Path
) -> None:
    assert rootae.verify(small[0], against=path).errors["Events"]["met"] > 0
    assert rootae.evaluate(path, small[0], peaks=[]).holds
    rootae.decompress(small[0], tmp_path / "back.root")
    with rootae.open(small[0]) as a, uproot.open(tmp_path / "back.root") as b:
        assert same(a["Events"]["Muon_pt"].array(), b["Events"]["Muon_pt"].array())


def test_a_codec_is_trained_on_it_and_codes_another(path: Path, tmp_path: Path) -> None:
    rootae.train([path], tmp_path / "codec.root", family="plain")
    report = rootae.compress(path, tmp_path / "s.root", codec=tmp_path / "codec.root")
    assert report.trees[0].coded


def test_fields_are_described_as_the_branches_they_become(nested: Path) -> None:
    with Source.open(nested) as source:
        schema = source.tree("Events").schema
        sizes = {f.name: f.compressed_bytes for f in source.opened("Events").branches}
    assert schema.title == "what ROOT wrote"
    found = {c.name: (c.typename, c.dtype, c.inner_shape, c.counter) for c in schema.columns}
    assert found == {
        "Muon_pt": ("std::vector<float>", "float32", (), "Muon_pt@size"),
        "Muon_pt@size": ("", "int64", (), None),
        "Muon_q": ("std::vector<int16_t>", "int16", (), "Muon_q@size"),
        "Muon_q@size": ("", "int64", (), None),
        "met": ("double", "float64", (), None),
        "event": ("uint64_t", "uint64", (), None),
        "pass": ("bool", "bool", (), None),
        "hit": ("float[3]", "float32", (3,), None),
    }
    muon_pt = schema.column("Muon_pt")
    assert muon_pt is not None
    assert muon_pt.title == "momentum (GeV)"
    assert [b.name for b in schema.passing] == ["name"]
    assert schema.unsupported == (("deep", "std::vector<std::vector<std::vector<int32_t>>>"),)
    assert sum(sizes.values()) < nested.stat().st_size
    assert min(sizes.values()) > 0


def test_what_would_be_lost_is_named(nested: Path, tmp_path: Path) -> None:
    for backend, words in (("uproot", "Events:deep"), ("auto", "Events"), ("root", "Events")):
        with pytest.raises(UnsupportedError, match=words):
            rootae.compress(nested, tmp_path / "o.root", family="plain", backend=backend)
    report = rootae.compress(
        nested, tmp_path / "o.root", backend="uproot", drop_unsupported=True,
        bounds={"*": "rel:1e-3"}, family="plain",
    )  # fmt: skip
    assert any("left out: Events:deep" in note for note in report.notes)


def test_one_beside_a_tree_is_kept_too(tmp_path: Path) -> None:
    with uproot.recreate(tmp_path / "in.root") as file:
        file.mkrntuple("modern", {"x": np.arange(9), "j": ak.Array([[1.0], []] * 4 + [[2.0]])})
        file.mktree("t", {"x": "i8"}).extend({"x": np.arange(30_000)})
    rootae.compress(tmp_path / "in.root", tmp_path / "o.root", family="plain")
    with uproot.open(tmp_path / "in.root") as a, rootae.open(tmp_path / "o.root") as b:
        for name in ("x", "j"):
            assert same(a["modern"][name].array(), b["modern"][name].array())


def test_ntuples_of_no_entries_are_described(tmp_path: Path) -> None:
    with uproot.recreate(tmp_path / "in.root") as file:
        file.mkrntuple("t", {"x": np.zeros(0), "j": ak.Array([[1.0]])[:0]})
    with uproot.open(tmp_path / "in.root") as file:
        found = NTuple(file["t"])
    assert found.num_entries == 0
    assert [b.name for b in found.branches] == ["j", "x"]


def test_info_lists_it_and_skim_says_what_to_do(path: Path, tmp_path: Path) -> None:
    assert [(t.path, t.entries) for t in info(path).trees] == [("Events", ENTRIES)]
    with pytest.raises(ArgumentError, match="Events is an RNTuple: compress it"):
        rootae.skim(path, tmp_path / "o.root", cut="met > 5")


def test_files_with_it_are_merged_once_one_is_coded(
    path: Path, small: tuple[Path, rootae.Report], tmp_path: Path
) -> None:
    report = rootae.merge([small[0], path], tmp_path / "both.root")
    assert report.trees == {"Events": 2 * ENTRIES}
    with uproot.open(path) as a, rootae.open(tmp_path / "both.root") as b:
        whole = b["Events"]["met"].array(library="np")
        assert (whole[ENTRIES:] == a["Events"]["met"].array(library="np")).all()


IMPORT = """
import os
importer = ROOT.Experimental.RNTupleImporter.Create(sys.argv[1], "Events", sys.argv[2])
importer.SetIsQuiet(True)
importer.Import()
sys.stdout.flush(); os._exit(0)
"""


@pytest.fixture(scope="module")
def imported(root_script: Script, events: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of arrays and their counters that ROOT imported from a TTree."""
    path = tmp_path_factory.mktemp("imported") / "ntuple.root"
    root_script(IMPORT, events, path)
    with uproot.open(path) as file:
        assert "_collection0" in file["Events"].keys(recursive=False)
    return path


def test_collections_that_fields_project_are_arrays_with_counters_again(
    imported: Path, events: Path
) -> None:
    with Source.open(imported) as a, Source.open(events) as b:
        mine, theirs = (
            {c.name: (c.dtype, c.inner_shape, c.counter, c.is_counter) for c in tree.schema.columns}
            for tree in (a.tree("Events"), b.tree("Events"))
        )
        assert set(a.tree("Events").schema.order) == set(b.tree("Events").schema.order)
        order = a.tree("Events").schema.order
        types = {c.name: c.typename for c in a.tree("Events").schema.columns}
    assert order.index("nJet") < order.index("Jet_pt")
    for name in ("nJet", "nMuon"):  # sizes have no sign
        assert mine.pop(name) == ("uint32", (), None, True)
        assert theirs.pop(name) == ("int32", (), None, True)
        assert types[name] == "uint32_t"
    assert mine.pop("matrix")[1] == (9,)  # ROOT imports no arrays of arrays
    assert theirs.pop("matrix")[1] == (3, 3)
    assert mine == theirs
    assert types["Jet_pt"] == "float[]"


@pytest.fixture(scope="module")
def coded(imported: Path) -> tuple[Path, Report]:
    """Return it compressed without loss, and the report."""
    codec, out = imported.with_name("codec.root"), imported.with_name("out.root")
    rootae.train([imported], codec, family="plain")
    return out, rootae.compress(imported, out, codec=codec)


def test_what_was_imported_is_coded_as_the_tree_that_it_was(
    coded: tuple[Path, Report], events: Path
) -> None:
    out, report = coded
    before = {c.name: c.before for c in report.trees[0].columns}
    assert sum(before.values()) < report.before
    assert min(before[n] for n in ("Jet_pt", "nJet", "MET_pt")) > 0
    with rootae.open(out) as a, uproot.open(events) as b:
        assert set(a["Events"].keys()) == set(b["Events"].keys())
        for name, branch in b["Events"].items():
            x, y = branch.array(), a["Events"][name].array()
            if name in ("nJet", "nMuon", "matrix"):
                assert ak.flatten(x, axis=None).tolist() == ak.flatten(y, axis=None).tolist()
            else:
                assert same(x, y), name
        zipped = a["Events"].arrays(["Jet_pt", "Jet_eta"], how="zip")
        assert zipped.fields == ["Jet"]


def test_what_was_imported_is_verified_and_restored(
    coded: tuple[Path, Report], imported: Path, tmp_path: Path
) -> None:
    out, back = coded[0], tmp_path / "back.root"
    assert rootae.verify(out, imported).columns > 10
    rootae.decompress(out, back)
    with rootae.open(out) as a, uproot.open(back) as b:
        assert a["Events"].typenames() == b["Events"].typenames()
        for name in ("Jet_pt", "Muon_charge", "MET_pt", "Jet_tight"):
            assert same(a["Events"][name].array(), b["Events"][name].array())


def test_what_was_imported_may_stay_plain(imported: Path, events: Path, tmp_path: Path) -> None:
    codec, out = tmp_path / "codec.root", tmp_path / "out.root"
    rootae.train([imported], codec, family="plain", keep_plain=["Muon_*", "nMuon"])
    rootae.compress(imported, out, codec=codec)
    with rootae.open(out) as a, uproot.open(events) as b:
        assert {"Muon_pt", "nMuon"}.isdisjoint(a.bounds["Events"])
        assert a["Events"].keys().index("nMuon") < a["Events"].keys().index("Muon_pt")
        assert a["Events"]["nMuon"].array().tolist() == b["Events"]["nMuon"].array().tolist()
        for name in ("Muon_pt", "Muon_charge", "Jet_pt"):
            assert same(a["Events"][name].array(), b["Events"][name].array())


def test_a_collection_with_a_member_that_is_not_projected_is_named(imported: Path) -> None:
    with uproot.open(imported) as file:
        ntuple = file["Events"]
        names = {r.field_name for r in ntuple.field_records if r.type_name == "" and r.struct_role}
        del ntuple.alias_column_records[1]  # the first is the column of sizes
        found = describe_fields(NTuple(ntuple), "Events")
    assert found.unsupported == (("_collection0", ""),)
    assert "_collection0" in names
