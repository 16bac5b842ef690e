"""What trees and files hold beside values comes back, takes ROOT, or is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot
from samples import write_columns

import rootae
from rootae.errors import UnsupportedError
from rootae.rootio.directories import make_directory
from rootae.rootio.leaves import usual_leaf
from rootae.rootio.titles import recreate
from rootae.schema.column import SIZES, Column
from rootae.schema.leaf import Leaf
from rootae.source.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

    from rootae.operations.rewrites import Decompressed

MAKE = """
import os, array
ROOT.gInterpreter.Declare('''
#include <TClonesArray.h>
#include <TLeafG.h>
void fill(TTree &t, int entries, bool nested) {
   Float_t x; Int_t n; Long_t g, counts; ULong64_t u; Float_t y[9]; Long_t z[9];
   struct { Float_t x, y; } pair; std::vector<unsigned long> v; std::vector<std::vector<long>> w;
   t.Branch("x", &x, "x/F"); if (nested) t.Branch("pair", &pair, "x/F:y/F");
   t.Branch("g", &g, "g/G");
   t.Branch("counts", &counts, "counts/G"); t.Branch("y", y, "y[counts]/F");
   t.Branch("z", z, "z[counts]/G"); t.Branch("named", &n, "another/I"); t.Branch("v", &v);
   auto clones = new TClonesArray("TNamed");
   if (nested) { t.Branch("w", &w); t.Branch("clones", &clones, 32000, 0); }
   t.Branch("u", &u, "u/l");
   for (int i = 0; i < entries; ++i) {
      x = i % 97; n = i % 7; g = -i; counts = i % 4; u = i % 11; pair = {1000.f + i % 3, 2};
      v.assign(i % 3, i); w.assign(i % 2, std::vector<long>(i % 3, -i));
      for (int k = 0; k < 9; ++k) { y[k] = k + i % 5; z[k] = i % 13 - k; }
      clones->Clear(); new ((*clones)[0]) TNamed("a", std::to_string(i).c_str());
      t.Fill();
   }
   t.ResetBranchAddresses();
}
''')
f = ROOT.TFile(sys.argv[1], "RECREATE", "campaign 2018A")
sub = f.mkdir("sub", "the title of a directory"); sub.cd()
t = ROOT.TTree("T", "weighted")
ROOT.fill(t, 6000, sys.argv[2] == "nested"); t.SetWeight(0.25, "global")
t.Write()
f.cd()
nt = ROOT.TNtuple("nt", "ntuple", "a:b")
for i in range(11000): nt.Fill(i, i % 7)
info = ROOT.TNamed("lumi", "36.3"); ROOT.SetOwnership(info, False); nt.GetUserInfo().Add(info)
nt.Write(); f.Close(); os._exit(0)
"""
LOOK = """
import os
ROOT.gErrorIgnoreLevel = ROOT.kError
for path in sys.argv[1:]:
    f = ROOT.TFile.Open(path); t, nt = f.Get("sub/T"), f.Get("nt"); t.Draw("x", "", "goff")
    leaves = [(l.GetBranch().GetName(), l.ClassName(), l.GetName(), l.GetTitle(), l.GetTypeName())
              for l in t.GetListOfLeaves()]
    classes = [b.GetClassName() for b in t.GetListOfBranches()]
    told = [f.GetTitle(), f.Get("sub").GetTitle(), t.GetWeight(), nt.ClassName(),
            [i.GetTitle() for i in nt.GetUserInfo()], leaves, classes,
            sum(t.GetV1()[i] for i in range(100))]
    told += [t.GetEntries("y[1] > 3"), t.GetEntries("z < 0"), t.GetEntries("v > 5000")]
    print(str(told).replace("__rae", ""))
