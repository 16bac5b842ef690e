"""The process that has ROOT at hand: each job is done in a copy of it, which takes milliseconds.

ROOT needs seconds to start, to read its headers and to compile what Python calls for the first
time. ``python -m rootae.rootio.process.serving DESCRIPTOR [IDLE]`` reads one message a job from a
socket, with four open files: standard input, output and error of the job, and where its end is
told.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
import threading
import traceback
from collections import Counter
from importlib import import_module
from typing import Any

__all__ = ["FILES", "IDLE", "LONGEST", "main", "serve"]

FILES = 4
IDLE = 60.0  # seconds after which a process that nobody asks ends
LONGEST = 1 << 16  # bytes of a message


def serve(asked: socket.socket, idle: float = IDLE) -> None:
    """Do jobs until nobody is left who could send any, or nobody does for a while.

    Arguments:
        asked: gives messages ``{"worker": module, "folder": path, "changed": variables}``. The
            module's ``prepare`` is called here, with how often it has been asked before, and its
            ``main`` in the copy, in that folder and with those variables of the environment.
        idle: seconds after which it is over where no message comes.
    """
    asked.settimeout(idle)
    seen = Counter[str]()
    while True:
        try:
            message, files, _, _ = socket.recv_fds(asked, LONGEST, FILES)
        except TimeoutError:
            return
        if not message:
            return
        job = json.loads(message)
        worker = import_module(job["worker"])
        with contextlib.suppress(Exception):  # the job itself fails then, and says why
            worker.prepare(seen[job["worker"]])
        seen[job["worker"]] += 1
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ROOT sets its own; nobody waits
        if not os.fork():
            asked.close()
            _see_to_it(worker, job, files)
        for descriptor in files:
            os.close(descriptor)


def _see_to_it(worker: Any, job: dict[str, Any], files: list[int]) -> None:
    """Fork once more, tell the number of the process that does the job, and how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    own = os.fork()
    if not own:
        _do(worker, job, files)
    threading.Thread(target=_kill_unheard, args=(own, files[3]), daemon=True).start()
    with contextlib.suppress(BrokenPipeError):
        os.write(files[3], b"%d\n" % own)
        _, status = os.waitpid(own, 0)
        os.write(files[3], b"%d\n" % os.waitstatus_to_exitcode(status))
        os._exit(0)
    os.kill(own, signal.SIGKILL)
    os._exit(0)


def _kill_unheard(number: int, told: int) -> None:
    """End a job once nobody listens to its end: who asked was interrupted, or ended."""
    listening = select.poll()
    listening.register(told, 0)  # what is told of a pipe is told unasked: nobody has its other end
    listening.poll()
    os.kill(number, signal.SIGKILL)


def _do(worker: Any, job: dict[str, Any], files: list[int]) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, descriptor in enumerate(files[:3]):
        os.dup2(descriptor, number)
    for descriptor in files:
        os.close(descriptor)
    try:
        os.chdir(job["folder"])
        for name, value in job["changed"].items():
            os.environ[name] = value or ""
            if value is None:
                del os.environ[name]
        worker.main()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def main() -> None:
    """Have ROOT at hand, and serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked decides what becomes of jobs
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        serve(asked, *map(float, sys.argv[2:]))
    os._exit(0)


if __name__ == "__main__":
    main()
