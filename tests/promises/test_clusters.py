"""Clusters of trees and baskets of branches end where blocks end, whoever wrote or merged them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot

import rootae
import rootae.rootio.clusters
import rootae.source.tree

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script

MAKE = """
from array import array
for path, entries, seed in ((sys.argv[1], 9180, 1), (sys.argv[2], 8040, 2)):
    f = ROOT.TFile(path, "recreate", "", 505); t = ROOT.TTree("t", "of clusters")
    r = ROOT.TRandom3(seed)
    v, n, p = ROOT.std.vector("float")(), array("i", [0]), array("f", [0])
    j, k = array("f", [0] * 20), array("f", [0] * 20)
    for name, at, leaf in (("n", n, ""), ("j", j, "[n]"), ("k", k, "[n]"), ("p", p, "")):
        t.Branch(name, at, f"{name}{leaf}/{'I' if name == 'n' else 'F'}")
    t.Branch("v", v)
    t.SetAutoFlush(250)
    for _ in range(entries):
        n[0], p[0] = int(r.Poisson(4)) % 20, r.Gaus()
        v.clear()
        for i in range(n[0]):
            j[i], k[i] = int(r.Gaus(0, 20)) / 8, int(r.Gaus(0, 9)) / 4
            v.push_back(i)
        t.Fill()
    t.Write(); f.Close()
"""
WALK = """
import json
found = []
for path in sys.argv[1:]:
    f = ROOT.TFile(path); t = f.Get("t"); step = t.GetClusterIterator(0); starts = []
    while (start := step()) < t.GetEntries():
        assert start < step.GetNextEntry()
        starts.append(int(start))
    assert step.GetNextEntry() >= t.GetEntries()
    each = {str(b.GetName()): [int(b.GetBasketEntry()[i]) for i in range(b.GetWriteBasket())]
            for b in t.GetListOfBranches()}
    found.append([starts, each])
