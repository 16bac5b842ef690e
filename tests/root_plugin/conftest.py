"""The plug-in, built once a machine for these sources, this ROOT and this compiler."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from samples import PROJECT

import rootae
from rootae.errors import MissingDependency
from rootae.rootio.plugin.build import library

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def plugin() -> Path:
    """Return the plug-in, or skip."""
    try:
        return library(lambda _: None)
    except MissingDependency as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def muons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the tutorial's file, events.root, and the same one as small.root."""
    folder = tmp_path_factory.mktemp("muons")
    shutil.copy(PROJECT / "docs" / "simulate.py", folder)
    subprocess.run([sys.executable, "simulate.py", "events.root"], cwd=folder, check=True)
    rootae.compress(folder / "events.root", folder / "small.root", family="plain")
    return folder
