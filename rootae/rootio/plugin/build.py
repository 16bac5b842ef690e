"""The plug-in, built once."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from rootae.errors import UnsupportedError
from rootae.rootio.plugin import sources
from rootae.rootio.plugin.cache import LIBRARY, place
from rootae.rootio.plugin.compiler import compiler
from rootae.rootio.plugin.installation import Installation, installation

if TYPE_CHECKING:
    from collections.abc import Callable

    from rootae.rootio.plugin.compiler import Compiler

__all__ = ["library"]

_FLAGS = ("-O3", "-g0", "-fPIC", "-pthread", "-ffp-contract=off", "-fvisibility=hidden")
_LIBRARIES = ("Core", "RIO", "Net", "Thread", "Tree", "TreePlayer", "ROOTDataFrame", "ROOTVecOps")


def library(told: Callable[[str], None], root: Installation | None = None) -> Path:
    """Return the plug-in for a ROOT, which is built unless that was done before.

    Arguments:
        told: called with a sentence before something takes long.
        root: for which ROOT; the one that is found where none is given.

    Raises:
        MissingDependency: there is no ROOT, or no compiler.
        UnsupportedError: it cannot be compiled.
    """
    root = root or installation()
    chosen = compiler(root.compiler)
    folder = place(root.version, root.libraries, chosen)
    found = folder / LIBRARY
    if not found.is_file():
        told(f"building the plug-in for ROOT {root.version} by {chosen.version}, once")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".part-", dir=folder.parent) as part:
            _build(root, chosen, Path(part), folder)
            _appear(Path(part), folder)
    return found


def _build(root: Installation, chosen: Compiler, part: Path, folder: Path) -> None:
    """Compile all files side by side and link them; `folder` is where it is going to be."""
    made = part / "made"
    shutil.copytree(sources.headers(), made / "include")
    own = sources.folder()
    flags = [*root.flags, *_FLAGS, "-DROOTAE_INSIDE", f'-DROOTAE_HEADERS="{folder / "include"}"']
    places = [f"-I{own / 'include'}", f"-I{own / 'src'}", f"-I{own / 'root'}"]
    places += ["-isystem", str(root.headers)]
    objects = {unit: part / f"{number}.o" for number, unit in enumerate(sources.units())}

    def compiled(unit: Path) -> None:
        _run(chosen, [*flags, *places, "-c", str(unit), "-o", str(objects[unit])], unit)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(compiled, objects))
    ends = [f"-L{root.libraries}", f"-Wl,-rpath,{root.libraries}"]
    ends += [f"-l{name}" for name in _LIBRARIES]
    target = made / LIBRARY
    linked = ["-shared", "-pthread", *map(str, objects.values()), *ends, "-o", str(target)]
    _run(chosen, linked, target)


def _run(chosen: Compiler, words: list[str], what: Path) -> None:
    command = [*chosen.command, *words]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        lines = done.stderr.splitlines()
        said = next((line for line in lines if "error" in line), lines[-1] if lines else "nothing")
        msg = f"{what.name}: the compiler cannot build the plug-in for ROOT: {said.strip()}"
        raise UnsupportedError(msg)


def _appear(part: Path, folder: Path) -> None:
    """Move what was built to its place, unless somebody was quicker."""
    made = part / "made"
    try:
        made.rename(folder)
    except OSError:
        if (folder / LIBRARY).is_file():
            return
        folder.rename(part / "left")  # of one whose library somebody removed
        made.rename(folder)
