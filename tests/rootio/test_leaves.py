"""ROOT's own comparison of two files: equal ones have no differences, planted ones are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from leaves import compare

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

MAKE = r"""
import os
ROOT.gInterpreter.Declare(r'''
#include <map>
#include <TClonesArray.h>
struct Point { float x, y; };
void make(const char *path, std::string change) {
   auto is = [&](const char *name) { return change == name; };
   TFile f(path, "recreate", is("file title") ? "B" : "A");
   TDirectory *deep = f.mkdir("deep", is("directory title") ? "B" : "A");
   TH1F h("h", is("key title") ? "B" : "A", 3, 0, 3);
   h.Fill(is("bin") ? 1 : 2);
   TNamed named("named", "A"); TObjString text("named");
   if (is("key class")) f.WriteTObject(&text, "named"); else f.WriteTObject(&named, "named");
   if (is("key order")) { h.Write(); named.Write("more"); }
   else { named.Write("more"); h.Write(); }
   if (is("cycle")) named.Write("more");
   deep->cd();
   TTree *t = is("tree class") ? new TNtuple("t", "A", "") : new TTree("t", "A");
   if (is("tree title")) t->SetTitle("B");
   if (is("weight")) t->SetWeight(0.5);
   t->SetAlias("twice", is("alias") ? "3*a" : "2*a");
   t->GetUserInfo()->Add(is("user information class") ? new TObjString("note")
                                                      : (TObject *)new TNamed("note", "A"));
   if (is("user information content")) t->GetUserInfo()->Add(new TParameter<int>("p", 2));
   else t->GetUserInfo()->Add(new TParameter<int>("p", 1));
   TTree other(is("friend") ? "u" : "v", ""); t->AddFriend(&other);
   float a; int n, m; double d[9]; Point leaves, more; char c[9] = ""; unsigned char u;
   std::vector<ULong64_t> lengths; std::vector<unsigned long> longs; std::vector<float> v;
   std::vector<std::vector<float>> w; std::vector<bool> bits; std::vector<std::string> ss;
   std::string s; TAttLine split; TLorentzVector whole; TClonesArray clones("TVector3", 2);
   auto first = [&] { t->Branch("n", &n, "n/I"); t->Branch("m", &m, "m/I"); };
   if (!is("branch order")) first();
   t->Branch("a", &a, is("leaf name") ? "b/F" : is("leaf type") ? "a/I" : "a/F");
   if (is("branch order")) first();
   if (is("branch title")) t->GetBranch("a")->SetTitle("B");
   if (is("leaf title")) t->GetLeaf("a")->SetTitle("B");
   t->Branch("d", d, is("length") ? "d[n][3]/D" : is("counter") ? "d[m]/D" : "d[n]/D");
   t->Branch("p", &leaves, "x/F:y/F");
   if (is("branch")) t->Branch("more", &more, "x/F:y/F");
   t->Branch("c", c, "c/C");
   t->Branch("u", &u, is("sign") ? "u/B" : "u/b");
   if (is("class name")) t->Branch("l", &lengths); else t->Branch("l", &longs);
   t->Branch("v", &v); t->Branch("w", &w); t->Branch("bits", &bits); t->Branch("ss", &ss);
   t->Branch("s", &s); t->Branch("split", &split); t->Branch("whole", &whole, 32000, 0);
   t->Branch("clones", &clones);
   const int entries = is("entries") ? 101 : 100;
   for (int i = 0; i < entries; ++i) {
      auto here = [&](const char *name) { return i == 70 && is(name); };
      n = i % 3; m = n; a = here("value") ? -1 : i; u = here("byte") ? 255 : 1;
      for (int k = 0; k < 9; ++k) d[k] = i + k + (k == 0 && here("jagged value"));
      leaves = {float(i), here("second leaf") ? -1.f : 1.f};
      sprintf(c, "%d", here("text") ? 0 : i);
      lengths.assign(n, i); longs.assign(n, i);
      v.assign(1 + n, here("vector value") ? -1 : i);
      w.assign(2, std::vector<float>(here("vector length") ? 7 : n, i));
      bits.assign(3, here("bit")); ss.assign(2, here("text in a vector") ? "B" : "A");
      s = here("string") ? "B" : "A";
      split.SetLineColor(here("split object") ? 0 : i);
      whole.SetXYZT(1, 2, 3, here("object") ? 0 : i);
      clones.Clear();
      for (int k = 0; k < n; ++k) new (clones[k]) TVector3(i, k, here("clone") ? -1 : 1);
      t->Fill();
   }
   if (is("branch entries")) t->GetBranch("a")->Fill();
   if (is("leaf order")) {
      TObjArray &all = *t->GetListOfLeaves();
      std::swap(all[0], all[1]);
   }
   t->BuildIndex(is("index name") ? "a" : "n", "m");
   t->Write();
   f.Close();
}
''')
for name in sys.argv[2:]: ROOT.make(sys.argv[1] + "/" + name + ".root", name)
sys.stdout.flush(); os._exit(0)
"""

PLANTED = {  # a change, and what has to be said of it
    "file title": ": title of the file: A became B",
    "directory title": "deep;1: title of the directory: A became B",
    "key title": "h;1: class and title: TH1F | A became TH1F | B",
    "bin": "h;1: content",
    "key class": "named;1: class and title: TNamed | A became TObjString",
    "key order": ": keys in order",
    "cycle": ": keys in order: more;1 became more;2",
    "tree class": "deep/t;1: class of the tree: TTree became TNtuple",
    "tree title": "deep/t;1: name and title of the tree: t | A became t | B",
    "weight": "deep/t;1: weight: 1.000000 became 0.500000",
    "alias": "deep/t;1: alias: twice | 2*a became twice | 3*a",
    "user information class": "deep/t;1: user information: TNamed",
    "user information content": "deep/t;1: user information: TParameter<int>",
    "friend": "deep/t;1: friend: v",
    "branch order": "deep/t;1: branches in order: n became a",
    "leaf name": "deep/t;1:a: leaf a",
    "leaf type": "deep/t;1:a: leaf a: TLeafF",
    "branch title": "deep/t;1:a: kind and title",
    "leaf title": "deep/t;1:a: leaf a: TLeafF",
    "length": "deep/t;1:d: leaf d: TLeafD",
    "counter": "deep/t;1:d: leaf d: TLeafD",
    "branch": "deep/t;1: branches in order: c became more",
    "sign": "deep/t;1:u: leaf u: TLeafB",
    "class name": "deep/t;1:l: kind and title: TBranchElement | vector<unsigned long>",
    "entries": "deep/t;1: entries: 100 became 101",
    "value": "deep/t;1:a: bytes of leaf a: 100 entries, 400 became 100 entries, 400 "
    "(sixteenths 11 to 11 of the entries)",
    "byte": "deep/t;1:u: bytes of leaf u",
    "jagged value": "deep/t;1:d: bytes of leaf d",
    "second leaf": "deep/t;1:p: bytes of leaf y",
    "text": "deep/t;1:c: bytes of leaf c",
    "vector value": "deep/t;1:v: bytes",
    "vector length": "deep/t;1:w: bytes",
    "bit": "deep/t;1:bits: bytes",
    "text in a vector": "deep/t;1:ss: bytes",
    "string": "deep/t;1:s: bytes",
    "split object": "deep/t;1:split/fLineColor: bytes",
    "object": "deep/t;1:whole: bytes",
    "clone": "deep/t;1:clones/clones.fZ: bytes",
    "branch entries": "deep/t;1:a: entries: 100 became 101",
    "leaf order": "deep/t;1: leaves in order: n.n became m.m",
    "index name": "deep/t;1: index: n | m",
}


@pytest.fixture(scope="module")
def found(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return the differences that each planted change makes."""
    folder = tmp_path_factory.mktemp("planted")
    root_script(MAKE, folder, "none", "same", *PLANTED)
    (folder / "damaged.root").write_bytes((folder / "none.root").read_bytes()[:200])
    names = ["same", *PLANTED, "damaged"]
    pairs = [(folder / "none.root", folder / f"{name}.root") for name in names]
    return dict(zip(names, compare(*pairs, most=99), strict=True))


