"""Float16_t and Double32_t of every spelling, held against what ROOT makes of them."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import awkward as ak
import leaves
import numpy as np
import pytest
import uproot

import rootae
from rootae.rootio import packed
from rootae.rootio.branch_values import read
from rootae.rootio.packed import Packing, packing_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from rooted import Script

KERNELS = r"""
import json, os
ROOT.gErrorIgnoreLevel = ROOT.kFatal
ROOT.gInterpreter.Declare(r'''
#include <TFile.h>
#include <TLeaf.h>
#include <TRandom3.h>
#include <TTree.h>
#include <cmath>
#include <deque>
#include <fstream>
#include <limits>
const double ODD[] = {0, -0., 1e-40, -1e-40, 1e-45, 1e-310, 3.4e38, -3.4e38, 1e39, -1e300, HUGE_VAL,
   -HUGE_VAL, 1.9999999, 255.9999, 1.18e-38, 3.14159265358979, -3.14159265358979, NAN, -NAN, 1, -1};
struct Numbers { double d[12]; float f[12]; };
/// Write a branch for each list of leaves: numbers of every size, or such as fit a range.
void make(const char *path, const std::vector<std::string> &lists, int entries, double most) {
   TFile file(path, "RECREATE");
   TTree tree("T", "packed numbers");
   TRandom3 r(1);
   int n, k = 0, x;
   std::deque<Numbers> all;
   tree.Branch("n", &n, "n/I"), tree.Branch("x", &x, "x/I");
   for (auto &list : lists) {
      auto &mine = all.emplace_back();
      bool half = list.find("/f") != std::string::npos;
      auto name = list.substr(0, list.find_first_of("[/"));
      auto made = tree.Branch(name.c_str(), half ? (void *)mine.f : mine.d, list.c_str());
      if (all.size() % 3 == 0)
         made->SetTitle("a title of its own");
   }
   auto any = [&] {
      if (most > 0) return r.Uniform(-most, most);
      if (r.Rndm() < .2) return ODD[r.Integer(sizeof ODD / sizeof *ODD)];
      return r.Rndm() < .5 ? r.Gaus() * 3 : std::exp(r.Uniform(-90, 90)) * (r.Rndm() < .5 ? 1 : -1);
   };
   for (int i = 0; i < entries; ++i) {
      n = i % 4, x = r.Integer(7);
      for (auto &mine : all)
         for (k = 0; k < 12; ++k) mine.d[k] = any(), mine.f[k] = any();
      tree.Fill();
   }
   tree.Write();
}
/// Write the bytes of each leaf to a file of its own.
void leaf_bytes(const char *path, const std::string &folder) {
   TFile file(path);
   auto tree = file.Get<TTree>("T");
   for (TObject *each : *tree->GetListOfLeaves()) {
      auto leaf = static_cast<TLeaf *>(each);
      auto branch = leaf->GetBranch();
      std::ofstream out(folder + branch->GetName(), std::ios::binary);
      if (auto count = leaf->GetLeafCount()) count->GetBranch()->SetAddress(nullptr);
      branch->SetAddress(nullptr);
      for (Long64_t i = 0; i < tree->GetEntries(); ++i) {
         if (auto count = leaf->GetLeafCount()) count->GetBranch()->GetEntry(i);
         branch->GetEntry(i);
         out.write((char *)leaf->GetValuePointer(), size_t(leaf->GetLen()) * leaf->GetLenType());
      }
   }
}
''')
"""
MAKE = f"{KERNELS}\nROOT.make(sys.argv[1], *map(json.loads, sys.argv[2:])); os._exit(0)"
TELL = f"{KERNELS}\nROOT.leaf_bytes(*sys.argv[1:]); os._exit(0)"
SHAPES = ("", "[3]", "[n]", "[n][3]", "[2][3]")
CUT = ["[0,0]", *(f"[0,0,{n}]" for n in range(34)), "[5,5]", "[3,-3,9]", "[1,0,20]", "[.5,.5,17]"]
LIMITS = (
    "-10,10",
    "-pi,pi",
    "0,2pi",
    "-2*pi,twopi",
    "-pi/2,PI/4",
    "-1e-3,1.7",
    "0,1",
    "-3e38,3e38",
)
BITS = (0, 1, 2, 3, 8, 14, 15, 16, 24, 25, 31, 32, 33)
RANGES = [f"[{x}{n}]" for x in LIMITS for n in ("", *(f",{n}" for n in BITS))]


def lists_of(ranges: Sequence[str], shapes: Sequence[str]) -> list[str]:
    """Return a list of leaves for each kind, range and shape."""
    every = itertools.product("fd", ranges, shapes)
    return [f"b{i}{shape}/{kind}{text}" for i, (kind, text, shape) in enumerate(every)]


@pytest.fixture(scope="module")
def root_bytes(root_script: Script) -> Callable[[Path], dict[str, bytes]]:
    """Return a function: the bytes of each branch of a file as ROOT reads them."""

    def read(path: Path) -> dict[str, bytes]:
        folder = path.with_suffix(".d")
        folder.mkdir()
        root_script(TELL, path, f"{folder}/")
        return {f.name: f.read_bytes() for f in folder.iterdir()}

    return read


def values(branch: Any) -> NDArray[Any]:
    """Return all values of a branch in a row, packed ones as rootae reads them."""
    flat: NDArray[Any] = ak.to_numpy(ak.flatten(read(branch, 0, branch.num_entries), axis=None))
    return flat


def test_every_spelling_is_read_as_root_reads_it(
    root_script: Script, root_bytes: Callable[[Path], dict[str, bytes]], tmp_path: Path
) -> None:
    rare = [f"r{i}/{kind}{RANGES[i]}" for i in range(len(RANGES)) for kind in "fd"[i % 2]]
    lists = [*lists_of(["", *CUT, "[-10,10,20]", "[-pi,pi,12]", "[0,1]"], SHAPES), *rare]
    root_script(MAKE, tmp_path / "in.root", json.dumps(lists), "60", "0")
    told = root_bytes(tmp_path / "in.root")
    tree = uproot.open(tmp_path / "in.root")["T"]
    assert len(told) == len(lists) + 2
    for branch in tree.branches:
        if branch.name not in ("n", "x"):
            mine = values(branch)
            assert mine.tobytes() == told[branch.name], branch.title
            single = packed.interpretation(branch)
            stored = getattr(single, "content", single)._packing
            raw = b"".join(branch.basket(i).data.tobytes() for i in range(branch.num_baskets))
            again = stored.pack(mine)
            if stored.keeps(mine) and not (mine.dtype == "f4" and stored.factor):
                assert again.tobytes() == raw or np.isnan(mine).any(), branch.title


@pytest.fixture(scope="module")
def there(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of packed numbers."""
    path = tmp_path_factory.mktemp("packed") / "in.root"
    few = ["", "[0,0,10]", "[0,0,20]", "[-3,3,12]", "[-pi,pi,7]", "[-3,3]"]
    root_script(MAKE, path, json.dumps(lists_of(few, SHAPES)[::2]), "900", "3")
    return path


