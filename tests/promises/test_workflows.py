"""The examples of docs/workflows run as they stand, as far as what they need is there."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest
from samples import PROJECT, write_columns

import rootae

if TYPE_CHECKING:
    from pathlib import Path

WORKFLOWS = PROJECT / "docs/workflows"
ENTRIES = 20_000
pytestmark = pytest.mark.slow  # each starts several processes


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with two files in ``mc``, the examples, and ``rootae`` on the path."""
    (tmp_path / "mc").mkdir()
    for i in range(2):
        rng = np.random.default_rng(i)
        met = rng.exponential(40, ENTRIES).astype("f4")
        arrays = {"MET_pt": met, "MET_sum": met * np.float32(1.3)}
        write_columns(tmp_path / f"mc/f{i}.root", arrays, tree="Events")
    for path in WORKFLOWS.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path)
    command = tmp_path / "bin/rootae"
    command.parent.mkdir()
    code = "import sys; from rootae.cli import main; sys.exit(main())"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{code}" "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", f"{PROJECT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    return tmp_path


def done(folder: Path, *words: object) -> str:
    """Run a command, and return what it printed."""
    found = subprocess.run(
        [str(w) for w in words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


def hold(folder: Path, outputs: Path) -> None:
    """Hold what was made against the originals."""
    for i in range(2):
        report = rootae.verify(outputs / f"f{i}.root", folder / f"mc/f{i}.root")
        assert report.columns == 2


def needs(name: str) -> None:
    if find_spec(name) is None:
        pytest.skip(f"{name} is not installed")


def test_luigi(work: Path) -> None:
    needs("luigi")
    words = ("--module", "luigi_tasks", "Production", "--sources", "mc", "--folder", "small")
    done(work, sys.executable, "-m", "luigi", *words, "--local-scheduler")
    hold(work, work / "small")


def test_law(work: Path) -> None:
    needs("law")
    rootae.train([work / "mc/f0.root"], work / "codec.root", family="plain", lossy=True)
    code = (
        "import luigi, law_tasks; assert luigi.build([law_tasks.Compress(sources='mc', "
        "codec='codec.root', folder='small')], local_scheduler=True)"
    )
    done(work, sys.executable, "-c", code)
    hold(work, work / "small")


def test_snakemake(work: Path) -> None:
    needs("snakemake")
    done(work, sys.executable, "-m", "snakemake", "--cores", 1, "--config", "target=small")
    hold(work, work / "small")


def submitted(work: Path) -> dict[str, str]:
    """Return what a submit file says, by name."""
    lines = (work / "htcondor.sub").read_text().splitlines()
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def test_htcondor(work: Path) -> None:
    told = submitted(work)
    rootae.train([work / "mc/f0.root"], work / "codec.rootae", family="plain", lossy=True)
    for i in range(2):
        slot = work / f"slot{i}"
        slot.mkdir()
        names = {"$(source)": f"mc/f{i}.root", "$Fnx(source)": f"f{i}.root"}
        texts = [told[n] for n in ("executable", "arguments", "transfer_input_files")]
        for macro, value in names.items():
            texts = [t.replace(macro, value) for t in texts]
        assert not any("$" in t for t in texts)
        for name in [texts[0], *texts[2].split(", ")]:
            shutil.copy(work / name, slot)
        done(slot, f"./{texts[0]}", *shlex.split(texts[1]))
        output = told["transfer_output_files"].replace("$Fnx(source)", f"f{i}.root")
        (work / "small").mkdir(exist_ok=True)
        shutil.copy(slot / output, work / f"small/f{i}.root")
    hold(work, work / "small")
    (work / "bad.root").write_text("no ROOT file")
    words = ["./compress.sh", "codec.rootae", "bad.root", "out.root"]
    failed = subprocess.run(words, cwd=work, capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    assert "bad.root is not a ROOT file" in failed.stderr
    assert not (work / "out.root").exists()


def test_coffea(work: Path) -> None:
    needs("coffea")
    done(work, "rootae", "compress", "mc/*.root", "-O", "small", "--lossy", "--family", "plain")
    words = ("-W", "ignore", "coffea_spectrum.py", "small/fileset.json", "MET_pt")
    told = done(work, sys.executable, *words)
    last = told.splitlines()[-1]  # below coffea's bars
    assert last.startswith(f"mc: {2 * ENTRIES:,} events, ")
