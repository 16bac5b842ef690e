"""Which ROOT the plug-in is for."""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from rootae.errors import MissingDependency

__all__ = ["Installation", "installation", "of_config"]

_ADVICE = "put its root-config on PATH, or pip install 'rootae[root]'"


@dataclass(frozen=True)
class Installation:
    """A ROOT that is there.

    Arguments:
        version: such as ``6.40.00``.
        libraries: the folder of its libraries.
        headers: the folder of its headers.
        flags: what it has a compiler told besides.
        compiler: what it was built with.
    """

    version: str
    libraries: Path
    headers: Path
    flags: tuple[str, ...] = ("-std=c++17",)
    compiler: str = "c++"


def installation() -> Installation:
    """Return the ROOT that programs on PATH use, or else Python's.

    Raises:
        MissingDependency: there is none.
    """
    for config in (_on_path(), _of_python()):
        if config is not None:
            return of_config(config)
    msg = f"the plug-in needs ROOT: {_ADVICE}"
    raise MissingDependency(msg)


def of_config(config: Path) -> Installation:
    """Return what a program `root-config` tells.

    Raises:
        MissingDependency: its headers are not there.
    """
    told = ["--version", "--incdir", "--libdir", "--cflags", "--cxx"]
    version, headers, libraries, flags, compiler = (_told(config, option) for option in told)
    home = config.resolve().parent.parent
    found = Path(headers)
    if not (found / "RVersion.h").is_file():  # as the one in ROOT's wheel tells of another place
        found, libraries = home / "include", str(home / "lib")
    if not (found / "RVersion.h").is_file():
        msg = f"{config}: the headers of this ROOT are not there: {_ADVICE}"
        raise MissingDependency(msg)
    own = tuple(f for f in shlex.split(flags) if not f.startswith("-I"))
    place = Path(libraries).resolve()
    return Installation(version.replace("/", "."), place, found, own, compiler or "c++")


def _told(config: Path, option: str) -> str:
    done = subprocess.run([config, option], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _on_path() -> Path | None:
    home = os.environ.get("ROOTSYS")
    beside = Path(home) / "bin" / "root-config" if home else None
    if beside is not None and beside.is_file():
        return beside
    found = shutil.which("root-config")
    return Path(found) if found else None


def _of_python() -> Path | None:
    """Return that of ROOT's wheel, which is in the package."""
    spec = importlib.util.find_spec("ROOT")
    if spec is None or spec.origin is None:
        return None
    found = Path(spec.origin).parent / "bin" / "root-config"
    return found if found.is_file() else None
