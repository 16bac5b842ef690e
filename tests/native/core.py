"""The native core and its test surface: built once for all processes, called through ctypes."""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
from ctypes import CDLL
from pathlib import Path

import pytest

__all__ = ["CORRUPT", "library", "program", "surface"]

CORRUPT = 1  # what a function returns where bytes are not as the format says, else 0
_SOURCES = Path(__file__).parents[2] / "native"


def surface() -> CDLL:
    """Return what tests call of the core's parts, or skip the test where it cannot be built."""
    return _built("rootae_surface")


def library() -> CDLL:
    """Return the core as others load it, or skip the test."""
    return _built("rootae")


def program(name: str) -> Path:
    """Return a program, or skip the test."""
    return _made(name) / name


@functools.cache
def _folder() -> Path:
    """Return where `make native` builds the core, too."""
    compiler = os.environ.get("CXX") or shutil.which("c++") or shutil.which("g++")
    if shutil.which("cmake") is None or compiler is None:
        pytest.skip("the native core needs cmake and a C++ compiler")
    folder = _SOURCES.parent / "build" / "native" / "sanitize-OFF"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@functools.cache
def _built(target: str) -> CDLL:
    return CDLL(str(_made(target) / f"lib{target}.so"))


def _made(target: str) -> Path:
    """Build a target, and return the folder that it is in."""
    folder = _folder()
    with (folder.parent / "lock").open("w") as lock:  # another process of pytest builds it too
        fcntl.flock(lock, fcntl.LOCK_EX)
        _run(
            "-S",
            str(_SOURCES),
            "-B",
            str(folder),
            "-D",
            "ROOTAE_SANITIZE=OFF",
            "-D",
            "ROOTAE_ROOT=OFF",
        )
        _run("--build", str(folder), "-t", target, "--parallel", "2")
    return folder


def _run(*command: str) -> None:
    done = subprocess.run(["cmake", *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
