"""How many threads code and decode a file's blocks."""

from __future__ import annotations

import os

from rootae.errors import ArgumentError

__all__ = ["VARIABLE", "cores", "share", "threads_of"]

VARIABLE = "ROOTAE_THREADS"  # for reading through plain uproot, which takes no option of rootae's
_AT_MOST = 1024
_processes = 1


def threads_of(threads: int | None = None) -> int:
    """Return how many threads are asked for: by a caller, else by the environment, else one.

    Arguments:
        threads: at least 1; None for what ``ROOTAE_THREADS`` says.

    Raises:
        ArgumentError: it is no such number.

    Example:
        >>> threads_of(2)
        2
    """
    said = threads if threads is not None else os.environ.get(VARIABLE) or 1
    try:
        number = int(said)
    except ValueError:
        number = 0
    if not 1 <= number <= _AT_MOST:
        name = "threads" if threads is not None else VARIABLE
        msg = f"{name} is {said!r}: give a number of threads from 1 to {_AT_MOST}"
        raise ArgumentError(msg)
    return number


def share(processes: int) -> None:
    """Let this process be one of several that work at a time, and share the processors.

    Arguments:
        processes: how many there are.
    """
    global _processes
    _processes = processes


def cores() -> int:
    """Return how many processors this process may use: its share, where it is one of several."""
    if hasattr(os, "sched_getaffinity"):
        there = len(os.sched_getaffinity(0))
    else:
        there = os.cpu_count() or 1
    return max(there // _processes, 1)
