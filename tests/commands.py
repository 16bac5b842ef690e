"""Commands run as a user runs them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from subprocess import Popen
from typing import Any

from typer.testing import Result

Command = Callable[..., Result]  # runs one in this process
PLAIN = ("--family", "plain")


def spawn(*arguments: object, **options: Any) -> Popen[str]:
    """Start a command in a process of its own, as a terminal would.

    Ctrl-C is given back its meaning first: a shell's background jobs, and so a test run among
    them, ignore it, and processes inherit that.
    """
    code = (
        "import signal, sys; from rootae.cli import main; sys.argv[0] = 'rootae'; "
        "signal.signal(signal.SIGINT, signal.default_int_handler); main()"
    )
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def refused(result: Result, code: int, *phrases: str) -> bool:
    """Hold an error against what the user is promised: one line, a code, no traceback."""
    lines = result.stderr.strip().splitlines()
    assert result.exit_code == code, result.stderr
    assert len(lines) == 1
    assert lines[0].startswith("rootae: ")
    for phrase in phrases:
        assert phrase in lines[0]
    assert result.stdout == ""
    return True
