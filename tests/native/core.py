"""The native core's test surface, built once a process."""

from __future__ import annotations

import ctypes
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

__all__ = ["CORRUPT", "library"]

SOURCES = Path(__file__).parents[2] / "native"
CORRUPT = 1  # what a function returns where bytes are not as the format says, else 0


@functools.cache
def _built() -> tempfile.TemporaryDirectory[str]:
    """Return the folder of the build, which goes as the process ends."""
    folder = tempfile.TemporaryDirectory(prefix="rootae-native-")
    build = ["--build", folder.name, "-t", "rootae_surface"]
    for step in (["-S", SOURCES, "-B", folder.name], build):
        done = subprocess.run(["cmake", *step], capture_output=True, text=True, check=False)
        assert not done.returncode, done.stdout + done.stderr
    return folder


@functools.cache
def library() -> ctypes.CDLL:
    """Return the library, or skip the test that asks."""
    if not shutil.which("cmake") or not (shutil.which("c++") or shutil.which("g++")):
        pytest.skip("cmake or a C++ compiler is not here")
    (path,) = Path(_built().name).glob("*rootae_surface.*")
    return ctypes.CDLL(str(path))
