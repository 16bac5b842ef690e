"""The native core as a library that tests call by ctypes, built once a session."""

from __future__ import annotations

import ctypes
import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

__all__ = ["surface"]

_SOURCE = Path(__file__).parents[2] / "native"


@functools.cache
def surface() -> ctypes.CDLL:
    """Build and load the functions of native/test/surface_*.cpp; skip where that cannot be."""
    built = os.environ.get("ROOTAE_SURFACE")  # a library that is there already
    if built:
        return ctypes.CDLL(built)
    lacking = [tool for tool in ("cmake", "c++") if shutil.which(tool) is None]
    if lacking:
        pytest.skip(f"the native core is not built here: no {' and no '.join(lacking)}")
    folder = tempfile.TemporaryDirectory(prefix="rootae-native-")
    _KEPT.append(folder)
    steps = [
        ["-S", str(_SOURCE), "-B", folder.name],
        ["--build", folder.name, "--target", "rootae_surface"],
    ]
    for step in steps:
        subprocess.run(["cmake", *step], check=True, capture_output=True)
    return ctypes.CDLL(str(Path(folder.name) / "librootae_surface.so"))


_KEPT: list[tempfile.TemporaryDirectory[str]] = []
