"""Several families on one file: figures, files, and what fails."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from samples import write_columns
from typer.testing import CliRunner

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

import rootae
from rootae.cli import app
from rootae.errors import ArgumentError, RootaeError
from rootae.training import variants
from rootae.training.families.vae import Family as Variational

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from rootae.evaluation.families.comparison import FamilyComparison


class Broken(Variational):
    """A family whose loss is a mistake."""

    def terms(self, outputs: Tensor, z: Tensor) -> dict[str, Tensor]:
        msg = "a mistake <in> my loss"
        raise ValueError(msg)


@pytest.fixture(scope="module")
def source(folder: Path) -> Path:
    """Return a flat file with a peak that its columns make."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=3000)
    arrays = {
        "m": (91 + 2.5 * x).astype("f4"),
        "near": (x + rng.normal(0, 0.1, 3000)).astype("f4"),
        "n": rng.integers(0, 5, 3000).astype("i4"),
    }
    return write_columns(folder / "families.root", arrays)


@pytest.fixture(scope="module")
def page(folder: Path) -> Path:
    return folder / "families.html"


@pytest.fixture(scope="module")
def found(source: Path, page: Path) -> FamilyComparison:
    asked: Any = ["vae", Broken]
    report = rootae.compare(source, asked, peaks=["z=m@80:102"], html=page, steps=4)
    variants.ADOPTED.clear()
    return report


@pytest.mark.slow
def test_within_bounds_nothing_changes_and_plain_is_there(found: FamilyComparison) -> None:
    assert [t.candidate.name for t in found.within] == ["plain", "vae"]
    for trial in found.within:
        assert trial.holds
        assert (trial.rms, trial.changed) == (0, [])
        assert trial.entries == 3000
        assert trial.bits == 8 * trial.coded / 3000
        assert trial.nbytes > trial.coded


@pytest.mark.slow
def test_without_bounds_floats_alone_come_back_changed(found: FamilyComparison) -> None:
    (vae,) = found.loose
    assert {c.name for c in vae.changed} == {"m", "near"}
    assert vae.rms > 0
    assert {x.prior for x in vae.latents} == {"gaussian"}
    assert len(vae.curves) == 1
    assert vae.curves[0].steps()[-1] == 4


@pytest.mark.slow
def test_what_fails_is_named_and_the_others_are_shown(found: FamilyComparison) -> None:
    assert [(f.candidate.name, f.candidate.way) for f in found.failed] == [
        ("Broken", "bounds"), ("Broken", "none"),
    ]  # fmt: skip
    assert "ValueError: a mistake <in> my loss" in found.failed[0].text
    assert "failed: Broken" in found.verdict
    assert found.notes[0].startswith("Broken failed: ValueError")


@pytest.mark.slow
def test_the_page_loads_nothing_and_names_cannot_break_it(
    found: FamilyComparison, page: Path
) -> None:
    text = page.read_text()
    for name in ("plain", "vae", "Broken"):
        assert f"<b>{name}</b>" in text
    assert "a mistake &lt;in&gt; my loss" in text
    assert text.count('src="data:image/svg+xml;base64,') == len(re.findall(r"\bsrc=", text))
    assert not re.search(r"https?:|//cdn|@import|url\(|<link|href=\"(?!#)", text)
    for target in re.findall(r'href="#(\w+)"', text):
        assert f'id="{target}"' in text
    assert found.failed


@pytest.mark.slow
def test_figures_lie_beside_the_page(found: FamilyComparison, page: Path) -> None:
    with page.with_suffix(".csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["family"], r["way"]) for r in rows] == [
        ("plain", "bounds"), ("vae", "bounds"), ("vae", "none"),
        ("Broken", "bounds"), ("Broken", "none"),
    ]  # fmt: skip
    assert float(rows[1]["bits"]) == pytest.approx(found.within[1].bits, rel=1e-6)
    assert float(rows[1]["z_before_mass"]) == float(rows[1]["z_after_mass"])
    data = json.loads(page.with_suffix(".json").read_text())
    assert data == json.loads(json.dumps(found.to_json()))
    assert data["trials"][2]["peaks"][0]["name"] == "z"
    assert data["trials"][2]["curves"][0]["steps"][-1] == 4


def test_nothing_is_replaced_and_nothing_is_begun(source: Path, tmp_path: Path) -> None:
    (tmp_path / "page.csv").write_text("mine")
    with pytest.raises(ArgumentError, match=r"page\.csv exists"):
        rootae.compare(source, ["vae"], html=tmp_path / "page.html")
    with pytest.raises(ArgumentError, match="history"):
        rootae.compare(source, ["vae"], history=tmp_path / "curves.csv")
    with pytest.raises(ArgumentError, match="no tree"):
        rootae.compare(f"{source}:absent", ["vae"])
    assert [p.name for p in tmp_path.iterdir()] == ["page.csv"]


def test_where_all_fail_the_first_error_is_told(source: Path) -> None:
    asked: Any = [Broken]
    with pytest.raises(RootaeError, match="a mistake"):
        rootae.compare(source, asked, ways=["none"], steps=1)
    variants.ADOPTED.clear()


def test_the_command_takes_commas_and_returns_1_if_a_family_fails(
    source: Path, tmp_path: Path
) -> None:
    own = tmp_path / "slip.py"
    own.write_text(
        "from rootae.training.families.vae import Family as Variational\n"
        "class Family(Variational):\n"
        "    def widths(self):\n"
        "        raise KeyError('no such thing')\n"
    )
    asked = ["compare", str(source), "--family", f"diagram,{own}", "--only", "bounds"]
    done = CliRunner().invoke(app, [*asked, "--steps", "1"])
    variants.ADOPTED.clear()
    assert done.exit_code == 1, done.output
    assert "diagram" in done.stdout
    assert "slip failed: KeyError" in done.stderr
