"""What uproot cannot write is merged by ROOT as hadd merges it, and held against the inputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot
from samples import write_columns

import rootae
from rootae.errors import UnsupportedError
from rootae.rootio.process import process

if TYPE_CHECKING:
    from rooted import Script

MADE = """
import array
f = ROOT.TFile(sys.argv[1], "recreate", sys.argv[3]); seed = int(sys.argv[2])
t = ROOT.TTree("T", "")
n, x = array.array("i", [0]), array.array("f", [0])
z = array.array("f", [0] * 12)
buffer = bytearray(4 + 4 * 8)
ROOT.gInterpreter.Declare("struct Hit { int n; float z[8]; };") if not hasattr(ROOT, "Hit") else 0
hit = ROOT.Hit()
t.Branch("hit", hit, "n/I:z[n]/F")
t.Branch("x", x, "x/F")
r = ROOT.TRandom3(seed)
for i in range(20000):
    hit.n = (i + seed) % 5
    for k in range(hit.n): hit.z[k] = i * 10 + k + seed
    x[0] = i % 77 + seed
    t.Fill()
t.Write()
h = ROOT.TH1F("h", "", 10, 0, 10); h.Fill(seed); h.Write()
ROOT.TParameter["double"]("p", seed).Write()
f.Close()
"""
SUMS = """
import json
f = ROOT.TFile.Open(sys.argv[1]); t = f.Get("T")
hits = [0.0, 0]
for e in t:
    for k in range(e.GetLeaf("n").GetValue().__int__()):
        hits[0] += e.GetLeaf("z").GetValue(k); hits[1] += 1
print(json.dumps([t.GetEntries(), hits, f.Get("h").GetEntries(), f.Get("p").GetVal()]))
"""


@pytest.fixture(scope="module")
def inputs(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return two files with a list of leaves that counts within itself, plain and compressed."""
    folder = tmp_path_factory.mktemp("joined")
    for number in (1, 2):
        root_script(MADE, folder / f"{number}.root", number, "a title")
    codec = folder / "codec.root"
    rootae.train([folder / "1.root"], codec, family="plain")
    for number in (1, 2):
        rootae.compress(folder / f"{number}.root", folder / f"c{number}.root", codec=codec)
    return folder


def sums(root_script: Script, path: Path) -> Any:
    return json.loads(root_script(SUMS, path).stdout)


@pytest.mark.parametrize("kind", ["", pytest.param("c", marks=pytest.mark.slow)])
def test_root_reads_in_the_merged_file_what_hadd_would_give(
    inputs: Path, hadd: Script, root_script: Script, tmp_path: Path, kind: str
) -> None:
    merged = rootae.merge([inputs / f"{kind}{n}.root" for n in (1, 2)], tmp_path / "m.root")
    assert merged.trees == {"T": 40_000}
    assert (merged.codecs > 0) == bool(kind)
    hadd(tmp_path / "h.root", inputs / "1.root", inputs / "2.root")
    assert sums(root_script, tmp_path / "m.root") == sums(root_script, tmp_path / "h.root")
    wanted = np.concatenate([uproot.open(inputs / f"{n}.root")["T/x"].array() for n in (1, 2)])
    with rootae.open(tmp_path / "m.root") as file:
        assert np.array_equal(file["T/x"].array(library="np"), wanted)
    rootae.verify(tmp_path / "m.root")
    assert any("title" in note for note in merged.notes)


def test_a_branch_that_is_another_one_afterwards_stops_it(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = inputs / "2.root"
    monkeypatch.setattr(
        process, "merge_files", lambda _, target, __: Path(target).write_bytes(other.read_bytes())
    )
    with pytest.raises(UnsupportedError, match=r"would not keep T:hit"):
        rootae.merge([inputs / "1.root", other], tmp_path / "m.root")
    assert not (tmp_path / "m.root").exists()


def test_other_coded_columns_are_refused_with_what_is_lost(inputs: Path, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="uproot cannot write T:hit"):
        rootae.merge([inputs / "1.root", inputs / "c2.root"], tmp_path / "m.root")


def test_without_root_it_is_refused(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "installed", lambda: False)
    with pytest.raises(UnsupportedError, match="uproot cannot write T:hit"):
        rootae.merge([inputs / "1.root", inputs / "2.root"], tmp_path / "m.root")


def test_files_that_uproot_can_write_are_not_root_s_affair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ab":
        write_columns(tmp_path / f"{name}.root", {"x": np.arange(9.0)})
    monkeypatch.setattr(process, "merge_files", None)
    assert rootae.merge([tmp_path / "a.root", tmp_path / "b.root"], tmp_path / "m.root").trees
