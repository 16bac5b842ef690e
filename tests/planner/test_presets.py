"""What --lossy does, and what it leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import uproot
from samples import write_columns, write_tree

import rootae
from rootae.planner.look import Look
from rootae.planner.presets import cut_already, preset
from rootae.planner.rules import Choice
from rootae.schema.bounds.bound import EXACT, Bound
from rootae.schema.column import Column

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RNG = np.random.default_rng(0)
N = 20_000
QUICK: dict[str, Any] = {"family": "plain", "backend": "uproot"}


@pytest.mark.parametrize(
    ("name", "dtype", "zeros", "bound"),
    [
        ("Jet_pt", "float32", 0, "rel:2e-4"),
        ("Jet_mass", "float32", 0, "rel:1e-3"),
        ("Jet_eta", "float32", 0, "abs:5e-4"),
        ("dphi_1", "float32", 2, "abs:5e-4"),
        ("Muon_pt", "float32", 0, "rel:2e-4"),
        ("Electron_phi", "float32", 0, "abs:1e-4"),
        ("Electron_mass", "float32", 0, "rel:1e-3"),
        ("Muon_pt", "float32", 3, "exact"),
        ("Muon_pt", "float64", 0, "rel:1e-6"),
        ("Jet_pt", "float32", 3, "exact"),
        ("mass", "float64", 0, "rel:1e-6"),
        ("eta", "float64", 0, "rel:1e-6"),
        ("Muon_PX", "float32", 0, "rel:1e-6"),
        ("Muon_energy", "float32", 0, "rel:1e-6"),
        ("Muon_E", "float32", 0, "rel:1e-6"),
        ("Jet_energy", "float32", 0, "rel:1e-3"),
        ("nJet", "int32", 0, "exact"),
    ],
)
def test_columns_of_physics_are_rounded_as_their_names_say(
    name: str, dtype: str, zeros: int, bound: str
) -> None:
    choice = preset(Column(name, dtype), Look(zeros, 23), ["Muon_PX", name])
    assert choice.bound == Bound.parse(bound)
    assert choice.why


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int32", "int64", "uint64", "bool"])
def test_integers_and_booleans_stay_exact(dtype: str) -> None:
    assert preset(Column("x", dtype), Look(), ()).bound == EXACT


@pytest.mark.parametrize(
    ("name", "seen", "why"),
    [
        ("x", Look(0, 23, is_whole=True), "whole numbers only"),
        ("event", Look(0, 23), "its name says identifier"),
        ("evttime", Look(0, 52), "its name says time"),
        ("x", Look(23, 23, most=1.0), "one value only"),
        ("x", Look(0, 23, most=0.6), "one value makes up 60%"),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_is_no_measurement_stays_exact(name: str, seen: Look, why: str, dtype: str) -> None:
    choice = preset(Column(name, dtype), seen, ())
    assert choice == Choice(EXACT, f"--lossy: {why}")


def test_one_sentence_names_columns_that_were_cut() -> None:
    chosen = {n: Choice(EXACT, "14 mantissa bits cut already") for n in "abcdef"}
    chosen |= {"g": Choice(Bound("rel", 1e-3), "--lossy: float32"), "h": Choice(EXACT, "default")}
    seen = {n: Look(14 - i, 23) for i, n in enumerate("abcdefgh")}
    told = cut_already(chosen, seen)
    assert "cut to 9 to 14 bits" in told
    assert "6 columns (a, b, c, d and 2 more)" in told
    assert "E above 9.8e-04 to 3.1e-05" in told
    assert cut_already({"g": chosen["g"], "h": chosen["h"]}, seen) == ""


def ntuple() -> dict[str, NDArray[Any]]:
    """Return columns of which none but the last two may be rounded, by name."""
    x = RNG.exponential(30, N)
    return {
        "run": (3e6 + RNG.integers(0, 3, N)).astype("f4"),
        "evt": np.sort(RNG.choice(16_000_000, N, replace=False)).astype("f4"),
        "evttime": 1.6e9 + np.cumsum(RNG.exponential(0.01, N)),
        "code": RNG.choice([11, -13, 211, 1000010020], N).astype("f4"),
        "gaps": np.where(RNG.random(N) < 0.3, np.nan, RNG.integers(0, 1 << 23, N)).astype("f4"),
        "lone": np.full(N, 0.1),
        "often": np.where(RNG.random(N) < 0.7, -999.9, x).astype("f4"),
        "triple": np.stack([RNG.integers(0, 1 << 22, N), x, x], 1).astype("f4"),
        "pt": RNG.exponential(20, N).astype("f4"),
        "width": RNG.normal(size=N),
    }


ROUNDED = ("pt", "width")


@pytest.fixture
def events(tmp_path: Path) -> Path:
    return write_columns(tmp_path / "in.root", ntuple())


def bounds_and_changes(path: Path, original: Path) -> tuple[dict[str, str], set[str]]:
    with uproot.open(original) as before, rootae.open(path) as after:
        names = before["t"].keys()
        x, y = (
            [ak.flatten(f["t"][n].array(), axis=None).to_numpy() for n in names]
            for f in (before, after)
        )
        changed = {n for n, a, b in zip(names, x, y, strict=True) if a.tobytes() != b.tobytes()}
        return {n: after.bounds["t"][n].kind for n in names}, changed


def test_lossy_changes_nothing_that_names_or_counts(events: Path, tmp_path: Path) -> None:
    report = rootae.compress(events, tmp_path / "out.root", lossy=True, **QUICK)
    bounds, changed = bounds_and_changes(tmp_path / "out.root", events)
    assert {n for n, kind in bounds.items() if kind == "exact"} == set(bounds) - set(ROUNDED)
    assert changed == set(ROUNDED)
    assert not [n for n in report.notes if "mantissas" in n]


def test_a_bound_that_was_asked_for_wins_over_what_was_seen(events: Path, tmp_path: Path) -> None:
    asked = dict.fromkeys(("run", "evttime", "often"), "rel:1e-3")
    rootae.compress(events, tmp_path / "out.root", lossy=True, bounds=asked, **QUICK)
    bounds, _ = bounds_and_changes(tmp_path / "out.root", events)
    assert {n for n, kind in bounds.items() if kind == "rel"} == {*asked, *ROUNDED}


def test_cut_mantissas_are_noted_once(tmp_path: Path) -> None:
    cut = (RNG.normal(size=(2, N)).astype("f4").view("u4") & 0xFFFFF000).view("f4")
    with uproot.recreate(tmp_path / "in.root") as file:
        for tree in ("one", "two"):
            write_tree(file, tree, {"a": cut[0], "b": cut[1], "c": RNG.normal(size=N)})
    report = rootae.compress(tmp_path / "in.root", tmp_path / "out.root", lossy=True, **QUICK)
    (note,) = [n for n in report.notes if "mantissas" in n]
    assert "cut to 11 bits already" in note
    assert "4 columns (one:a, one:b, two:a, two:b)" in note


def test_a_codec_s_bounds_get_no_estimate_of_what_lossy_would_give(
    events: Path, tmp_path: Path
) -> None:
    rootae.train([events], tmp_path / "codec.root", lossy=True, family="plain")
    report = rootae.compress(
        events, tmp_path / "coded.root", codec=tmp_path / "codec.root", backend="uproot"
    )
    assert report.lossy_estimate is None
    report = rootae.compress(events, tmp_path / "exact.root", **QUICK)
    assert report.lossy_estimate is not None


def test_the_estimate_rounds_no_more_than_lossy_does(tmp_path: Path) -> None:
    data = {n: x for n, x in ntuple().items() if n not in ROUNDED}
    write_columns(tmp_path / "in.root", data)
    report = rootae.compress(tmp_path / "in.root", tmp_path / "out.root", **QUICK)
    assert report.trees[0].coded
    assert report.lossy_estimate is None


def test_training_looks_at_every_file(tmp_path: Path) -> None:
    """A column is exact for what one file shows only if all files together show it."""
    names = [tmp_path / f"{i}.root" for i in range(3)]
    weights = (np.full(N, 0.25), RNG.exponential(1, 3 * N), RNG.integers(0, 9, N) + 0.0)
    for i, (path, weight) in enumerate(zip(names, weights, strict=True)):
        n = len(weight)
        data = {"weight": weight, "x": RNG.normal(size=n)}
        more = {"more": RNG.normal(size=n)} if i == 2 else {}  # a file of other columns counts too
        write_columns(path, data | more)
    one = rootae.train(names[:1], tmp_path / "one.root", lossy=True, family="plain")
    all_ = rootae.train(names, tmp_path / "all.root", lossy=True, family="plain")
    for codec, bound in ((one, "exact"), (all_, "rel:1e-06")):
        lanes = {x.column: x for x in codec.plan.trees[0].groups[0].lanes}
        assert lanes["weight"].bound == Bound.parse(bound)


def test_jagged_columns_are_looked_at_too(tmp_path: Path) -> None:
    counts = RNG.integers(0, 4, N)
    n = int(counts.sum())
    flat = {"Hit_code": RNG.choice([11, -13, 2212], n), "Hit_pt": RNG.exponential(20, n)}
    hits = {k: ak.unflatten(x.astype("f4"), counts) for k, x in flat.items()}
    write_columns(tmp_path / "in.root", hits)
    rootae.compress(tmp_path / "in.root", tmp_path / "out.root", lossy=True, **QUICK)
    bounds, changed = bounds_and_changes(tmp_path / "out.root", tmp_path / "in.root")
    assert bounds["Hit_code"] == "exact"
    assert bounds["Hit_pt"] == "rel"
    assert changed <= {"Hit_pt"}
