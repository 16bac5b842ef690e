"""Training a codec from a file: what is asked, told, kept, and gone on with."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot
from samples import jagged, write_columns

import rootae
from rootae.codec.codec import Codec
from rootae.errors import ArgumentError, MissingDependency, RootaeError
from rootae.operations.info import info

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

COMMAND = "import sys; from rootae.cli import main; sys.argv[0] = 'rootae'; main()"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file whose second column is known from its first, with a group of few rows."""
    rng = np.random.default_rng(0)
    a = rng.integers(0, 40, 6000).astype("i4")
    few = np.zeros(6000, np.int64)
    few[:30] = 3
    arrays = {"a": a, "b": 50 * a + rng.integers(0, 5, 6000).astype("i4")}
    arrays["Tau_pt"] = jagged(few, rng.exponential(20, 90).astype("f4"))
    arrays["constant"] = np.full(6000, 3.5, "f4")
    arrays["missing"] = np.full(6000, np.nan, "f4")
    return write_columns(tmp_path_factory.mktemp("training") / "in.root", arrays)


@pytest.fixture(scope="module")
def codec_file(source: Path) -> Path:
    """Return a codec of a few steps, of which everything is recorded."""
    target = source.with_name("codec.root")
    rootae.train([source], target, family="predictor", steps=40, lr=0.01, batch_size=256, seed=5)
    return target


# notes and fallbacks


def test_too_few_rows_are_named_with_what_is_needed(
    cli: Command, source: Path, tmp_path: Path
) -> None:
    words = ("--family", "ae", "--steps", 3, "--batch-size", 64)
    done = cli("train", source, "-o", tmp_path / "c.root", *words)
    assert done.exit_code == 0, done.stderr
    note = "too few rows to train on, coded plain: t:nTau (90 rows); 2,000 are needed"
    assert note in done.stderr
    report = rootae.compress(source, tmp_path / "out.root", family="ae", steps=3, batch_size=64)
    assert any(note in text for text in report.notes)


