"""Data for the tests: a small simulated file of everything, and the shared files where present."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

import pytest
import rooted
from hypothesis import settings
from rooted import Script
from samples import SHARED, write_events
from typer.testing import CliRunner, Result

import rootae
from rootae.reader.cache import cache
from rootae.rootio.opening import put_models_back
from rootae.rootio.plugin.loading import VARIABLE
from rootae.rootio.process.server import SERVER

if TYPE_CHECKING:
    from commands import Command
    from wholeness import Digest

settings.register_profile("rootae", max_examples=40, deadline=None, derandomize=True)
settings.load_profile("rootae")
os.environ.setdefault(VARIABLE, "off")  # most tests look at files as they are stored
SERVER.idle = rooted.SERVER.idle


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Start with an empty cache, and with uproot's own models whatever damage a test has read."""
    cache.clear()
    put_models_back()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared data, or skip."""
    if not SHARED.is_dir():
        pytest.skip("../shared/data is not there")
    return SHARED


@pytest.fixture(scope="session")
def hadd() -> Script:
    """Return a function that runs ROOT's hadd, or skip."""
    root = pytest.importorskip("importlib.util").find_spec("ROOT")
    binary = Path(root.origin).parent / "bin" / "hadd" if root and root.origin else None
    if binary is None or not binary.is_file():
        pytest.skip("hadd is not there: pip install 'rootae[root]'")

    def run(*arguments: object) -> CompletedProcess[str]:
        command = [str(binary), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run


@pytest.fixture(scope="session")
def root_script(hadd: Script) -> Script:
    """Return a function that runs Python with ROOT in a process of its own."""

    def run(code: str, *arguments: object) -> CompletedProcess[str]:
        done = rooted.script(code, *arguments)
        done.check_returncode()
        return done

    return run


@pytest.fixture(scope="session")
def digest(root_script: Script) -> Digest:
    """Return a function that describes files as ROOT sees them."""
    from wholeness import DIGEST  # which imports from here

    return lambda *paths: json.loads(root_script(DIGEST, *paths).stdout)


@pytest.fixture
def cli() -> Command:
    """Return a function that runs a command in this process."""
    from rootae.cli import app

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(a) for a in arguments])

    return run


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for files that tests share and leave as they are."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="session")
def events(folder: Path) -> Path:
    """Return a plain file of everything."""
    return write_events(folder / "events.root")


@pytest.fixture(scope="session")
def packed(folder: Path, events: Path) -> Path:
    """Return the same file compressed without loss."""
    rootae.compress(events, folder / "packed.root", family="plain")
    return folder / "packed.root"


@pytest.fixture(scope="session")
def lossy(folder: Path, events: Path) -> Path:
    """Return the same file compressed with the lossy preset."""
    rootae.compress(events, folder / "lossy.root", family="plain", lossy=True)
    return folder / "lossy.root"