sys.stdout.flush(); os._exit(0)
"""


@pytest.fixture(scope="module")
def full(
    root_script: Script, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, Path, Decompressed]:
    """Return a file of what uproot does not write, and what is made of it."""
    path = tmp_path_factory.mktemp("full") / "in.root"
    root_script(MAKE, path, "nested")
    small, again = path.with_name("small.root"), path.with_name("again.root")
    rootae.compress(path, small, family="plain")
    report = rootae.decompress(small, again)
    return path, small, again, report


def test_root_gives_everything_back(
    full: tuple[Path, Path, Path, Decompressed], root_script: Script
) -> None:
    path, _, again, report = full
    first, second = root_script(LOOK, path, again).stdout.splitlines()
    assert second == first
    assert report.notes == ()
    for word in ("campaign 2018A", "the title of a directory", "TLeafG", "vector<unsigned long>"):
        assert word in first


def test_verify_looks_at_it(full: tuple[Path, Path, Path, Decompressed]) -> None:
    path, small, again, _ = full
    rootae.verify(small, against=path)
    rootae.verify(again, against=path)


def test_uproot_names_it(full: tuple[Path, Path, Path, Decompressed], tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError) as caught:
        rootae.compress(full[0], tmp_path / "o.root", family="plain", backend="uproot")
    for name in ("nt: its user information", "nt: its class TNtuple"):
        assert name in str(caught.value)


def test_decompress_by_uproot_says_what_it_did_not_keep(
    root_script: Script, tmp_path: Path
) -> None:
    path, small = tmp_path / "in.root", tmp_path / "small.root"
    root_script(MAKE, path, "flat")
    rootae.compress(path, small, family="plain")
    report = rootae.decompress(small, tmp_path / "again.root", backend="uproot")
    notes = "; ".join(report.notes)
    for word in (
        "g: leaf g (TLeafG) became leaf g (TLeafL)",
        "named: leaf another (TLeafI) became leaf named (TLeafI)",
        "nt: its class TNtuple was not kept",
        "nt: its user information was not kept",
    ):
        assert word in notes


def test_uproot_keeps_titles_and_weights(tmp_path: Path) -> None:

    rng = np.random.default_rng(0)
    with recreate(tmp_path / "a.root", "a file") as file:
        make_directory(file, "TDirectory", "a directory")
        tree = file.mktree("TDirectory/t", {"x": "float32"}, title="a tree")
        tree._cascading._metadata["fWeight"] = 0.5
        tree.extend({"x": rng.normal(size=30_000).round(1).astype("f4")})
    rootae.compress(tmp_path / "a.root", tmp_path / "b.root", family="plain", backend="uproot")
    rootae.decompress(tmp_path / "b.root", tmp_path / "c.root", backend="uproot")
    for name in "abc":
        with Source.open(tmp_path / f"{name}.root") as source:
            assert source.title_of("TDirectory") == "a directory"
            told = source.particulars_of("TDirectory/t")
            assert (told.kind, told.weight, told.entries) == ("TTree", 0.5, 30_000)
    rootae.verify(tmp_path / "c.root", against=tmp_path / "a.root")


@pytest.mark.parametrize(
    ("column", "leaf"),
    [
        (Column("a", "bool"), Leaf("TLeafO", "a", "a")),
        (Column("a", "float64", (2, 3), "n"), Leaf("TLeafD", "a", "a[n][2][3]")),
        (
            Column("v", "uint64", counter=f"v{SIZES}"),
            Leaf("TLeafElement", "v", "v", "vector<ULong64_t>"),
        ),
    ],
)
def test_usual_leaves(column: Column, leaf: Leaf) -> None:
    assert usual_leaf(column) == leaf


def damaged(path: Path, at: int, to: Path) -> Path:
    """Flip a bit of a file."""
    data = bytearray(path.read_bytes())
    data[at] ^= 4
    to.write_bytes(data)
    return to


@pytest.mark.parametrize("what", ["t/kept", "other/z", "h"])
def test_verify_finds_damage_in_what_is_not_coded(tmp_path: Path, what: str) -> None:
    rng = np.random.default_rng(0)
    with uproot.recreate(tmp_path / "v.root", compression=None) as file:
        file.mktree("t", {"x": "float32", "kept": "float32"})
        kept = rng.integers(0, 1000, 30_000).astype("f4")
        file["t"].extend({"x": rng.normal(size=30_000).astype("f4"), "kept": kept})
        file.mktree("other", {"z": "float32"})
        file["other"].extend({"z": rng.normal(size=1000).astype("f4")})
        file["h"] = np.histogram(kept, 50)
    options: dict[str, Any] = {"family": "plain", "keep_plain": ["kept"], "backend": "uproot"}
    rootae.compress(tmp_path / "v.root", tmp_path / "s.root", trees=["t"], **options)
    with uproot.open(tmp_path / "s.root") as file:
        found = file.key("h") if what == "h" else file[what]
        at = found.fSeekKey if what == "h" else int(found.member("fBasketSeek")[0])
    broken = damaged(tmp_path / "s.root", at + 300, tmp_path / "d.root")
    rootae.verify(tmp_path / "s.root", against=tmp_path / "v.root")
    with pytest.raises(rootae.RootaeError, match=what.replace("/", ":")):
        rootae.verify(broken, against=tmp_path / "v.root")


def test_verify_finds_another_weight(tmp_path: Path) -> None:
    path = write_columns(tmp_path / "in.root", {"x": np.arange(30_000) % 97})
    rootae.compress(path, tmp_path / "s.root", family="plain")
    data = path.read_bytes()
    one = np.array(1.0, ">f8").tobytes()
    (tmp_path / "w.root").write_bytes(data.replace(one, np.array(2.0, ">f8").tobytes()))
    with pytest.raises(rootae.RootaeError, match="t: its weight 2"):
        rootae.verify(tmp_path / "s.root", against=tmp_path / "w.root")
