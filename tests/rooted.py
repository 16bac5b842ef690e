"""Python with ROOT in a process of its own; a server has it at hand, so that no test waits."""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

from rehearsed import rehearse

from rootae.rootio.process.server import Server

__all__ = ["HERE", "SERVER", "Script", "main", "prepare", "script"]

Script = Callable[..., CompletedProcess[str]]  # runs one, or a program of ROOT's
TESTS = Path(__file__).parent
HERE = {"PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")]).strip(":")}
SERVER = Server(HERE, idle=600.0)  # tests that need it come in groups, minutes apart


def script(code: str, *arguments: object) -> CompletedProcess[str]:
    """Run Python that has `ROOT` and `sys`, and return the process as it ended."""
    done = SERVER.run(__name__, json.dumps([code, *map(str, arguments)]))
    if done is None:
        msg = "ROOT's process ended"
        raise OSError(msg)
    return done


def prepare(times: int) -> None:
    """Start ROOT, and compile what most scripts call for whoever asks a second time."""
    import ROOT

    assert ROOT.gROOT
    if times == 1:
        rehearse(ROOT)


def main() -> None:
    """Run a script as Python would."""
    import ROOT

    code, *sys.argv[1:] = json.loads(sys.stdin.read())
    try:
        exec(compile(code, "<script>", "exec"), {"__name__": "__main__", "sys": sys, "ROOT": ROOT})
    except SystemExit as end:
        if end.code:
            raise
    atexit._run_exitfuncs()
    ROOT.gROOT.CloseFiles()
    sys.stdout.flush()
    ctypes.CDLL(None).fflush(None)
