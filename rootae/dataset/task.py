"""One file of a data set, from its input to what is written down of it; runs in any process."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.dataset.checksum import checksum
from rootae.dataset.failure import failure_of
from rootae.dataset.outcome import Outcome, contents
from rootae.paths import leftovers, targets

if TYPE_CHECKING:
    from collections.abc import Callable

    from rootae.dataset.held import Held
    from rootae.dataset.member import Member
    from rootae.dataset.record import Record
    from rootae.progress import Progress

__all__ = ["Piece", "Reading", "Task", "check"]

_ALONE = threading.Lock()  # ROOT's process, and what is counted as written, are a process's own


@dataclass(frozen=True)
class Piece:
    """One file that is to be done.

    Arguments:
        member: the input.
        force: the output may be replaced: the run claimed it.
        stale: runs that may have left something half done.
        record: what a manifest says of it.
    """

    member: Member
    force: bool = False
    stale: tuple[str, ...] = ()
    record: Record | None = None

    def __str__(self) -> str:
        return self.member.path


@dataclass(frozen=True)
class Task:
    """Does what is asked to one file, and looks at what was written.

    Arguments:
        work: takes an input, an output, ``force`` and ``progress``; returns a report.
        options: its further arguments by name.
        run: names the run: whoever began the same output for it is gone.
    """

    work: Callable[..., Any]
    options: dict[str, Any] = field(default_factory=dict)
    run: str = ""

    def __call__(self, piece: Piece, target: Path, progress: Progress | None = None) -> Outcome:
        """Do one file; what goes wrong is a part of what is returned.

        Arguments:
            piece: the input.
            target: the output; folders on the way to it are made.
            progress: told about phases.
        """
        return _outcome(lambda: self._done(piece, target, progress))

    def _done(
        self, piece: Piece, target: Path, progress: Progress | None
    ) -> tuple[Any, dict[str, Any]]:
        """Return the report, and the facts of input and output."""
        for run in filter(None, (self.run, *piece.stale)):
            leftovers.remove(target, run)
        target.parent.mkdir(parents=True, exist_ok=True)
        path, options = piece.member.path, dict(self.options)
        report = self.work(path, target, force=piece.force, progress=progress, **options)
        source = Path(piece.member.file)
        sums = {
            "input_bytes": source.stat().st_size, "input_adler32": checksum(source),
            "output_bytes": target.stat().st_size, "output_adler32": checksum(target),
        }  # fmt: skip
        return report, sums | contents(target, piece.member)


@dataclass(frozen=True)
class Reading:
    """Reads files and tells what was found, without an output.

    Arguments:
        work: takes names of files, and ``progress``; returns a report.
        options: its further arguments by name.
        names: which files it takes, in this order: ``file``, ``original``.
    """

    work: Callable[..., Any]
    options: dict[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ("file", "original")

    def __call__(self, held: Held, _target: None, progress: Progress | None = None) -> Outcome:
        """Read a file, and its original; what goes wrong is a part of what is returned.

        Arguments:
            held: the files.
            progress: told about phases.
        """
        names = [getattr(held, name) for name in self.names]
        return _outcome(lambda: (self.work(*names, progress=progress, **self.options), {}))


def _outcome(do: Callable[[], tuple[Any, dict[str, Any]]]) -> Outcome:
    """Do one file at a time in this process; what goes wrong is a part of what is returned.

    Arguments:
        do: returns a report and facts.
    """
    start = time.perf_counter()
    with _ALONE:
        targets.forget()
        try:
            report, facts = do()
        except Exception as error:
            return Outcome(failure=failure_of(error), seconds=time.perf_counter() - start)
    return Outcome(report, None, time.perf_counter() - start, facts)


def check(piece: Piece, target: Path, progress: Progress | None = None) -> bool:
    """Say whether an output is what a manifest says, and was made of what is there.

    Arguments:
        piece: the input, and its record.
        target: the output.
        progress: not told.
    """
    del progress
    return piece.record is not None and piece.record.holds(Path(piece.member.file), target)
