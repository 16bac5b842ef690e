from __future__ import annotations

import dataclasses
import json
import re
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot
from samples import event_arrays, jagged, write_columns, write_events, write_tree
from typer.testing import CliRunner

import rootae
from rootae.cli import app
from rootae.errors import ArgumentError, FormatError, MissingDependency, NameNotFound
from rootae.evaluation import evaluate as module
from rootae.evaluation.page.page import write as write_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import awkward as ak
    from numpy.typing import NDArray

    from rootae.evaluation.evaluation import Evaluation

Z = "z=sqrt(2*pt1*pt2*(cosh(eta1-eta2)-cos(phi1-phi2)))"


def muon_pairs(entries: int = 2500, seed: int = 0) -> dict[str, NDArray[Any]]:
    """Simulate Z bosons at rest, along with a column that says nothing."""
    rng = np.random.default_rng(seed)
    m = rng.normal(91, 2.5, entries)
    eta, phi = rng.normal(0, 1, entries), rng.uniform(-3.1, 0, entries)
    pt = m / 2 / np.cosh(eta)
    both = {"pt": (pt, pt), "eta": (eta, -eta), "phi": (phi, phi + np.pi)}
    arrays = {f"{n}{i + 1}": v[i].astype("f4") for n, v in both.items() for i in range(2)}
    return arrays | {"noise": rng.normal(size=entries).astype("f4")}


def jagged_muons(arrays: Mapping[str, NDArray[Any]]) -> dict[str, ak.Array]:
    """Put the two muons of each entry into a collection, which has no phi and so no mass."""
    counts = np.full(len(arrays["pt1"]), 2)
    flat = {
        f"Muon_{n}": jagged(counts, np.stack([arrays[f"{n}1"], arrays[f"{n}2"]], 1).ravel())
        for n in ("pt", "eta")
    }
    charges = np.tile(np.array([1, -1], "i4"), len(counts))
    return flat | {"Muon_charge": jagged(counts, charges)}


@pytest.fixture(scope="module")
def files(folder: Path) -> tuple[Path, Path]:
    """Return a file of muon pairs, flat and jagged, and the same coarsely rounded."""
    arrays = muon_pairs(3000)
    with uproot.recreate(folder / "pairs.root") as file:
        write_tree(file, "flat", arrays)
        write_tree(file, "Events", jagged_muons(arrays))
    bounds = {"*": "rel:1e-3", "*eta*": "abs:1e-3", "noise": "none"}
    rootae.compress(
        folder / "pairs.root", folder / "pairs_coded.root", family="plain", bounds=bounds
    )
    return folder / "pairs.root", folder / "pairs_coded.root"


@pytest.fixture(scope="module")
def report(files: tuple[Path, Path]) -> Evaluation:
    return rootae.evaluate(*files)


def test_every_column_of_every_tree_is_held_against_its_bound(
    report: Evaluation, files: tuple[Path, Path]
) -> None:
    assert [t.path for t in report.trees] == ["flat", "Events"]
    assert report.holds
    assert "are within it" in report.verdict
    bounds = rootae.open(files[1]).bounds
    for column in report.columns:
        assert column.bound == str(bounds[column.tree][column.name])
        assert column.values in (3000, 6000)
        if column.bound.startswith(("abs", "rel")):
            assert column.share is not None
            assert 0 < column.share <= 1
    assert (report.before, report.after) == tuple(f.stat().st_size for f in files)


def test_columns_agree_with_verify(report: Evaluation, files: tuple[Path, Path]) -> None:
    errors = rootae.verify(files[1], files[0]).errors
    for column in report.columns:
        assert column.largest == errors[column.tree][column.name]


def test_a_column_without_a_bound_is_labelled(report: Evaluation) -> None:
    noise = next(c for c in report.columns if c.name == "noise")
    assert (noise.bound, noise.share) == ("none", None)
    assert "1 of 11 columns have no bound" in report.verdict


def test_built_in_peaks_that_fit_are_found(report: Evaluation) -> None:
    assert {(p.name, p.tree) for p in report.peaks} == {("z_mumu", "flat")}
    for peak in report.peaks:
        assert [f.before.method for f in peak.fits][:2] == ["binned", "unbinned"]
        for fit in peak.fits:
            assert fit.converged
            assert abs(fit.before.mass - 91) < 4 * fit.before.mass_error
            assert abs(fit.mass_shift) < 0.5
    assert any("jpsi_mumu" in n for n in report.notes)


@pytest.mark.slow
def test_equal_files_show_no_change_at_all(files: tuple[Path, Path]) -> None:
    found = rootae.evaluate(files[0], files[0], peaks=["z_mumu"])
    for c in found.columns:
        assert (c.changed, c.largest, c.rms, c.ks, c.wasserstein) == (0, 0, 0, 0, 0)
    for fit in found.peaks[0].fits:
        assert (fit.mass_shift, fit.width_shift) == (0, 0)
    for tree in found.trees:
        for matrix in tree.correlations:
            assert not matrix.difference.any()
    assert any("no codec" in n for n in found.notes)


