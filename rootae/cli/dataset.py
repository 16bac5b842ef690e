"""A command over a data set: where it is done, what is said of each file, how it ends."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from rootae.cli import console
from rootae.cli.workers import results
from rootae.dataset.failure import Failure, failure_of
from rootae.dataset.order import Order
from rootae.dataset.outcome import Outcome
from rootae.dataset.run import Engine, run
from rootae.paths.targets import forget, identity
from rootae.progress import LOG
from rootae.summary import log

__all__ = ["carry_out", "exit_after", "working"]


@contextlib.contextmanager
def working(jobs: int, dask: str | None, *, silent: bool) -> Iterator[Engine]:
    """Give what works on files: this process, several, or a cluster.

    Arguments:
        jobs: how many at a time, where there is no cluster.
        dask: the address of a cluster's scheduler.
        silent: show no progress.

    Raises:
        RootaeError: the cluster is not there.
    """
    if dask is None:
        yield _engine_for(jobs, silent=silent)
        return
    from rootae.distributed import connected, engine

    with connected(dask) as client, console.bars(quiet=silent) as progress:
        yield engine(client, progress)


def _engine_for(jobs: int, *, silent: bool) -> Engine:
    """Return what works on files: this process, or several.

    Arguments:
        jobs: how many at a time.
        silent: show no progress.
    """

    def work_on(
        work: Callable[..., Any], found: Sequence[tuple[Any, Any]]
    ) -> Generator[tuple[int, Any], None, None]:
        if jobs > 1 and len(found) > 1:
            yield from _there(work, found, jobs, silent=silent)
        else:
            yield from _here(work, found, silent=silent)

    return work_on


def _there(
    work: Callable[..., Any], found: Sequence[tuple[Any, Any]], jobs: int, *, silent: bool
) -> Generator[tuple[int, Any], None, None]:
    """Work in other processes, which have no log and no terminal."""
    with (
        console.files(len(found), quiet=silent) as files,
        contextlib.closing(
            results(work, found, jobs, lambda i, told: files.hear(str(found[i][0]), i + 1, told))
        ) as each,
    ):
        for number, outcome in each:
            report = getattr(outcome, "report", None)
            if report is not None:
                log(report)
            with files.aside():  # whoever takes it may print
                yield number, outcome
            files.done(str(found[number][0]))


def _here(
    work: Callable[..., Any], found: Sequence[tuple[Any, Any]], *, silent: bool
) -> Generator[tuple[int, Any], None, None]:
    for number, pair in enumerate(found):
        forget()
        try:
            name, place = str(pair[0]), f"{number + 1} of {len(found)}"
            with console.bars(quiet=silent, name=name, place=place) as progress:
                outcome = work(*pair, progress=progress)
        except Exception as error:
            outcome = failure_of(error)
        yield number, outcome


def carry_out(
    order: Order,
    engine: Engine,
    *,
    line: Callable[[Any], None] = console.show_change,
    tolerance: float = 0.0,
    json: bool,
    quiet: bool,
) -> None:
    """Do what an order asks, and print what came of each file.

    An input that fails does not keep others from being done.

    Arguments:
        order: what is asked.
        engine: what works.
        line: prints one of several reports.
        tolerance: the share of files that may fail.
        json: print a list of outcomes as JSON instead.
        quiet: print errors and notes alone.

    Raises:
        typer.Exit: more inputs failed than may.
        KeyboardInterrupt: with what was written.
    """
    told = _Told(order, line, json=json, quiet=quiet)
    before = [identity(target) for target in order.layout.targets]
    try:
        with contextlib.closing(run(order, engine)) as found:  # processes end before this speaks
            for target, outcome in found:
                told.hear(target, outcome)
    except KeyboardInterrupt as error:
        pairs = zip(order.layout.targets, before, strict=True)
        done = sum(identity(target) != was for target, was in pairs)
        if json:
            told.sum_up()
        text = f"{done} of {len(before)} outputs were written"
        raise KeyboardInterrupt(text) from error
    told.sum_up()
    exit_after(told.failures, len(before), tolerance)


def exit_after(failures: Sequence[Failure], files: int, tolerance: float = 0.0) -> None:
    """End the command if more files failed than may.

    Arguments:
        failures: what went wrong.
        files: how many there were.
        tolerance: the share of them that may fail.

    Raises:
        typer.Exit: with the code of the only file, or 1.
    """
    if not failures:
        return
    if len(failures) <= tolerance * files:
        console.note(f"{len(failures)} of {files} files failed: --tolerance lets this pass")
        return
    raise typer.Exit(1 if files > 1 else failures[0].exit_code)


@dataclass
class _Told:
    """What was heard of each file, and is printed."""

    order: Order
    line: Callable[[Any], None]
    json: bool
    quiet: bool
    heard: dict[Path, Outcome | None] = field(default_factory=dict)

    @property
    def failures(self) -> list[Failure]:
        return [o.failure for o in self.heard.values() if o is not None and o.failure is not None]

    def hear(self, target: Path, outcome: Outcome | None) -> None:
        """Print what came of one file."""
        self.heard[target] = outcome
        if outcome is None:
            return
        source = self.sources[target]
        if outcome.failure is not None:
            text = outcome.failure.text
            text = text if source in text else f"{source}: {text}"
            LOG.error("%s", text)
            console.error(text)
            return
        if not self.json and not self.quiet:
            self.line(outcome.report)
        for text in outcome.report.notes:
            console.note(text, source)

    @functools.cached_property
    def sources(self) -> dict[Path, str]:
        paths = (m.path for m in self.order.members)
        return dict(zip(self.order.layout.targets, paths, strict=True))

    def sum_up(self) -> None:
        """Print what came of all."""
        pairs = [(s, t, self._of(t)) for t, s in self.sources.items()]
        if self.json:
            console.print_json([_json(*pair) for pair in pairs])
            return
        left = [s for s, _, o in pairs if o is not None and o.failure is not None]
        reports = [o.report for _, _, o in pairs if o is not None and o.failure is None]
        kept = len(pairs) - len(left) - len(reports)
        if kept:
            console.note(f"{kept} outputs are as the manifest says, and stay as they are")
        if not self.quiet and (left or reports):
            console.show_total(reports, left)

    def _of(self, target: Path) -> Outcome | None:
        return self.heard.get(target, Outcome(failure=Failure("Interrupted", "interrupted", 130)))


def _json(source: str, target: Path, outcome: Outcome | None) -> dict[str, Any]:
    where = {"source": source, "target": str(target)}
    if outcome is None:
        return {"ok": True, "kept": True, **where}
    if outcome.failure is None:
        return {"ok": True, **outcome.report.to_json()}
    error = {"kind": outcome.failure.kind, "message": outcome.failure.text}
    return {"ok": False, **where, "error": error}
