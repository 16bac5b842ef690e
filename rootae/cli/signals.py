"""What Ctrl-C and a request to end do: the first one unwinds, a second one ends at once."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING

from rootae.paths import leftovers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["deferred", "exit_code", "ignore", "listen"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_caught: list[int] = []
_deferred: list[None] = []  # one for each block that a first signal waits for


def listen() -> None:
    """Turn signals into `KeyboardInterrupt`, but those that whoever started this ignores."""
    _caught.clear()
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def exit_code() -> int | None:
    """Return what the process ends with after a signal, as shells have it, or None."""
    return 128 + _caught[0] if _caught else None


def ignore() -> None:
    """Hear no more signals: Python, as it ends, would give them back their deadly meaning."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """Let a first signal wait for the end of a block."""
    before = len(_caught)
    _deferred.append(None)
    try:
        yield
    finally:
        _deferred.pop()
    if len(_caught) > before:
        raise KeyboardInterrupt


def _end(number: int, _frame: FrameType | None) -> None:
    _caught.append(number)
    if len(_caught) > 1:
        leftovers.sweep()
        os.write(2, b"rootae: interrupted\n")
        os._exit(128 + _caught[0])
    if not _deferred:
        raise KeyboardInterrupt
