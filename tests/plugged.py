"""ROOT with its plug-in: programs that have it, run in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

import pytest
from samples import PROJECT, write_events

import rootae
from rootae.rootio.plugin.installation import Installation, installation
from rootae.rootio.plugin.loading import VARIABLE

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "compressed",
    "differences",
    "interpreted",
    "printed",
    "python",
    "root_of",
    "three_blocks",
]

SAME = PROJECT / "tests" / "root_plugin" / "same.cxx"


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


def compressed(original: Path, small: Path) -> None:
    """Compress a file, small trees too, as they are with a codec at hand."""
    codec: Path | None = small.with_name(f"{small.stem}-codec.root")
    try:
        rootae.train([original], small.with_name(f"{small.stem}-codec.root"), family="plain")
    except rootae.RootaeError:  # there are no numbers in it
        codec = None
    rootae.compress(original, small, family="plain", backend="root", codec=codec)


def differences(plugin: Path, pairs: list[tuple[Path, Path]], folder: Path) -> list[str]:
    """Return what ROOT says of each pair of an original and its compressed self."""
    lines = [f'same_trees("{original}", "{small}");' for original, small in pairs]
    macro = folder / "compare.C"
    macro.write_text(f'#include "{SAME}"\nvoid compare() {{\n{"".join(lines)}\n}}\n')
    done = interpreted(plugin, macro, folder)
    said = [line for line in done.stdout.splitlines() if "Processing" not in line]
    assert done.returncode == 0, done.stderr[-2000:]
    return [line for line in said if "difference" in line or ": " in line]


def printed(plugin: Path, macro: Path, call: str, folder: Path) -> list[str]:
    """Return what a call prints that is left to a macro of its own."""
    caller = folder / "call.C"
    caller.write_text(f'#include "{macro}"\nvoid call() {{ {call}; }}\n')
    done = interpreted(plugin, caller, folder)
    assert done.returncode == 0, done.stderr[-2000:]
    return [line for line in done.stdout.splitlines() if "Processing" not in line]


def interpreted(plugin: Path | None, macro: Path, folder: Path) -> CompletedProcess[str]:
    """Run a macro by root.exe, the plug-in loaded by the line that `rootae root` prints, if any."""
    binaries = installation().libraries.parent / "bin"
    line = ["-e", f'gSystem->Load("{plugin}");'] if plugin else []
    command = [binaries / "root.exe", "-l", "-b", "-q", *line, macro]
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
