"""Python with ROOT in a process of its own; a server has it at hand, so that no test waits."""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import sys
from pathlib import Path

from rootae.rootio.process.server import Server

__all__ = ["HERE", "SERVER", "main", "prepare", "script"]

TESTS = Path(__file__).parent
HERE = {"PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")]).strip(":")}
SERVER = Server(HERE)


def script(code, *arguments):
    """Run Python that has `ROOT` and `sys`, and return the process as it ended."""
    return SERVER.run(__name__, json.dumps([code, *map(str, arguments)]))


def prepare(_times):
    """Start ROOT."""
    import ROOT

    return ROOT.gROOT


def main():
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
