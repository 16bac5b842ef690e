"""Python with ROOT in a process of its own; a server has it at hand, so that no test waits."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import json
import sys
from pathlib import Path

from rootae.backend.server import Server

__all__ = ["SERVER", "main", "prepare", "root_with", "script"]

SERVER = Server({"PYTHONPATH": str(Path(__file__).parent)})


def script(code, *arguments):
    """Run Python that has `ROOT` and `sys`, and return the process as it ended."""
    return SERVER.run(__name__, json.dumps([code, *map(str, arguments)]))


@functools.cache
def root_with(kernels=None):
    """Return ROOT's module, with a file of C++ compiled."""
    import ROOT

    ROOT.gROOT.GetName()  # which starts it
    if kernels and not ROOT.gInterpreter.Declare(f'#include "{kernels}"'):
        msg = "cannot compile"
        raise OSError(msg)
    return ROOT


def prepare(_times):
    """Start ROOT."""
    root_with()


def main():
    """Run a script as Python would."""
    root = root_with()
    code, *sys.argv[1:] = json.loads(sys.stdin.read())
    with contextlib.suppress(SystemExit):
        exec(compile(code, "<script>", "exec"), {"__name__": "__main__", "sys": sys, "ROOT": root})
    atexit._run_exitfuncs()
    root.gROOT.CloseFiles()
    sys.stdout.flush()
    ctypes.CDLL(None).fflush(None)
