"""Cuts pass the entries that TTree::Draw passes, and run nothing that a file or a user wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot
from samples import write_columns, write_events
from typer.testing import CliRunner

import rootae
from rootae.cli import app
from rootae.errors import ArgumentError, NameNotFound
from rootae.operations.cuts import Cut
from rootae.reader.decoded import DecodedSource

if TYPE_CHECKING:
    from rooted import Script

MAKE = """
import array
file = ROOT.TFile(sys.argv[1], "RECREATE")
tree = ROOT.TTree("t", "t")
n, i, u = (array.array(c, [0]) for c in "iiI")
pt, p3, m23 = (array.array("f", [0.0] * k) for k in (9, 3, 6))
met = array.array("f", [0.0])
v, s = ROOT.std.vector("float")(), ROOT.std.string()
tree.Branch("nJet", n, "nJet/I"); tree.Branch("Jet_pt", pt, "Jet_pt[nJet]/F")
tree.Branch("i", i, "i/I"); tree.Branch("u", u, "u/i"); tree.Branch("met", met, "met/F")
tree.Branch("p3", p3, "p3[3]/F"); tree.Branch("m23", m23, "m23[2][3]/F")
tree.Branch("v", v); tree.Branch("s", s)
random = ROOT.TRandom3(7)
for k in range(300):
    n[0], i[0], u[0] = random.Poisson(1.3), k % 7 - 3, k % 5
    met[0] = round(random.Exp(60), 1)
    for j in range(9): pt[j] = round(random.Exp(40), 1)
    for j in range(3): p3[j] = random.Gaus()
    for j in range(6): m23[j] = random.Gaus()
    v.clear()
    for j in range(n[0]): v.push_back(pt[j])
    s.assign("signal" if k % 3 else "background")
    tree.Fill()
tree.SetAlias("good", "met > 100")
tree.SetAlias("met2", "met * 2")
tree.Write()
file.Close()
"""
DRAW = """
import json
ROOT.gErrorIgnoreLevel = ROOT.kError
file = ROOT.TFile(sys.argv[1])
tree, found = file.Get("t"), {}
for cut in json.loads(sys.argv[2]):
    tree.Draw(">>passed", cut, "entrylist goff")
    passed = ROOT.gDirectory.Get("passed")
    found[cut] = [int(passed.GetEntry(k)) for k in range(passed.GetN())]
print(json.dumps(found))
"""
SAME_AS_DRAW = [
    "Jet_pt[0] > 30", "!(Jet_pt[0] > 30)", "Jet_pt[1]>30 || met > 100", "met>100 || Jet_pt[1]>30",
    "nJet == 0 || Jet_pt[0] > 30", "nJet > 1 && Jet_pt[0] < Jet_pt[1]", "(Jet_pt[0] > 30) == 0",
    "Jet_pt[0] > 30 ? met > 50 : met > 100", "met > 100 ? 1 : Jet_pt[0] > 30", "v[0] > 30",
    "v[2] > 10 || met > 100", "p3[2] > 0.5", "m23[1][2] > 0", "met[0] > 50", "met > 25.3",
    "met == 25.3", "i / 2 == 1", "i / 2", "i & 1", "i * i > 3", "u - 3 < 0", "-u < 0",
    "met > 50 & i > 0", "met > 50 | i > 0", "met > 50 && i", "!i", "abs(i) > 2", "min(i, 1) > 0",
    "sqrt(met) > 7 && log10(met) < 2 && pow(i, 2) > 1", "-i ** 2 < -3", 's == "signal"',
    "Sum$(Jet_pt > 30) > 0", "Max$(Jet_pt) < 30", "Min$(Jet_pt) < 30", "Length$(Jet_pt) == 0",
    "Alt$(Jet_pt[0], 0) < 30", "Sum$(Jet_pt > Jet_pt[1] * 0.5) == 0", "met > 9 || Sum$(v[1] > 30)",
    "TMath::Abs(p3[0]) > 1 && TMath::Hypot(p3[0], p3[1]) < 2",
]  # fmt: skip


Drawn = tuple[Path, Path, Callable[[list[str]], Any]]  # plain, packed, and what asks ROOT


@pytest.fixture(scope="module")
def drawn(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """Return a file that ROOT wrote, the same compressed, and a function that asks ROOT."""
    folder = tmp_path_factory.mktemp("cuts")
    plain, packed = folder / "plain.root", folder / "packed.root"
    root_script(MAKE, plain)
    rootae.compress(plain, packed, family="plain", backend="root")
    return plain, packed, lambda cuts: json.loads(root_script(DRAW, plain, json.dumps(cuts)).stdout)


def passing(path: Path, cut: str, tree: str = "t") -> Any:
    with DecodedSource.open(path) as source:
        return Cut(source.tree(tree), cut).passing().tolist()


@pytest.mark.slow
def test_cuts_pass_what_draw_passes(drawn: Drawn) -> None:
    plain, packed, draw = drawn
    wanted = draw(SAME_AS_DRAW)
    for cut in SAME_AS_DRAW:
        assert passing(plain, cut) == wanted[cut], cut
        assert passing(packed, cut) == wanted[cut], cut


@pytest.mark.parametrize("number", [0, 1])
def test_aliases_of_a_file_are_named_and_not_followed(drawn: Drawn, number: int) -> None:
    for cut in ("good", "good && i > 0", "sqrt(met2) > 3", "`good`"):
        with pytest.raises(ArgumentError, match="aliases of files are not followed") as caught:
            passing(drawn[:2][number], cut)
        assert "met > 100" in str(caught.value) or "met * 2" in str(caught.value)


def test_an_alias_that_is_a_program_is_shown_and_not_run(
    root_script: Script, tmp_path: Path
) -> None:
    path, trace = tmp_path / "in.root", tmp_path / "trace"
    alias = f"[c for c in ().__class__.__base__.__subclasses__()] or open({str(trace)!r}, 'w')"
    code = """