DERIVED = """
import os
for name, last in ("a", 1), ("b", 2):
    f = ROOT.TFile(f"{sys.argv[1]}/{name}.root", "recreate", "", 0)
    t = ROOT.TNtuple("t", "", "x:y")
    for i in range(9): t.Fill(i, 0 if i < 8 else last)
    t.Write(); f.Close()
sys.stdout.flush(); os._exit(0)
"""


@pytest.mark.slow
def test_trees_of_classes_that_root_does_not_have_are_read_too(
    root_script: Script, tmp_path: Path
) -> None:
    root_script(DERIVED, tmp_path)
    for name in "ab":
        path = tmp_path / f"{name}.root"
        path.write_bytes(path.read_bytes().replace(b"TNtuple", b"MyTuple"))
    same, other = compare(*[(tmp_path / "a.root", tmp_path / f"{name}.root") for name in "ab"])
    assert same == []
    assert [line.partition(": 9")[0] for line in other] == ["t;1:y: bytes of leaf y"]


def test_equal_files_have_no_differences(found: dict[str, list[str]]) -> None:
    assert found["same"] == []


@pytest.mark.parametrize("change", PLANTED)
def test_a_planted_difference_is_found(found: dict[str, list[str]], change: str) -> None:
    lines = found[change]
    assert any(line.startswith(PLANTED[change]) for line in lines), lines


def test_a_file_that_cannot_be_read_is_a_difference(found: dict[str, list[str]]) -> None:
    assert found["damaged"] == ["ROOT cannot read what was after"]
