"""Seconds: medians of several runs, on one core, of several jobs in turn."""

from __future__ import annotations

import contextlib
import gc
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

Job = Callable[[], object]  # what is timed
LONG = 30.0  # seconds after which no further run of a job is begun


def timed(run: Job, runs: int) -> float:
    """Return the median of wall seconds."""
    seconds: list[float] = []
    while len(seconds) < runs and sum(seconds) < LONG:
        seconds.append(once(run))
    return statistics.median(seconds)


def once(run: Job) -> float:
    """Return the wall seconds of one run."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Pin all threads of this process to a single core, and have it forget old objects.

    Python looks through all objects once in a while, those of earlier work too.
    """
    cores = os.sched_getaffinity(0)
    gc.collect()
    gc.freeze()

    def pin(to: set[int]) -> None:
        for thread in Path("/proc/self/task").iterdir():
            with contextlib.suppress(ProcessLookupError):
                os.sched_setaffinity(int(thread.name), to)

    pin({max(cores)})
    try:
        yield
    finally:
        pin(cores)
        gc.unfreeze()


def on_one_core(run: Job, runs: int) -> float:
    """Time something on a single core, after a run that is not counted."""
    with one_core():
        run()
        return timed(run, runs)


def side_by_side(jobs: Mapping[str, Job], runs: int) -> dict[str, float]:
    """Time several jobs on a single core, one run of each in turn, after one that is not counted.

    A machine that is now quick and now slow is so to all of them.

    Arguments:
        jobs: what to run, by name.
        runs: of each, fewer of what takes long.

    Returns:
        Medians of wall seconds by name.
    """
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    with one_core():
        for run in jobs.values():
            run()
        for _ in range(runs):
            for name, run in jobs.items():
                if sum(seconds[name]) < LONG:
                    seconds[name].append(once(run))
    return {name: statistics.median(some) for name, some in seconds.items()}