file = ROOT.TFile(sys.argv[1], "RECREATE")
tree = ROOT.TTree("t", "t")
import array
x = array.array("i", [1])
tree.Branch("x", x, "x/I")
tree.Fill()
tree.SetAlias("good", sys.argv[2] + chr(27) + "[31m" + chr(10))
tree.Write()
file.Close()
"""
    root_script(code, path, alias + " " * 5000)
    with pytest.raises(ArgumentError, match="aliases of files are not followed") as caught:
        rootae.skim(path, tmp_path / "out.root", cut="good")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500
    assert not trace.exists()
    with pytest.raises(NameNotFound, match="no function 'good'"):
        rootae.skim(path, tmp_path / "out.root", cut="good(x)")


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_events(tmp_path_factory.mktemp("cuts") / "events.root", 200)


def test_what_has_no_value_in_some_entries_fails_there(events: Path) -> None:
    with uproot.open(events) as file:
        n = file["Events"]["nMuon"].array(library="np")
    for cut in ("Muon_pt[0] > -1", "!(Muon_pt[0] < -1)", "max(Muon_pt) > -1", "mean(Muon_pt) > -1"):
        assert passing(events, cut, "Events") == np.flatnonzero(n > 0).tolist(), cut
    assert passing(events, "Max$(Muon_pt) > -1", "Events") == list(range(200))
    assert passing(events, "1", "Events") == list(range(200))
    assert passing(events, "MET_pt != MET_pt", "Events") == [0]  # NaN


def test_names_of_any_characters_can_be_written(tmp_path: Path) -> None:
    names = ("a.b", "c d", "x(2)", "sum", "and")
    arrays = {n: np.arange(5) - i for i, n in enumerate(names)}
    write_columns(tmp_path / "in.root", arrays)
    for cut, passed in (
        ("a.b > 3", [4]), ("`c d` > 2", [4]), ("x(2)", [0, 1, 3, 4]), ("`x(2)` > 1", [4]),
        ("sum > 0", [4]), ("`and` == 0", [4]), ("get('c d') > 2", [4]), ("and", [0, 1, 2, 3]),
    ):  # fmt: skip
        assert passing(tmp_path / "in.root", cut) == passed, cut


def test_a_note_tells_how_bits_beside_comparisons_are_read(events: Path, tmp_path: Path) -> None:
    command = ["skim", f"{events}:Events", str(tmp_path / "out.root"), "-f"]
    done = CliRunner().invoke(app, [*command, "--cut", "nJet > 3 & nMuon > 0"])
    assert done.exit_code == 0, done.output
    assert "as in C++" in " ".join(done.output.split())
    same = rootae.skim(f"{events}:Events", tmp_path / "o.root", cut="(nJet > 3) & (nMuon > 0)")
    assert f"{same.passed} of 200" in done.output
    assert not any("C++" in n for n in same.notes)
