"""The C++ compiler that builds the plug-in."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass

from rootae.errors import MissingDependency

__all__ = ["Compiler", "compiler"]


@dataclass(frozen=True)
class Compiler:
    """A C++ compiler.

    Arguments:
        command: how it is called.
        version: the first line of what it says of itself.
    """

    command: tuple[str, ...]
    version: str


def compiler(preferred: str) -> Compiler:
    """Return the compiler to take: what CXX says, or else ROOT's own, or else another one.

    Arguments:
        preferred: the command that ROOT was built with.

    Raises:
        MissingDependency: there is none.
    """
    asked = os.environ.get("CXX")
    for words in (asked,) if asked else (preferred, "c++", "g++", "clang++"):
        command = tuple(shlex.split(words))
        if command and shutil.which(command[0]) and (version := _version(command)):
            return Compiler(command, version)
    where = f"CXX says {asked}, which is not there" if asked else "there is none on PATH"
    msg = (
        f"the plug-in for ROOT is built by a C++ compiler, and {where}: install one, such as g++; "
        "without, rootae decompress makes files that any ROOT reads"
    )
    raise MissingDependency(msg)


def _version(command: tuple[str, ...]) -> str:
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    return "" if done.returncode else done.stdout.partition("\n")[0].strip()
