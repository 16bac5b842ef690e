"""Processes that work on several files at a time, and end when this one does."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from multiprocessing.connection import Pipe, wait
from typing import TYPE_CHECKING, Any

from rootae.cli.signals import deferred
from rootae.dataset.failure import Failure
from rootae.paths import leftovers
from rootae.progress import Told

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

__all__ = ["results"]

# threads of this process, such as those of onnxruntime, would not survive a fork
_CODE = (
    "import sys; sys.path[:] = sys.argv[3:]; from rootae.cli.worker import serve; "
    "serve(int(sys.argv[1]), sys.argv[2])"
)
_PATIENCE = 0.5  # seconds that processes have to remove what they had begun
_POLL = 0.005


class _Worker:
    """One process, in a group of its own: Ctrl-C at a terminal goes past it and its children."""

    def __init__(self) -> None:
        self.token = f"{leftovers.token}{secrets.token_hex(8)}"  # this process's own, and more
        self.pipe, there = Pipe()
        self.number = -1
        self.target: Path | None = None
        command = [sys.executable, "-c", _CODE, str(there.fileno()), self.token, *sys.path]
        with there:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[there.fileno()],
                process_group=0,
            )

    def give(self, number: int, work: Callable[..., Any], source: Any, target: Path | None) -> None:
        """Ask for one piece of work."""
        self.number, self.target = number, target
        with contextlib.suppress(OSError):  # it is gone: `result` finds out
            self.pipe.send((work, source, target))

    def result(self) -> Any:
        """Return what the work returned, or a failure; or how far it is."""
        try:
            return self.pipe.recv()
        except (EOFError, OSError):
            self.end(time.monotonic() + _PATIENCE)
            return Failure("ProcessEnded", f"its process was ended{self._reason()}")

    @property
    def is_over(self) -> bool:
        """Say whether the process has ended.

        `Popen.wait` would hold a lock that a second Ctrl-C, in this same thread, would wait for.
        """
        if self._process.returncode is None:
            with contextlib.suppress(ChildProcessError):
                pid, status = os.waitpid(self._process.pid, os.WNOHANG)
                if pid:
                    self._process.returncode = os.waitstatus_to_exitcode(status)
        return self._process.returncode is not None

    def _reason(self) -> str:
        """Say which signal ended the process, if one did."""
        code = -(self._process.returncode or 0)
        memory = ": is there enough memory? -j 1 takes less" if code == signal.SIGKILL else ""
        return f" by {signal.Signals(code).name}{memory}" if code in set(signal.Signals) else ""

    def end(self, deadline: float) -> None:
        """End the process and its children, and remove what they had begun.

        Arguments:
            deadline: on the monotonic clock; until then the process may do so itself.
        """
        self.pipe.close()
        while not self.is_over and time.monotonic() < deadline:
            time.sleep(_POLL)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        while not self.is_over:
            time.sleep(_POLL)
        if self.target is not None:
            leftovers.remove(self.target, self.token)


class _Team:
    """All processes, and the work that waits.

    Arguments:
        work: takes an input, an output and `progress`.
        found: inputs and outputs.
        hear: takes the number of a pair, and how far it is.
    """

    def __init__(
        self,
        work: Callable[..., Any],
        found: Sequence[tuple[Any, Any]],
        hear: Callable[[int, Told], None],
    ) -> None:
        self._work, self._hear = work, hear
        self._waiting = list(enumerate(found))[::-1]
        self._workers: list[_Worker] = []

    def add(self) -> None:
        """Start a process, with the next piece of work."""
        with deferred():
            worker = _Worker()
            self._workers.append(worker)
        self._give(worker)

    def _give(self, worker: _Worker) -> None:
        number, pair = self._waiting.pop()
        worker.give(number, self._work, *pair)

    def results(self) -> Generator[tuple[int, Any], None, None]:
        """Yield what comes back, and keep all processes busy."""
        while self._workers:
            ready = wait([w.pipe for w in self._workers])
            for worker in [w for w in self._workers if w.pipe in ready]:
                number, result = worker.number, worker.result()
                if isinstance(result, Told):
                    self._hear(number, result)
                    continue
                self._go_on(worker)
                yield number, result

    def _go_on(self, worker: _Worker) -> None:
        if worker.pipe.closed or not self._waiting:
            worker.end(time.monotonic() + _PATIENCE)
            self._workers.remove(worker)
            if self._waiting:
                self.add()
        else:
            self._give(worker)

    def end(self) -> None:
        """End all processes."""
        for worker in self._workers:  # all of them, before any is waited for
            worker.pipe.close()
        deadline = time.monotonic() + _PATIENCE
        for worker in self._workers:
            worker.end(deadline)


def _unheard(_number: int, _told: Told) -> None:
    """Take no notice of how far a file is."""


def results(
    work: Callable[..., Any],
    found: Sequence[tuple[Any, Any]],
    jobs: int,
    hear: Callable[[int, Told], None] = _unheard,
) -> Generator[tuple[int, Any], None, None]:
    """Call a function on inputs and outputs in processes of their own.

    Arguments:
        work: takes an input, an output and `progress`.
        found: inputs and outputs.
        jobs: how many at a time.
        hear: takes the number of a pair, and how far it is.

    Yields:
        The number of the pair, and what the function returned or a `Failure`, as they come.
    """
    team = _Team(work, found, hear)
    with leftovers.undone(team.end):
        for _ in range(min(jobs, len(found))):
            team.add()
        yield from team.results()
