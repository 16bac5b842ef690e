"""Whatever ROOT copies is covered, or named: objects, texts, vectors, older cycles, directories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import rooted
from damage import damaged, place
from rooted import Script

import rootae
from rootae.errors import CorruptError
from rootae.writer.backend import installed

if TYPE_CHECKING:
    from pathlib import Path

KEPT: dict[str, Any] = {"family": "plain", "keep_plain": ["v", "n"], "bounds": {"*": "rel:1e-3"}}
ODD = """
ROOT.gInterpreter.Declare('''
#include <TClonesArray.h>
#include <TH1F.h>
#include <TLorentzVector.h>
#include <TRandom.h>
#include <TTree.h>
void branches(TTree &t) {
   static float x; static std::vector<float> v; static std::vector<std::vector<int>> vv;
   static std::string s; static char text[20] = ""; static int n; static double a[5];
   static TLorentzVector p; static struct { int i; float f; } pair;
   static std::vector<TLorentzVector> ps; static TClonesArray many("TLorentzVector");
   t.Branch("x", &x); t.Branch("v", &v); t.Branch("vv", &vv); t.Branch("s", &s);
   t.Branch("text", text, "text/C"); t.Branch("n", &n, "n/I"); t.Branch("a", a, "a[n]/D");
   t.Branch("whole", &p, 32000, 0); t.Branch("split", &p, 32000, 99); t.Branch("ps", &ps);
   t.Branch("pair", &pair, "i/I:f/F"); t.Branch("many", &many, 32000, 99);
   for (int k = 0; k < 9000; ++k) {
      x = float(gRandom->Gaus()); n = k % 5; pair.i = k; pair.f = k; v.assign(k % 4, x);
      vv.assign(k % 3, std::vector<int>(k % 2, k)); s = std::string(k % 6, 'b');
      snprintf(text, 20, "%.*s", k % 4, "abcdef"); p.SetPxPyPzE(k, 1, 2, k + 9);
      for (int i = 0; i < 5; ++i) a[i] = gRandom->Gaus();
      ps.assign(k % 3, p); many.Clear();
      for (int i = 0; i < k % 3; ++i) new (many[i]) TLorentzVector(p);
      t.Fill();
   }
}
''')
file = ROOT.TFile(sys.argv[1], "RECREATE", "", int(sys.argv[2]))
for folder in ("", "below"):
    if folder: file.mkdir(folder).cd()
    for name in ("t", "u"):
        tree = ROOT.TTree(name, "")
        ROOT.branches(tree)
        if name == "u": tree.Write(); tree.Fill()
        tree.Write("", 0)
    h = ROOT.TH1F("h", "", 9, -1, 1)
    h.FillRandom("gaus", 99); h.Write(); h.Fill(0.5); h.Write()
file.Close()
"""


@pytest.mark.skipif(not installed(), reason="ROOT is not installed")
@pytest.mark.parametrize(
    "compression", [pytest.param(c, marks=pytest.mark.slow) for c in ("505", "0", "101")]
)
def test_whatever_root_copies_is_covered_or_named(
    hadd: Script, tmp_path: Path, compression: str
) -> None:
    source, out = tmp_path / "in.root", tmp_path / "out.root"
    done = rooted.script(ODD, source, compression)
    assert done.returncode == 0, done.stderr
    rootae.compress(source, out, backend="root", trees=["t", "below/t"], **KEPT)
    found = rootae.verify(out)
    old = {name for name in found.uncovered if "older cycle" in name}
    assert set(found.uncovered) == old
    assert {name.split(" ")[0] for name in old} <= {"u;1", "below/u;1"}
    assert found.passing == 52
    assert found.objects == 4
    for mode in ("-f", "-fk", "-f209", "-ff"):
        merged = tmp_path / f"merged{mode}.root"
        assert hadd(mode, merged, out, out).returncode == 0
        again = rootae.verify(merged)
        named = {name.split(" ")[0].split(":")[-1].split("/")[0] for name in again.uncovered}
        classes = {"whole", "split", "ps", "many"}
        assert named <= {"h;1", "below", "u;1", *classes}, again.uncovered
        assert again.passing >= found.passing - len(again.uncovered)


@pytest.mark.skipif(not installed(), reason="ROOT is not installed")
@pytest.mark.slow
@pytest.mark.parametrize("compression", ["0", "505"])
def test_damage_to_whatever_root_copies_is_found(tmp_path: Path, compression: str) -> None:
    source, out = tmp_path / "in.root", tmp_path / "out.root"
    assert rooted.script(ODD, source, compression).returncode == 0
    rootae.compress(source, out, backend="root", trees=["t"], **KEPT)
    names = ("v", "n", "text", "s", "vv", "pair", "whole", "ps", "many", "split/split.fE")
    for tree in ("t", "below/u"):
        for name in (*names, "many/many.fE"):
            try:
                low, high = place(out, f"{tree}/{name}")
            except (IndexError, KeyError, ValueError):  # this one is coded, or holds no baskets
                continue
            bad = damaged(out, tmp_path / "bad.root", (low + 2 * high) // 3)
            with pytest.raises(CorruptError):
                rootae.verify(bad)