@pytest.mark.slow
def test_a_user_s_expression_is_a_peak(files: tuple[Path, Path], report: Evaluation) -> None:
    found = rootae.evaluate(*files, peaks={"z": Z.partition("=")[2]}, trees=["flat"])
    (peak,) = found.peaks
    (built_in,) = (p for p in report.peaks if p.tree == "flat")
    assert peak.fits[0].before.mass == pytest.approx(built_in.fits[0].before.mass, abs=0.1)
    ranged = rootae.evaluate(*files, peaks=[f"{Z}@80:100"]).peaks[0]
    assert (ranged.model.low, ranged.model.high) == (80, 100)


def test_a_sample_of_entries_is_told(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "VALUES_KEPT", 10_000)
    found = rootae.evaluate(*files, peaks=[])
    for tree in found.trees:
        values = sum(c.values for c in tree.columns)
        assert tree.every == -(-values // 10_000)
        assert sum(c.sampled for c in tree.columns) == pytest.approx(values / tree.every, rel=0.01)


def test_json_holds_the_same_figures(report: Evaluation) -> None:
    data = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert data["verdict"] == report.verdict
    columns = [c for t in data["trees"] for c in t["columns"]]
    assert [c["rms"] for c in columns] == [c.rms for c in report.columns]
    first = data["peaks"][0]["fits"][0]
    assert first["before"]["mass"] == report.peaks[0].fits[0].before.mass
    assert first["mass_shift"] == report.peaks[0].fits[0].mass_shift


@pytest.mark.slow
def test_the_page_holds_all_columns_and_loads_nothing(report: Evaluation, tmp_path: Path) -> None:
    text = write_page(report, tmp_path / "page.html", pictures=3).read_text()
    for column in report.columns:
        assert f"{column.tree}: {column.name}" in text
    assert report.verdict in text
    assert "no bound" in text
    assert text.count('src="data:image/svg+xml;base64,') == len(re.findall(r"\bsrc=", text))
    assert not re.search(r"https?:|//cdn|@import|url\(|<link|href=\"(?!#)", text)


def test_the_page_has_one_picture_a_peak_and_units_in_headings(
    report: Evaluation, tmp_path: Path
) -> None:
    text = write_page(report, tmp_path / "page.html", pictures=1).read_text()
    assert text.count('<figure class="peak">') == len(report.peaks)
    assert "mass before / GeV" in text
    for name in ("columns", "pictures", "correlations"):
        assert f'<details class="section" id="{name}"' in text
    assert text.count('<input type="search"') == 2


def test_a_width_that_moved_is_in_the_verdict(report: Evaluation) -> None:
    peak = report.peaks[0]
    fit = peak.fits[0]
    wide = dataclasses.replace(fit.after, width=fit.before.width + 14 * fit.before.width_error)
    moved = dataclasses.replace(peak, fits=(dataclasses.replace(fit, after=wide),))
    told = dataclasses.replace(report, peaks=(moved,)).verdict
    assert f"{peak.name} moved: " in told
    assert "width by +14.0 times the fit's error" in told
    assert told.startswith(dataclasses.replace(report, peaks=()).verdict.removesuffix("."))


def test_names_cannot_break_the_page(tmp_path: Path) -> None:
    arrays = {"x<script>": np.arange(100.0), "a&b": np.arange(100.0)}
    write_columns(tmp_path / "odd.root", arrays)
    found = rootae.evaluate(tmp_path / "odd.root", tmp_path / "odd.root")
    text = write_page(found, tmp_path / "page.html", pictures=1).read_text()
    assert "x<script>" not in text
    assert "x&lt;script&gt;" in text


def test_a_file_of_everything_is_compared(events: Path, lossy: Path) -> None:
    found = rootae.evaluate(events, lossy, peaks=[])
    assert found.holds
    with uproot.open(events) as file:
        numeric = [n for n, t in file["Events"].typenames().items() if t != "char*"]
    assert [c.name for c in found.trees[0].columns] == numeric
    assert any("label holds no plain numbers" in n for n in found.notes)
    met = next(c for c in found.columns if c.name == "MET_pt")
    assert (met.nonfinite, met.broken) == (3, 0)


def test_empty_trees_are_compared(tmp_path: Path) -> None:
    with uproot.recreate(tmp_path / "empty.root") as file:
        write_tree(file, "t", {"x": np.zeros(0), "v": jagged(np.zeros(0, int), np.zeros(0))})
    found = rootae.evaluate(tmp_path / "empty.root", tmp_path / "empty.root")
    assert [c.values for c in found.columns] == [0] * len(found.columns)
    assert write_page(found, tmp_path / "page.html").stat().st_size > 1000


@pytest.mark.slow
def test_broken_values_are_counted_and_named(events: Path, tmp_path: Path) -> None:
    arrays = event_arrays(3000, 0)
    arrays["small"] = arrays["small"] + np.int16(1)
    with uproot.recreate(tmp_path / "other.root") as file:
        write_tree(file, "Events", arrays)
    packed = tmp_path / "other_packed.root"
    rootae.compress(tmp_path / "other.root", packed, family="plain")
    found = rootae.evaluate(events, packed, peaks=[])
    assert not found.holds
    assert found.worst[0].name == "small"
    assert found.worst[0].broken == 3000
    assert "Events:small" in found.verdict
    done = CliRunner().invoke(
        app, ["evaluate", str(events), str(packed), "--peak", "m=weight@-1:3"]
    )
    assert done.exit_code == 3


def test_files_that_do_not_belong_together_are_refused(
    files: tuple[Path, Path], events: Path, tmp_path: Path
) -> None:
    with pytest.raises(ArgumentError, match="share no tree"):
        rootae.evaluate(events, write_columns(tmp_path / "t.root", {"x": np.arange(5.0)}))
    with pytest.raises(ArgumentError, match="entries"):
        rootae.evaluate(events, write_events(tmp_path / "short.root", 2000))
    with pytest.raises(ArgumentError, match="number of objects"):
        rootae.evaluate(events, write_events(tmp_path / "other.root", 3000, seed=1))
    with pytest.raises(ArgumentError, match="no file"):
        rootae.evaluate(events, tmp_path / "absent.root")
    (tmp_path / "text.root").write_text("no ROOT file")
    with pytest.raises(FormatError):
        rootae.evaluate(events, tmp_path / "text.root")
    with pytest.raises(NameNotFound, match="Events"):
        rootae.evaluate(*files, trees=["Event"])


@pytest.mark.parametrize(
    ("peak", "said"),
    [
        ("h_4l", "Electron_pt"),
        ("top_jjb", "Jet_btag"),
        ("z_mumumu", "z_mumu"),
        ("z=pt1*absent", "absent"),
        ("z=Muon_pt*pt1", "lacks"),
    ],
)
def test_missing_columns_and_peaks_are_named(
    files: tuple[Path, Path], peak: str, said: str
) -> None:
    with pytest.raises(ArgumentError, match=said):
        rootae.evaluate(*files, peaks=[peak])


def test_columns_of_several_collections_are_not_one_peak(events: Path) -> None:
    with pytest.raises(ArgumentError, match="same rows"):
        rootae.evaluate(events, events, peaks=["m=Jet_pt + MET_pt"])


@pytest.mark.parametrize("package", ["iminuit", "scipy", "mplhep"])
def test_a_missing_package_is_named(
    files: tuple[Path, Path],
    report: Evaluation,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    package: str,
) -> None:
    for name in [n for n in sys.modules if n.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingDependency, match=rf"{package}.*rootae\[report\]"):
        write_page(report, tmp_path / "page.html") if package == "mplhep" else rootae.evaluate(
            *files
        )


@pytest.mark.slow
def test_the_command_prints_peaks_columns_and_verdict(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    names = [str(f) for f in files]
    page = tmp_path / "page.html"
    asked = ["evaluate", *names, "--peak", "z_mumu", "--tree", "flat"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    assert "z_mumu" in done.output
    assert "no bound" in done.output
    assert "are within it" in " ".join(done.output.split())
    done = CliRunner().invoke(app, [*asked, "--json"])
    assert json.loads(done.stdout)["peaks"][0]["name"] == "z_mumu"
    done = CliRunner().invoke(app, ["evaluate", *names, "--peak", "z=absent", "--html", str(page)])
    assert done.exit_code == 2
    assert not page.exists()
    page.write_text("mine")
    for target, phrase in ((page, "use -f"), (files[0], "same file"), (files[1], "same file")):
        done = CliRunner().invoke(app, ["evaluate", *names, "--html", str(target)])
        assert done.exit_code == 2
        assert phrase in done.stderr


@pytest.mark.slow
def test_j_psi_of_the_simulation_are_found_and_fitted(shared: Path) -> None:
    source = shared / "mc/jpsi.root"
    (peak,) = rootae.evaluate(source, source, trees=["Events"]).peaks
    assert peak.name == "jpsi_mumu"
    for fit in peak.fits:
        assert fit.before.mass == pytest.approx(3.0969, abs=0.005)
        assert (fit.mass_shift, fit.width_shift) == (0, 0)


@pytest.mark.slow
def test_z_bosons_of_the_simulation_keep_their_mass(shared: Path, tmp_path: Path) -> None:
    source, target = shared / "mc/zmumu.root", tmp_path / "z.root"
    rootae.compress(source, target, family="plain", lossy=True, trees=["Events"])
    found = rootae.evaluate(source, target, peaks=["z_mumu"], trees=["Events"])
    assert found.holds
    fit = found.peaks[0].fits[1]
    assert fit.before.mass == pytest.approx(91.0, abs=0.3)
    assert abs(fit.mass_shift) < 0.05
    assert abs(fit.width_shift) < 0.1


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1, 2])
def test_z_bosons_of_real_data_keep_their_mass(shared: Path, tmp_path: Path, number: int) -> None:
    source, target = shared / f"real/lhcb_z0_{number}.root", tmp_path / "z.root"
    rootae.compress(source, target, family="plain", lossy=True)
    found = rootae.evaluate(source, target)
    (peak,) = found.peaks
    assert peak.note == "the file is in MeV"
    for fit in peak.fits:
        assert abs(fit.mass_shift) < 0.05
        assert abs(fit.width_shift) < 0.1
