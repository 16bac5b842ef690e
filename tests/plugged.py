"""ROOT with its plug-in: programs that have it, run in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

import pytest
from samples import write_events

import rootae
from rootae.rootio.plugin.installation import Installation, installation
from rootae.rootio.plugin.loading import VARIABLE

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["interpreted", "python", "root_of", "three_blocks"]


def root_of() -> Installation:
    """Return the ROOT that the plug-in is built for."""
    return installation()


def three_blocks(folder: Path, entries: int) -> Path:
    """Write events.root, and the same one in three blocks as small.root; return their folder."""
    write_events(folder / "events.root", entries=entries)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rootae.source.tree.ROWS_AT_MOST", entries // 3)
        rootae.compress(folder / "events.root", folder / "small.root", family="plain")
    return folder


def interpreted(plugin: Path, macro: Path, folder: Path) -> CompletedProcess[str]:
    """Run a macro by root.exe, the plug-in loaded by the line that `rootae root` prints."""
    binaries = installation().libraries.parent / "bin"
    line = f'gSystem->Load("{plugin}");'
    command = [binaries / "root.exe", "-l", "-b", "-q", "-e", line, macro]
    return _run([str(word) for word in command], folder)


def python(code: str, folder: Path, *arguments: object, **variables: str) -> CompletedProcess[str]:
    """Run Python that loads the plug-in by itself where it is built."""
    command = [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)]
    return _run(command, folder, **{VARIABLE: "on", **variables})


def _run(command: list[str], folder: Path, **variables: str) -> CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **variables},
    )