def compressed(source: Path, target: Path, backend: str = "root", **how: Any) -> Path:
    """Compress a file whatever it gains."""
    codec = target.with_name("codec.root")
    rootae.train([f"{source}:T"], codec, family="plain", **how)
    rootae.compress(source, target, codec=codec, backend=backend)
    return target


@pytest.mark.parametrize("backend", ["uproot", "root"])
def test_what_is_exact_comes_back_as_root_reads_it(
    there: Path, root_bytes: Callable[[Path], dict[str, bytes]], tmp_path: Path, backend: str
) -> None:
    source = Path(shutil.copy(there, tmp_path / "in.root"))
    small = compressed(source, tmp_path / "small.root", backend)
    told = root_bytes(source)
    with rootae.open(small) as file:
        assert set(file.bounds["T"]) == set(told)
        for branch in file["T"].branches:
            assert values(branch).tobytes() == told[branch.name]
    assert rootae.verify(small, against=source).columns == len(told)
    report = rootae.decompress(small, tmp_path / "back.root", backend="root")
    assert not report.notes
    assert leaves.compare((source, tmp_path / "back.root")) == [[]]


def test_what_is_within_a_bound_becomes_a_plain_number_with_a_note(
    there: Path, tmp_path: Path
) -> None:
    small = compressed(there, tmp_path / "small.root", bounds={"b*": "abs:1e-3"})
    back = tmp_path / "back.root"
    report = rootae.decompress(small, back, backend="root")
    (note,) = (n for n in report.notes if "cannot hold their values" in n)
    assert "float or double now" in note
    with uproot.open(back) as file, rootae.open(small) as coded:
        for branch in file["T"].branches:
            (leaf,) = branch.member("fLeaves")
            assert leaf.classname in ("TLeafF", "TLeafD", "TLeafI")
            assert values(branch).tobytes() == values(coded["T"][branch.name]).tobytes()


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("x", Packing("float64")),
        ("x[3]", Packing("float64")),
        ("x/d[0,4,3]", Packing("float64", 0, 4, 2)),
        ("x[3]/d[-1,1]", Packing("float64", -1, 1, (2**32 - 1) / 2)),
        ("d[0,4,3]", Packing("float64", 0, 4, 2)),  # as before version 2 of the leaf
        ("d[3]", Packing("float64")),
        ("x/d[0,0,14]", Packing("float64", bits=14)),
        ("x/d[0,0,15]", Packing("float64")),
        ("x/d[0,TMath::TwoPi(),8]", Packing("float64", 0, 2 * np.pi, 2**7 / np.pi)),
        ("x/d[-3,-3,20]", None),
        ("x/d[0,1/3,8]", None),
        ("x/d[0,inf,8]", None),
        ("x/d[0,1e400,8]", None),
        ("x/d[0,1,8.5]", None),
        ("x/d[0,1,8,9]", None),
        ("x/d[,1,8]", None),
        ("x/d[0,1e-320]", None),
    ],
)
def test_what_a_title_says_is_taken_as_root_takes_it_or_not_at_all(
    title: str, found: Packing | None
) -> None:
    assert packing_of(title, "float64") == found


def test_half_numbers_have_twelve_bits_unless_said() -> None:
    assert packing_of("x", "float32") == Packing("float32", bits=12)
    assert packing_of("x/f[0,0,20]", "float32") == Packing("float32", bits=12)


def packing(title: str, dtype: str) -> Packing:
    found = packing_of(title, dtype)
    assert found is not None
    return found


def test_zeros_below_zero_and_steps_between_are_not_kept() -> None:
    assert packing("x/f[0,0,8]", "float32").keeps(np.array([1.5, np.inf, 0, -2], "f4"))
    assert not packing("x/f[0,0,8]", "float32").keeps(np.array([-0.0], "f4"))
    assert packing("x/d[0,1,2]", "float64").keeps(np.array([0, 0.25, 1]))
    for value in (0.3, -0.25, 1.25, np.nan, np.inf):
        assert not packing("x/d[0,1,2]", "float64").keeps(np.array([value]))
