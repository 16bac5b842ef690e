"""Jobs for ROOT, one after the other or at once, to a process that has it at hand."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

from rootae.paths import leftovers
from rootae.rootio.process.serving import FILES, IDLE

__all__ = ["SERVER", "Server"]

_COMMAND = (sys.executable, "-P", "-W", "ignore", "-m", "rootae.rootio.process.serving")


class _Process:
    """A process that does a job; the system may give its number to another one when it is over."""

    def __init__(self, number: int) -> None:
        self._number = number
        self.is_over = False

    def kill(self) -> None:
        if not self.is_over:
            self.is_over = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._number, signal.SIGKILL)


class Server:
    """A process that has ROOT at hand, started when it is first asked, and again when it has ended.

    Arguments:
        environment: variables that it gets besides those of this process.
        idle: seconds after which it ends where nobody asks.
    """

    def __init__(self, environment: dict[str, str] | None = None, idle: float = IDLE) -> None:
        self._more = dict(environment or {})
        self.idle = idle
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._owner = 0  # the process that started it: others may be copies of that one
        self._environment: dict[str, str] = {}

    def run(self, worker: str, asked: str) -> subprocess.CompletedProcess[str] | None:
        """Have a job done, and wait for its end.

        Arguments:
            worker: the module whose ``main`` does it, see `serving.serve`.
            asked: what it reads from standard input.

        Returns:
            What it wrote, and how it ended; None if the process that has ROOT ended first.
        """
        with contextlib.ExitStack() as open_files:
            files = [open_files.enter_context(tempfile.TemporaryFile()) for _ in range(FILES - 1)]
            files[0].write(asked.encode())
            files[0].seek(0)
            end, told = (open_files.enter_context(f) for f in _pipe())
            descriptors = [f.fileno() for f in (*files, told)]
            try:
                with self._lock:
                    running = self._running()
                    changed = self._changed()
                    job = {"worker": worker, "folder": str(Path.cwd()), "changed": changed}
                    socket.send_fds(running, [json.dumps(job).encode()], descriptors)
            except OSError:
                return None
            told.close()
            number = end.readline()
            if not number:
                return None
            process = _Process(int(number))
            with leftovers.undone(process.kill):
                status = end.readline()
                process.is_over = True
            written = [_text(f) for f in files[1:]]
            return subprocess.CompletedProcess(worker, int(status or -signal.SIGKILL), *written)

    def close(self) -> None:
        """End the process; jobs under way go on to their end."""
        if self._socket is not None and self._owner == os.getpid():
            self._socket.close()
            if self._process is not None:
                self._process.wait()
        self._socket = self._process = None

    def _running(self) -> socket.socket:
        is_up = self._process is not None and self._process.poll() is None
        is_own = self._owner == os.getpid() and not any(map(_is_of_start, self._changed()))
        if is_up and is_own and self._socket is not None:
            return self._socket
        self.close()
        self._owner, self._environment = os.getpid(), {**os.environ, **self._more}
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(
                [*_COMMAND, str(number), str(self.idle)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[number],
                env=self._environment,
            )
        return self._socket

    def _changed(self) -> dict[str, str | None]:
        """Return variables that are not what they were when the process was started."""
        now, before = {**os.environ, **self._more}, self._environment
        return {n: now.get(n) for n in now | before if now.get(n) != before.get(n)}


def _is_of_start(name: str) -> bool:
    """Say whether Python, ROOT or the loader of libraries look at a variable as they start."""
    return name.startswith(("CLING", "CPPYY", "DYLD", "LD_", "PATH", "PYTHON", "ROOT"))


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    end, told = os.pipe()
    return os.fdopen(end, "rb"), os.fdopen(told, "wb")


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


SERVER = Server()
atexit.register(SERVER.close)
