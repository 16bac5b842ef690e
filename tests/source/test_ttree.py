"""Whatever of a branch cannot be described passes through by name, and all others are coded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import uproot

import rootae
from rootae.checks.passthrough import differences
from rootae.errors import UnsupportedError
from rootae.source.source import Source
from rootae.source.ttree import describe, file_of

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

MAKER = """
ROOT.gErrorIgnoreLevel = ROOT.kFatal
ROOT.gInterpreter.Declare(r'''
#include <TBranch.h>
#include <TFile.h>
#include <TRandom3.h>
#include <TTree.h>
void odd(const char *path) {
   TFile file(path, "RECREATE");
   TTree tree("T", "odd branches");
   TRandom3 r(1);
   struct { Int_t n; Float_t z[8]; } hit{};
   struct { Int_t k, l; } head{};
   Int_t m;
   Float_t x, y[8], u[8], q[8], late[8];
   tree.Branch("hit", &hit, "n/I:z[n]/F");     // counted by a leaf of its own
   tree.Branch("head", &head, "k/I:l/I");
   tree.Branch("u", u, "u[l]/F");              // by one leaf of several of another branch
   tree.Branch("q", q, "q[n]/F");
   tree.Branch("x", &x, "x/F");
   auto count = tree.Branch("m", &m, "m/I");
   tree.Branch("y", y, "y[m]/F");
   for (int i = 0; i < 20000; ++i) {
      hit.n = r.Integer(5), head.l = r.Integer(6), head.k = i % 3, m = r.Integer(4);
      for (int k = 0; k < 8; ++k)
         hit.z[k] = k + i % 7, u[k] = k, q[k] = -k, y[k] = r.Integer(9);
      x = int(r.Gaus() * 10);
      tree.Fill();
   }
   auto other = tree.Branch("late", late, "late[m]/F");
   for (int i = 0; i < 20000; ++i) {           // longer than the counter says, from some entry on
      count->GetEntry(i);
      for (auto &value : late)
         value = i % 11;
      m += i > 15000;
      other->Fill();
   }
   tree.Write();
}
void elsewhere(const char *path, const char *other) {
   TFile file(path, "RECREATE");
   TTree tree("T", "a branch in another file");
   TRandom3 r(1);
   Float_t x, w;
   tree.Branch("x", &x, "x/F");
   tree.Branch("w", &w, "w/F")->SetFile(other);
   tree.SetDirectory(&file);
   for (int i = 0; i < 100000; ++i) {
      x = int(r.Gaus() * 10), w = i % 11;
      tree.Fill();
   }
   file.cd();
   tree.Write();
}
''')
import os
getattr(ROOT, sys.argv[1])(*sys.argv[2:])
os._exit(0)
"""
ODD = {
    "hit": "n/I:z[n]/F",
    "head": "struct {int32_t k; int32_t l;}",
    "u": "float[]",
    "q": "float[]",
}


@pytest.fixture(scope="module")
def odd(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with branches that uproot cannot read, or reads otherwise than ROOT."""
    path = tmp_path_factory.mktemp("branches") / "odd.root"
    root_script(MAKER, "odd", path)
    return path


@pytest.fixture(scope="module")
def elsewhere(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a branch whose baskets are in another file."""
    folder = tmp_path_factory.mktemp("elsewhere")
    root_script(MAKER, "elsewhere", folder / "in.root", folder / "other.root")
    return folder / "in.root"


def test_branches_that_cannot_be_described_are_unsupported(odd: Path) -> None:
    schema = describe(uproot.open(odd)["T"], "T")
    assert dict(schema.unsupported) == ODD
    assert [c.name for c in schema.columns] == ["x", "m", "y", "late"]


def test_they_pass_through_and_what_is_like_others_is_coded(odd: Path) -> None:
    small = odd.with_name("small.root")
    report = rootae.compress(odd, small, family="plain")
    assert set(rootae.open(small).bounds["T"]) == {"x", "y"}  # the counter stays with `late`
    assert "T:late: not coded: only ROOT can read it" in report.notes
    rootae.decompress(small, odd.with_name("back.root"))
    with Source.open(odd) as before, Source.open(odd.with_name("back.root")) as after:
        assert not differences(before, after, {})
    assert rootae.verify(small, against=odd).columns == 2


def test_left_out_by_uproot_they_are_named(odd: Path) -> None:
    small = odd.with_name("dropped.root")
    report = rootae.compress(odd, small, family="plain", drop_unsupported=True)
    for name, kind in ODD.items():
        assert f"left out: T:{name} ({kind})" in report.notes


def test_skim_names_them(odd: Path) -> None:
    with pytest.raises(UnsupportedError, match=r"cannot write T:hit \(n/I:z\[n\]/F\), T:head"):
        rootae.skim(odd, odd.with_name("no.root"))


def test_root_merges_them(odd: Path, tmp_path: Path) -> None:
    merged = rootae.merge([odd, odd], tmp_path / "both.root")
    entries = uproot.open(odd)["T"].num_entries
    assert merged.trees == {"T": 2 * entries}


def test_a_codec_is_trained_on_the_others(odd: Path) -> None:
    codec = rootae.train([odd], odd.with_name("codec.root"), family="plain")
    assert {c.name for c in codec.plan.trees[0].columns} >= {"x", "y"}


def test_baskets_in_another_file_are_named_with_it(elsewhere: Path) -> None:
    x, w = uproot.open(elsewhere)["T"].branches
    assert not file_of(x)
    assert file_of(w) == str(elsewhere.with_name("other.root"))
    for backend in ("auto", "root", "uproot"):
        with pytest.raises(UnsupportedError, match=r"T:w \(its baskets are in .*other\.root\)"):
            rootae.compress(
                elsewhere, elsewhere.with_name("no.root"), family="plain", backend=backend
            )


def test_without_them_the_rest_is_compressed(elsewhere: Path) -> None:
    small = elsewhere.with_name("small.root")
    report = rootae.compress(elsewhere, small, family="plain", drop_unsupported=True)
    assert any("T:w (its baskets are in" in note for note in report.notes)
    assert set(rootae.open(small).bounds["T"]) == {"x"}
