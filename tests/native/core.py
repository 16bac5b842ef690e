"""The native core's test surface: plain C functions, built once and called through ctypes."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import tempfile
from ctypes import CDLL
from pathlib import Path

import pytest

__all__ = ["CORRUPT", "surface"]

CORRUPT = 1  # what a function returns where bytes are not as the format says, else 0
_SOURCES = Path(__file__).parents[2] / "native"


@functools.cache
def surface() -> CDLL:
    """Return the library, or skip the test where it cannot be built.

    It is built in a folder of its own, or in that which ROOTAE_NATIVE_BUILD names.
    """
    compiler = os.environ.get("CXX") or shutil.which("c++") or shutil.which("g++")
    if shutil.which("cmake") is None or compiler is None:
        pytest.skip("the native core needs cmake and a C++ compiler")
    folder = os.environ.get("ROOTAE_NATIVE_BUILD")
    if folder is None:
        folder = tempfile.mkdtemp(prefix="rootae-native-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for command in (
        ["-S", str(_SOURCES), "-B", folder],
        ["--build", folder, "-t", "rootae_surface"],
    ):
        done = subprocess.run(["cmake", *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return CDLL(str(Path(folder) / "librootae_surface.so"))
