"""Analyses as they are written, on a compressed file: coffea, dask, processes, uproot's scripts."""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import uproot
from samples import same

import rootae

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import ModuleType

    from numpy.typing import NDArray

ENTRIES = 40_000
BINS = np.linspace(60, 120, 61)


@pytest.fixture(scope="module")
def pair(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return simulated Z -> mumu events, and the same compressed without loss."""
    source = shared / "mc/zmumu.root"
    packed = tmp_path_factory.mktemp("ecosystem") / "zmumu.root"
    rootae.compress(source, packed, family="plain", trees=["Events"])
    return source, packed


@pytest.fixture
def trees(pair: tuple[Path, Path]) -> Iterator[tuple[Any, Any]]:
    """Return both trees, opened by plain uproot."""
    with uproot.open(pair[0]) as a, uproot.open(pair[1]) as b:
        yield a["Events"], b["Events"]


def alike(a: Any, b: Any) -> bool:
    """Say whether two results of any library are the same: types, names and every bit."""
    if isinstance(a, dict):
        return list(a) == list(b) and all(alike(a[k], b[k]) for k in a)
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, ak.Array):
        return same(ak.to_packed(a), ak.to_packed(b))
    if isinstance(a, np.ndarray) and a.dtype == object:
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, np.ndarray):
        return bool(a.dtype == b.dtype) and a.tobytes() == b.tobytes()
    return bool(a.equals(b))  # pandas


# uproot's documentation of TTrees, script by script

MUONS = ["Muon_pt", "Muon_eta", "Muon_phi"]
SCRIPTS: dict[str, Callable[[Any], Any]] = {
    "one branch": lambda t: t["Muon_pt"].array(),
    "as NumPy": lambda t: t["nMuon"].array(library="np"),
    "jagged as NumPy": lambda t: t["Muon_pt"].array(library="np", entry_stop=500),
    "several": lambda t: t.arrays(MUONS),
    "several as NumPy": lambda t: t.arrays(["run", "event", "nMuon"], library="np"),
    "several as Pandas": lambda t: t.arrays(["run", "event", "nMuon"], library="pd"),
    "by name": lambda t: t.arrays(filter_name="Muon_*"),
    "by regular expression": lambda t: t.arrays(filter_name="/(Jet|Muon)_(pt|eta)/"),
    "by type": lambda t: t.arrays(filter_typename="int32_t"),
    "by a function": lambda t: t.arrays(filter_branch=lambda b: b.name.startswith("GenPart_p")),
    "entry ranges": lambda t: t["Jet_pt"].array(entry_start=1234, entry_stop=-5),
    "expressions": lambda t: t.arrays(["Muon_pt * sinh(Muon_eta)", "nMuon + 1"], entry_stop=900),
    "aliases": lambda t: t.arrays("mT", aliases={"mT": "sqrt(Muon_pt**2 + Muon_mass**2)"}),
    "cut": lambda t: t.arrays(MUONS, cut="(nMuon >= 2) & (nJet == 0)"),
    "cut and alias": lambda t: t.arrays(
        "pz", "nMuon == 1", aliases={"pz": "Muon_pt*sinh(Muon_eta)"}
    ),
    "zip": lambda t: t.arrays(filter_name=["Muon_*", "Jet_pt"], how="zip", entry_stop=2000),
    "tuple": lambda t: t.arrays(MUONS, how=tuple, entry_stop=50),
    "dict": lambda t: t.arrays(MUONS, how=dict, entry_stop=50),
    "iterate": lambda t: tuple(t.iterate(MUONS, step_size=15_000)),
    "iterate with a cut": lambda t: tuple(t.iterate("Muon_pt", "nMuon > 1", step_size=25_000)),
    "iterate as NumPy": lambda t: tuple(t.iterate("nJet", library="np", step_size=30_000)),
    "virtual": lambda t: ak.materialize(t.arrays(filter_name=MUONS, virtual=True)),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_of_uproot_s_documentation_gives_the_same(
    trees: tuple[Any, Any], script: str
) -> None:
    a, b = (SCRIPTS[script](t) for t in trees)
    assert alike(a, b)


def test_a_tree_describes_itself_as_before(
    trees: tuple[Any, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = trees
    assert a.typenames() == b.typenames()
    assert a.keys(filter_name="*_pt") == b.keys(filter_name="*_pt")
    assert [x.title for x in a.branches] == [x.title for x in b.branches]
    shown = []
    for tree in trees:
        tree.show(interpretation_width=9)
        shown.append([line.split("|")[:2] for line in capsys.readouterr().out.splitlines()])
    assert shown[0] == shown[1]


def test_files_are_iterated_over_and_concatenated_whichever_they_are(
    pair: tuple[Path, Path],
) -> None:
    paths = [{p: "Events"} for p in pair]
    one, both = uproot.concatenate(paths[:1], MUONS), uproot.concatenate(paths[::-1], MUONS)
    assert alike(both, ak.concatenate([one, one]))
    options = {"step_size": 17_000, "report": True}
    reports = [r for _, r in uproot.iterate({pair[1]: "Events"}, ["nMuon"], **options)]
    assert [(r.start, r.stop) for r in reports] == [
        (0, 17_000),
        (17_000, 34_000),
        (34_000, ENTRIES),
    ]


# processes and threads

WORKER = """
import {module}
import awkward as ak, uproot
def total(task):
    path, start, stop = task
    with uproot.open(path) as file:
        pt = file["Events"]["Muon_pt"].array(entry_start=start, entry_stop=stop)
    return ak.sum(ak.values_astype(pt, "float64")), len(pt)
"""


def ranges(path: Path, step: int = 10_000) -> list[tuple[str, int, int]]:
    return [(str(path), a, a + step) for a in range(0, ENTRIES, step)]


def test_spawned_processes_see_the_columns_with_rootae_imported_there(
    pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reading_worker.py").write_text(WORKER.format(module="rootae"))
    monkeypatch.syspath_prepend(tmp_path)
    total = importlib.import_module("reading_worker").total

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(total, ranges(pair[1])))
    assert found == [total(task) for task in ranges(pair[0])]


@pytest.mark.parametrize("opener", [uproot.open, rootae.open])
def test_an_opened_tree_may_be_sent_to_another_process(
    pair: tuple[Path, Path], opener: Callable[..., Any]
) -> None:
    with uproot.open(pair[0]) as a, opener(pair[1]) as b:
        tree = b["Events"]
        before = tree["Muon_pt"].array(array_cache=None)
        again = pickle.loads(pickle.dumps(tree))
        assert alike(again["Muon_pt"].array(), before)
        assert alike(before, a["Events"]["Muon_pt"].array())


def test_threads_read_columns_of_one_file_at_a_time(trees: tuple[Any, Any]) -> None:
    names = [n for n in trees[1].keys() if n.startswith(("Muon_", "Jet_"))]  # noqa: SIM118
    wanted = {n: trees[0][n].array() for n in names}
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda n: (n, trees[1][n].array(array_cache=None)), names * 2)
        assert all(same(wanted[n], array) for n, array in found)


def test_without_rootae_the_columns_are_placeholders_of_other_names(
    pair: tuple[Path, Path],
) -> None:
    code = (
        "import sys, uproot\n"
        "names = uproot.open(sys.argv[1])['Events'].keys()\n"
        "assert 'Muon_pt' not in names and 'Muon_pt__rae' in names\n"
        "import rootae\n"
        "assert 'Muon_pt' in uproot.open(sys.argv[1])['Events'].keys()"
    )
    subprocess.run([sys.executable, "-c", code, str(pair[1])], check=True)


# dask


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("scheduler", ["sync", pytest.param("processes", marks=pytest.mark.slow)])
def test_dask_gives_the_same(pair: tuple[Path, Path], scheduler: str) -> None:
    pytest.importorskip("dask_awkward", reason="dask-awkward is not there")
    found = []
    for path in pair:
        arrays = uproot.dask({path: "Events"}, filter_name=["Muon_*", "nMuon"], step_size=20_000)
        selected = arrays[arrays.nMuon >= 2].Muon_pt
        found.append(selected.compute(scheduler=scheduler, num_workers=2))
    assert ak.array_equal(*found)
    assert len(found[0]) > 1000


# coffea


@pytest.fixture
def coffea() -> ModuleType:
    found: ModuleType = pytest.importorskip("coffea.nanoevents", reason="coffea is not there")
    return found


def events(coffea: ModuleType, path: Path, schema: str, mode: str, **options: Any) -> Any:
    kind = getattr(coffea, schema)
    found = coffea.NanoEventsFactory.from_root(
        {str(path): "Events"}, schemaclass=kind, mode=mode, **options
    )
    return found.events()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mode", ["eager", "virtual"])
def test_coffea_s_base_schema_shows_the_same_columns(
    coffea: ModuleType, pair: tuple[Path, Path], mode: str
) -> None:
    a, b = (events(coffea, p, "BaseSchema", mode, entry_stop=3000) for p in pair)
    assert a.fields == b.fields
    for name in ("Muon_pt", "nMuon", "event", "Jet_btagLike", "genWeight"):
        if name in a.fields:
            assert ak.array_equal(ak.materialize(a[name]), ak.materialize(b[name])), name


def dimuons(arrays: Any) -> NDArray[np.int64]:
    """Fill the mass of the two leading muons of opposite charge, in bins."""
    muons = arrays.Muon[(arrays.Muon.pt > 20) & (abs(arrays.Muon.eta) < 2.4)]
    muons = muons[ak.num(muons) >= 2]
    first, second = muons[:, 0], muons[:, 1]
    mass = (first + second).mass[first.charge != second.charge]
    return np.histogram(ak.to_numpy(mass), BINS)[0]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mode", ["eager", "virtual"])
def test_a_coffea_dimuon_analysis_fills_the_same_bins(
    coffea: ModuleType, pair: tuple[Path, Path], mode: str
) -> None:
    one, two = (dimuons(events(coffea, p, "NanoAODSchema", mode)) for p in pair)
    assert one.sum() > 5000
    assert 85 <= BINS[one.argmax()] <= 95
    assert np.array_equal(one, two)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("schema", ["BaseSchema", "NanoAODSchema"])
def test_coffea_on_dask_gives_the_same(
    coffea: ModuleType, pair: tuple[Path, Path], schema: str
) -> None:
    pytest.importorskip("dask_awkward", reason="dask-awkward is not there")
    found = [events(coffea, p, schema, "dask") for p in pair]
    pt = [(e.Muon.pt if schema == "NanoAODSchema" else e.Muon_pt) for e in found]
    assert ak.array_equal(*(x.compute(scheduler="sync") for x in pt))


def test_the_lossy_preset_moves_few_entries_between_bins(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    lossy = tmp_path / "lossy.root"
    keep: dict[str, Any] = {"keep": ["Muon_pt", "Muon_eta", "Muon_phi", "event"]}
    rootae.skim(f"{pair[0]}:Events", tmp_path / "some.root", cut="nMuon >= 2", **keep)
    rootae.compress(tmp_path / "some.root", lossy, family="plain", lossy=True, trees=["Events"])
    counts = []
    for path in (pair[0], lossy):
        with uproot.open(path) as file:
            muons = file["Events"].arrays(MUONS, cut="nMuon >= 2")
            mass = masses(muons)
        counts.append(np.histogram(mass, BINS)[0])
    moved = np.abs(counts[1] - counts[0]).sum() / counts[0].sum()
    assert 0 < moved < 0.02


def masses(muons: Any) -> NDArray[np.float64]:
    """Return the mass of the two leading muons."""
    pt, eta, phi = (ak.to_numpy(muons[n][:, :2]).astype("f8") for n in MUONS)
    mass = 2 * pt.prod(axis=1) * (np.cosh(np.diff(eta)[:, 0]) - np.cos(np.diff(phi)[:, 0]))
    found: NDArray[np.float64] = np.sqrt(mass)
    return found
