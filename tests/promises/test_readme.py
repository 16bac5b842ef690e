"""What the README shows is true: its code runs, its commands run, its bounds parse."""

from __future__ import annotations

import functools
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from samples import PROJECT

import rootae

TEXT = (PROJECT / "README.md").read_text()
COMMAND = "import sys; from rootae.cli import main; sys.exit(main())"
SECONDS = 3


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(PROJECT / "demo" / "sample.root", tmp_path / "events.root")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "events.root"


@pytest.mark.slow
def test_quick_start_in_python(events: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = blocks("python")
    quick = functools.partial(rootae.compress, time_budget=SECONDS)
    monkeypatch.setattr(rootae, "compress", quick)
    names: dict[str, Any] = {}
    exec(compile(code, "README.md", "exec"), names)
    assert len(names["jets"]) > 0
    assert Path("small.root").stat().st_size < events.stat().st_size
    with uproot.open(events) as before, uproot.open("again.root") as after:
        assert before["Events"].keys() == after["Events"].keys()
        x, y = (f["Events"]["Jet_pt"].array(library="np") for f in (before, after))
        np.testing.assert_allclose(np.concatenate(list(y)), np.concatenate(list(x)), rtol=1.0001e-3)


@pytest.mark.slow
def test_quick_start_in_the_shell(events: Path) -> None:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    commands = [line for line in lines if line.startswith("rootae ")]
    assert {shlex.split(c)[1] for c in commands} == {
        "compress",
        "info",
        "verify",
        "evaluate",
        "decompress",
        "train",
    }
    for command in commands:
        words = shlex.split(command, comments=True)[1:]
        if words[0] == "train" or (words[0] == "compress" and "--codec" not in words):
            words += ["--time-budget", str(SECONDS)]
        run = subprocess.run(
            [sys.executable, "-c", COMMAND, *words], capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, f"{command}\n{run.stdout}\n{run.stderr}"


def test_bounds_parse() -> None:
    written = re.findall(r"`((?:exact|none|(?:abs|rel):[^`]+))`", TEXT)
    assert {"exact", "none", "abs:E", "rel:E"} <= set(written)
    for bound in written:
        assert rootae.Bound.parse(bound.replace(":E", ":0.1"))


@pytest.mark.parametrize(
    "name", ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "export/FORMAT.md"]
)
def test_links_lead_somewhere(name: str) -> None:
    page = PROJECT / name
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        assert "://" in target or (page.parent / target).exists(), target


def test_architecture_names_every_folder() -> None:
    text = (PROJECT / "ARCHITECTURE.md").read_text()
    folders = {
        p.parent.relative_to(PROJECT / "rootae") for p in PROJECT.glob("rootae/**/__init__.py")
    }
    names = {f"{folder.name}/" for folder in folders if folder.name} - {"console/"}
    assert names - set(re.findall(r"`([a-z]+/)`", text)) == set()
