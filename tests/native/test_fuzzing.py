"""Fuzzers of the native core take what they begin with, and changes of it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from native.core import program

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

ROUNDS = {"block": 200, "directory": 4000, "network": 2000, "plan": 200, "stream": 500}


@pytest.fixture(scope="module")
def inputs() -> dict[str, list[bytes]]:
    """Return what each fuzzer begins with."""
    pytest.importorskip("onnx", reason="onnx is not installed")
    from native.seeds import seeds

    return seeds()


@pytest.mark.parametrize("name", [*ROUNDS])
def test_inputs_and_changes_of_them(
    name: str, inputs: dict[str, list[bytes]], tmp_path: Path
) -> None:
    paths = [tmp_path / str(i) for i in range(len(inputs[name]))]
    for path, data in zip(paths, inputs[name], strict=True):
        path.write_bytes(data)
    command = [str(program(f"fuzz_{name}")), f"-rounds={ROUNDS[name]}", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
