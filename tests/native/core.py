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

__all__ = ["CORRUPT", "library", "surface"]

CORRUPT = 1  # what a function returns where bytes are not as the format says, else 0
_SOURCES = Path(__file__).parents[2] / "native"


def surface() -> CDLL:
    """Return what tests call of the core's parts, or skip the test where it cannot be built."""
    return _built("rootae_surface")


def library() -> CDLL:
    """Return the core as others load it, or skip the test."""
    return _built("rootae")


@functools.cache
def _folder() -> str:
    """Return where the core is built: a folder of its own, or what ROOTAE_NATIVE_BUILD names."""
    compiler = os.environ.get("CXX") or shutil.which("c++") or shutil.which("g++")
    if shutil.which("cmake") is None or compiler is None:
        pytest.skip("the native core needs cmake and a C++ compiler")
    folder = os.environ.get("ROOTAE_NATIVE_BUILD")
    if folder is None:
        folder = tempfile.mkdtemp(prefix="rootae-native-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _run("-S", str(_SOURCES), "-B", folder)
    return folder


@functools.cache
def _built(target: str) -> CDLL:
    _run("--build", _folder(), "-t", target)
    return CDLL(str(Path(_folder()) / f"lib{target}.so"))


def _run(*command: str) -> None:
    done = subprocess.run(["cmake", *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
