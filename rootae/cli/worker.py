"""A process that does what comes through a pipe, see `rootae.cli.workers`."""

from __future__ import annotations

import os
import queue
import signal
import threading
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from rootae.codec import threads
from rootae.dataset.failure import failure_of
from rootae.paths import leftovers, targets
from rootae.progress import Telling

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

__all__ = ["serve"]

_EVERY = 0.2  # seconds between what is told of one file


def serve(descriptor: int, token: str, processes: int) -> None:
    """Call functions that come through a pipe and send back what they return, until it closes.

    Before that, they tell how far they are, see `rootae.progress.Told`.
    When the other end closes, whatever is under way ends at once, without a trace.

    Arguments:
        descriptor: of the pipe.
        token: what this process's temporary folders are named after.
        processes: how many of these work at a time.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other end hears it, and decides
    signal.signal(signal.SIGTERM, _end)
    leftovers.token = token
    threads.share(processes)
    pipe = Connection(descriptor)
    asked: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, asked), daemon=True).start()
    send = _sender(pipe)
    progress = Telling(send, _EVERY)
    while True:
        work, *arguments = asked.get()
        targets.forget()
        try:
            found = work(*arguments, progress=progress)
        except Exception as error:
            found = failure_of(error)
        send(found)


def _sender(pipe: Connection) -> Callable[[Any], None]:
    lock = threading.Lock()

    def send(told: Any) -> None:
        with lock:  # whichever thread it is
            pipe.send(told)

    return send


def _listen(pipe: Connection, asked: queue.SimpleQueue[tuple[Any, ...]]) -> None:
    try:
        while True:
            asked.put(pipe.recv())
    except (EOFError, OSError):
        _end()


def _end(_number: int = 0, _frame: FrameType | None = None) -> None:
    leftovers.sweep()
    os._exit(1)