print(json.dumps(found))
"""
TASKS = r"""
import json
ROOT.EnableImplicitMT(2)
ROOT.gInterpreter.Declare('''
#include <ROOT/TTreeProcessorMT.hxx>
#include <TTreeReaderValue.h>
#include <atomic>
std::atomic<int> tasks{0};
std::atomic<long> entries{0};
void walk(const char *path) {
   ROOT::TTreeProcessorMT all(path, "t");
   all.Process([](TTreeReader &r) {
      TTreeReaderValue<float> p(r, "p");
      ++tasks;
      while (r.Next())
         ++entries;
   });
}''')
ROOT.walk(sys.argv[1])
frame = ROOT.RDataFrame("t", sys.argv[1])
done = frame.Sum("p").GetValue(), frame.Count().GetValue()
print(json.dumps([int(ROOT.tasks), int(ROOT.entries), *done]))
"""


@pytest.fixture(scope="module")
def originals(root_script: Script, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("clusters")
    paths = [folder / "a.root", folder / "b.root"]
    root_script(MAKE, *paths)
    return paths


@pytest.fixture(scope="module", params=["uproot", "root"])
def pair(request: pytest.FixtureRequest, originals: list[Path]) -> list[Path]:
    """Return two files of several blocks each, of which p passes, and v by ROOT."""
    made = [p.with_name(f"{p.stem}_{request.param}.root") for p in originals]
    kept = ("p", "v") if request.param == "root" else ("p",)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rootae.source.tree, "ROWS_AT_MOST", 4500)
        patch.setattr(rootae.rootio.clusters, "_ENOUGH", 1)  # these blocks are no small ones
        options = {"family": "plain", "keep_plain": kept, "backend": request.param, "trees": ["t"]}
        for source, target in zip(originals, made, strict=True):
            rootae.compress(source, target, **options)
    return made


def starts_of(path: Path) -> list[int]:
    with rootae.open(path) as file:
        starts: list[int] = file.container.stored("t").starts.tolist()
        return starts


def walked(root_script: Script, *paths: Path) -> Any:
    return json.loads(root_script(WALK, *paths).stdout)


def test_root_s_clusters_and_all_baskets_are_the_blocks(
    root_script: Script, pair: list[Path]
) -> None:
    for path, (clusters, baskets) in zip(pair, walked(root_script, *pair), strict=True):
        starts = starts_of(path)
        assert len(starts) > 4
        assert clusters == starts[:-1]
        at_blocks = {n for n, each in baskets.items() if each == starts[:-1]}
        assert {n for n in baskets if n.endswith("__rae") or n.startswith("rootae")} <= at_blocks
        for each in baskets.values():
            assert set(each) >= set(starts[:-1])  # a block may have several


@pytest.mark.filterwarnings("ignore:In file:UserWarning")  # of steps of another size
def test_uproot_and_coffea_take_steps_of_whole_blocks(pair: list[Path]) -> None:
    starts = starts_of(pair[0])
    with uproot.open(pair[0]) as file:
        tree = file["t"]
        assert tree.common_entry_offsets() == starts
        assert sum(len(x) for x in tree.iterate(["j", "p"], step_size=starts[1])) == starts[-1]
    tools = pytest.importorskip("coffea.dataset_tools", reason="coffea is not there")
    files = {"all": {"files": {str(pair[0]): "t"}}}
    options = {"step_size": starts[1], "align_clusters": True, "preprocess_legacy_root": True}
    done, _ = tools.preprocess(files, **options)
    assert isinstance(done, dict)
    (told,) = done["all"]["files"].values()
    assert {edge for step in told["steps"] for edge in step} <= set(starts)
    assert len(told["steps"]) > 1


@pytest.mark.parametrize("mode", ["-ff", pytest.param("-fk", marks=pytest.mark.slow)])
def test_a_fast_hadd_keeps_them(
    root_script: Script, hadd: Script, pair: list[Path], tmp_path: Path, mode: str
) -> None:
    assert hadd(mode, tmp_path / "out.root", *pair).returncode == 0
    again = tmp_path / "again.root"
    assert hadd("-ff", again, tmp_path / "out.root", pair[1]).returncode == 0
    for path in (tmp_path / "out.root", again):
        starts = starts_of(path)
        ((clusters, baskets),) = walked(root_script, path)
        assert clusters == starts[:-1]
        assert all(set(each) >= set(starts[:-1]) for each in baskets.values())
        rootae.verify(path)


@pytest.mark.parametrize("mode", [pytest.param("-f", marks=pytest.mark.slow), "-f209"])
def test_a_hadd_that_compresses_anew_makes_clusters_as_large_as_blocks(
    root_script: Script, hadd: Script, pair: list[Path], tmp_path: Path, mode: str
) -> None:
    assert hadd(mode, tmp_path / "out.root", *pair).returncode == 0
    ((clusters, _),) = walked(root_script, tmp_path / "out.root")
    sizes = np.diff(starts_of(pair[0]))
    assert clusters == list(range(0, starts_of(tmp_path / "out.root")[-1], int(sizes.max())))
    rootae.verify(tmp_path / "out.root")


def test_rootae_merge_keeps_them(root_script: Script, pair: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out.root"
    rootae.merge(pair, out)
    starts = starts_of(out)
    assert starts[-1] == 17220
    ((clusters, baskets),) = walked(root_script, out)
    assert clusters == starts[:-1]
    assert all(set(each) >= set(starts[:-1]) for each in baskets.values())


def test_skims_have_clusters_where_their_blocks_end(
    root_script: Script, pair: list[Path], tmp_path: Path
) -> None:
    rootae.skim(pair[0], tmp_path / "out.root", cut="p > 0", keep=["p", "j", "n"])
    ((clusters, baskets),) = walked(root_script, tmp_path / "out.root")
    assert clusters == starts_of(tmp_path / "out.root")[:-1]
    assert all(each == clusters for each in baskets.values())


@pytest.mark.parametrize("backend", ["uproot", "root"])
def test_decompressed_files_have_clusters_and_baskets_that_end_together(
    root_script: Script, pair: list[Path], tmp_path: Path, backend: str
) -> None:
    if backend == "uproot" and "root" in pair[0].name:
        pytest.skip("uproot cannot write the vectors that pass")
    out = tmp_path / "out.root"
    rootae.decompress(pair[0], out, backend=backend)
    ((clusters, baskets),) = walked(root_script, out)
    assert clusters[0] == 0
    assert all(set(each) >= set(clusters) for each in baskets.values())


def test_rdataframe_has_a_task_for_each_block(
    root_script: Script, originals: list[Path], pair: list[Path]
) -> None:
    tasks, entries, total, count = json.loads(root_script(TASKS, pair[0]).stdout)
    with uproot.open(originals[0]) as file:
        wanted = file["t"]["p"].array(library="np").astype("f8").sum()
    assert tasks == len(starts_of(pair[0])) - 1
    assert entries == count == 9180
    assert total == pytest.approx(wanted)