# families that do not pay


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of columns that say nothing of each other."""
    rng = np.random.default_rng(0)
    columns = {k: rng.normal(size=12_000).astype("f4") for k in "abcd"}
    return write_columns(tmp_path_factory.mktemp("strangers") / "in.root", columns)


UNPAID: dict[str, Any] = {
    "family": "aae",
    "steps": 2,
    "batch_size": 64,
    "bounds": {"*": "rel:1e-3"},
}


def test_a_family_that_does_not_pay_is_said_everywhere(
    cli: Command, strangers: Path, tmp_path: Path
) -> None:
    report = rootae.compress(strangers, tmp_path / "out.root", backend="uproot", **UNPAID)
    (note,) = [n for n in report.notes if n.startswith("aae: ")]
    assert note.endswith(" (t:(event)), not stored; --keep-family stores it")
    told = report.to_json()["trees"][0]["training"][0]["not_stored"]
    assert told["family"] == "aae"
    assert told["bits"] > told["against"] > 0
    assert f"{told['bits']:.2f} bits a row against {told['against']:.2f}" in note
    (codec,) = info(tmp_path / "out.root").codecs
    assert codec.groups[0].not_stored == told
    shown = cli("info", tmp_path / "out.root").stdout
    assert "aae: " in shown
    assert "not stored" in shown


@pytest.mark.parametrize("effort", ["fast", "default"])
def test_auto_was_asked_for_what_is_smallest_and_says_nothing(
    strangers: Path, tmp_path: Path, effort: str
) -> None:
    asked: dict[str, Any] = {"effort": effort, "steps": 2, "batch_size": 64, "backend": "uproot"}
    asked["bounds"] = {"*": "rel:1e-3"}
    assert not rootae.compress(strangers, tmp_path / "out.root", **asked).notes


def test_a_family_that_does_not_pay_is_kept_if_asked(strangers: Path, tmp_path: Path) -> None:
    report = rootae.compress(
        strangers, tmp_path / "out.root", backend="uproot", keep_family=True, **UNPAID
    )
    assert not [n for n in report.notes if "not stored" in n]
    assert report.trees[0].training[0]["family"] == "aae"
    (codec,) = info(tmp_path / "out.root").codecs
    assert (codec.groups[0].latents > 0, codec.groups[0].not_stored) == (True, {})
    assert codec.training["keep_family"] is True


@pytest.mark.parametrize("family", ["diagram", "predictor"])
def test_of_what_does_not_pay_the_least_is_kept(
    strangers: Path, tmp_path: Path, family: str
) -> None:
    asked = UNPAID | {"family": family}
    codec = rootae.train([strangers], tmp_path / "kept.root", keep_family=True, **asked)
    (group,) = codec.plan.trees[0].groups
    assert len(group.stages) + len(group.diagrams) == (family == "predictor")


@pytest.mark.parametrize("family", ["ae", "diagram", "predictor", "auto"])
def test_columns_that_say_nothing_do_no_harm(tmp_path: Path, family: str) -> None:
    arrays = {"constant": np.full(30_000, 3.5, "f4"), "missing": np.full(30_000, np.nan, "f4")}
    path = write_columns(tmp_path / "in.root", arrays)
    for bound in ("exact", "rel:1e-3"):
        codec = tmp_path / "c.root"
        rootae.train([path], codec, family=family, steps=2, bounds={"*": bound}, force=True)
        rootae.compress(path, tmp_path / "out.root", codec=codec, force=True)
        with rootae.open(tmp_path / "out.root") as file:
            assert np.isnan(file["t"]["missing"].array(library="np")).all()
            np.testing.assert_allclose(file["t"]["constant"].array(library="np"), 3.5, rtol=1e-3)


def test_unknown_family_is_refused_before_anything_is_read(cli: Command, tmp_path: Path) -> None:
    done = cli("train", tmp_path / "no.root", "-o", tmp_path / "c.root", "--family", "predicter")
    assert done.exit_code == 2
    assert "no family 'predicter'" in done.stderr
    assert "did you mean 'predictor'" in done.stderr


def test_cuda_without_cuda_is_one_clear_error(cli: Command, source: Path, tmp_path: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    words = ("--family", "ae", "--device", "cuda")
    done = cli("train", source, "-o", tmp_path / "c.root", *words)
    assert done.exit_code == MissingDependency.exit_code
    assert "device cuda cannot be used" in done.stderr
    assert len(done.stderr.splitlines()) <= 2  # a note on small groups may come first


def test_divergence_names_group_family_and_terms(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rootae.training.families import ae

    true = ae.Family.loss
    monkeypatch.setattr(
        ae.Family, "loss", lambda self, batch: {k: v * np.nan for k, v in true(self, batch).items()}
    )
    history = tmp_path / "h.csv"
    with pytest.raises(RootaeError, match=r"t: \(event\): family ae: .*codes nan, latents nan"):
        rootae.train([source], tmp_path / "c.root", family="ae", steps=9, history=history)
    assert [p.name for p in tmp_path.glob("*.root")] == []
    assert history.exists(), "how it came to that is what one wants to see"


# what a codec remembers


def test_info_shows_how_a_codec_was_trained(cli: Command, codec_file: Path) -> None:
    (codec,) = info(codec_file).codecs
    asked = {"family": "predictor", "seed": 5, "steps": 40, "lr": 0.01, "batch_size": 256}
    assert codec.training == asked
    group = next(g for g in codec.groups if g.name == "")
    assert group.steps == (10, 30)
    assert set(group.bits) == {"codes"}
    shown = " ".join(cli("info", codec_file, "-v").stdout.split())
    for phrase in ("trained as", "lr 0.01", "seed 5", "10+30", "codes "):
        assert phrase in shown
    told = json.loads(cli("info", codec_file, "--json").stdout)["codecs"][0]
    assert told["training"] == asked
    assert told["groups"][0]["bits"] == group.bits


def test_a_compressed_file_remembers_its_codecs_training(
    source: Path, codec_file: Path, tmp_path: Path
) -> None:
    rootae.compress(source, tmp_path / "out.root", codec=codec_file)
    (codec,) = info(tmp_path / "out.root").codecs
    assert codec.training["lr"] == 0.01


def test_strange_records_do_not_break_info(codec_file: Path, tmp_path: Path) -> None:
    from rootae.codec.plan.plan import Plan
    from rootae.container.codecs import write_records

    plan = rootae.read_codec(codec_file).plan
    odd = [3, {"tree": "t", "group": "", "steps": None, "bits": {"codes": "many"}}]
    with uproot.recreate(tmp_path / "odd.root") as file:
        write_records(file, Codec(Plan(plan.trees[:0], {"groups": odd})), None)
    assert info(tmp_path / "odd.root").kind == "codec"


# options


def test_epochs_are_counted_on_training_rows(source: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"family": "ae", "epochs": 2, "batch_size": 500}
    rootae.train([source], tmp_path / "c.root", **options)
    (codec,) = info(tmp_path / "c.root").codecs
    assert next(g for g in codec.groups if g.name == "").steps == (22,)  # 2 x 5400 rows / 500


def test_learning_options_reach_training(source: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"family": "ae", "steps": 60, "batch_size": 64}
    ids = set()
    changes: list[dict[str, Any]] = [{}, {"lr": 1e-3}, {"schedule": "cosine"}, {"batch_size": 256}]
    for k, more in enumerate(changes):
        codec = rootae.train([source], tmp_path / f"{k}.root", **(options | more))
        ids.add(tuple(codec.plan.training["groups"][0]["bits"].values()))
    assert len(ids) == 4


def test_settings_of_a_family_without_any_are_refused(
    cli: Command, source: Path, tmp_path: Path
) -> None:
    words = ("--family", "auto", "--set", "weight=2")
    done = cli("train", source, "-o", tmp_path / "c.root", *words)
    assert done.exit_code == 2
    assert "weight: family auto has no settings" in done.stderr


# learning curves


def test_history_has_every_term_of_every_family(source: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    history = tmp_path / "curves.csv"
    options: dict[str, Any] = {"family": "auto", "steps": 20, "batch_size": 64, "history": history}
    rootae.train([source], tmp_path / "c.root", **options)
    with history.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {r["family"] for r in rows} == {"predictor", "ae"}
    assert {r["phase"] for r in rows} == {"0", "1"}
    for row in rows:
        assert float(row["validation_codes"]) > 0
        assert float(row["learning_rate"]) > 0
        assert (row["training_codes"] == "") == (row["step"] == "0")
        assert (row["validation_latents"] == "") == (row["family"] == "predictor")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_history_changes_no_byte(source: Path, codec_file: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {
        "family": "predictor",
        "steps": 40,
        "lr": 0.01,
        "batch_size": 256,
        "seed": 5,
    }
    codec = rootae.train([source], tmp_path / "c.root", history=tmp_path / "h.csv", **options)
    assert codec.id == rootae.read_codec(codec_file).id


def test_without_matplotlib_a_note_says_how(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    options: dict[str, Any] = {
        "family": "ae",
        "steps": 2,
        "batch_size": 64,
        "history": tmp_path / "h.csv",
    }
    report = rootae.compress(source, tmp_path / "out.root", **options)
    assert any("pip install matplotlib" in note for note in report.notes)
    assert (tmp_path / "h.csv").exists()
    assert not (tmp_path / "h.png").exists()


# checkpoints


def killed(source: Path, target: Path, folder: Path, *words: object) -> None:
    """Run `rootae train` in a process of its own and kill it once a checkpoint is there."""
    hurry = "from rootae.training.loop import checkpoint as c; c._SECONDS = 0.0\n"
    command = [sys.executable, "-c", hurry + COMMAND, "train", source, "-o", target]
    command += ["--checkpoint", folder, *words]
    run = subprocess.Popen([str(w) for w in command], stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and run.poll() is None:
        if len(list(folder.glob("*.npz"))) == 2:  # the second family is under way
            break
        time.sleep(0.002)
    run.kill()
    _, err = run.communicate(timeout=60)
    assert run.returncode == -signal.SIGKILL, f"it ended before it could be killed: {err}"


@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_same_bytes(cli: Command, source: Path, tmp_path: Path) -> None:
    words = ("--steps", 80, "--batch-size", 32, "--seed", 2, "--patience", 45)
    folder = tmp_path / "state"
    killed(source, tmp_path / "killed.root", folder, *words)
    assert not (tmp_path / "killed.root").exists()
    resume = ("--checkpoint", folder, "--resume")
    for name, more in (("whole", ()), ("resumed", resume)):
        done = cli("train", source, "-o", tmp_path / f"{name}.root", *words, *more)
        assert done.exit_code == 0, done.stderr
    whole, resumed = (rootae.read_codec(tmp_path / f"{n}.root") for n in ("whole", "resumed"))
    assert resumed.id == whole.id
    assert not list(tmp_path.glob("**/*.part"))


def test_a_checkpoint_is_not_overwritten_and_not_mixed_up(source: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {
        "family": "ae",
        "steps": 3,
        "batch_size": 64,
        "checkpoint": tmp_path / "state",
    }
    rootae.train([source], tmp_path / "a.root", **options)
    with pytest.raises(ArgumentError, match="use --resume to go on, or remove it"):
        rootae.train([source], tmp_path / "b.root", **options)
    with pytest.raises(ArgumentError, match="its seed is 0, here it is 1"):
        rootae.train([source], tmp_path / "b.root", seed=1, resume=True, **options)
    other = {"*": "abs:0.5"}
    with pytest.raises(ArgumentError, match="belongs to another run: its data"):
        rootae.train([source], tmp_path / "b.root", bounds=other, resume=True, **options)
    again = rootae.train([source], tmp_path / "b.root", resume=True, **options)
    assert again.id == rootae.read_codec(tmp_path / "a.root").id
