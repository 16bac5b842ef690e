"""A command that reads many files: a line for each, totals at the end, and an exit code."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from rootae.cli import console
from rootae.dataset.failure import Failure
from rootae.dataset.held import Held
from rootae.dataset.outcome import Outcome
from rootae.dataset.run import Engine
from rootae.dataset.task import Reading
from rootae.progress import LOG

__all__ = ["Against", "Files", "FilesIfAny", "read_all"]

_NAMED = typer.Argument(
    metavar="FILE...",
    help="ROOT files, globs, @LIST, a fileset.json of coffea, or a manifest.json",
)
Files = Annotated[list[str], _NAMED]
FilesIfAny = Annotated[list[str] | None, _NAMED]
Against = Annotated[
    str | None,
    typer.Option(
        metavar="ORIGINAL",
        help="hold every value against this file; for several, a folder of the same layout or "
        "the manifest.json of the run that made them",
    ),
]
_BROKEN = 3


def read_all(
    work: Reading,
    pairs: Sequence[Held],
    engine: Engine,
    *,
    total: Callable[[Sequence[Any]], str],
    json: bool,
    quiet: bool,
) -> None:
    """Read files, and print what came of each.

    A file that fails does not keep others from being read.

    Arguments:
        work: what is done to each.
        pairs: the files, with their originals.
        engine: what works.
        total: says in a line what came of all reports together.
        json: print a list of outcomes as JSON instead.
        quiet: print errors and notes alone.

    Raises:
        typer.Exit: with 3 if a bound or a checksum is broken, else 1 if a file failed; an only
            file keeps its own code.
        KeyboardInterrupt: with how many files were read.
    """
    told = _Told(pairs, total, json=json, quiet=quiet)
    try:
        with contextlib.closing(engine(work, [(pair, None) for pair in pairs])) as results:
            for number, result in results:
                told.hear(number, result)
    except KeyboardInterrupt as error:
        if json:
            told.sum_up()
        text = f"{len(told.heard)} of {len(pairs)} files were read"
        raise KeyboardInterrupt(text) from error
    told.sum_up()
    codes = told.codes
    if codes:
        raise typer.Exit(_BROKEN if _BROKEN in codes else 1 if len(pairs) > 1 else codes[0])


@dataclass
class _Told:
    """What was heard of each file, and is printed."""

    pairs: Sequence[Held]
    total: Callable[[Sequence[Any]], str]
    json: bool
    quiet: bool
    heard: dict[int, Outcome] = field(default_factory=dict)

    @property
    def codes(self) -> list[int]:
        """The exit codes of files that failed, or that broke a bound."""
        failed = [o.failure.exit_code for o in self.heard.values() if o.failure is not None]
        return failed + [_BROKEN for o in self.heard.values() if _breaks(o.report)]

    def hear(self, number: int, result: Any) -> None:
        """Print what came of one file."""
        outcome = Outcome(failure=result) if isinstance(result, Failure) else result
        self.heard[number], name = outcome, self.pairs[number].file
        if outcome.failure is not None:
            text = outcome.failure.text
            self._complain(text if name in text else f"{name}: {text}")
            return
        if not self.json and not self.quiet:
            line = outcome.report.headline
            console.show_line(line if name in line else f"{name}: {line}")
        for text in getattr(outcome.report, "notes", ()):
            console.note(text, name)
        if _breaks(outcome.report):
            self._complain(f"{name}: {outcome.report.verdict}")

    def _complain(self, text: str) -> None:
        LOG.error("%s", text)
        console.error(text)

    def sum_up(self) -> None:
        """Print what came of all."""
        if self.json:
            console.print_json([_json(p, self.heard.get(i)) for i, p in enumerate(self.pairs)])
        elif not self.quiet:
            reports = [o.report for o in self.heard.values() if o.failure is None]
            failed = [self.pairs[i].file for i, o in sorted(self.heard.items()) if o.failure]
            told = f": {self.total(reports)}" if reports else ""
            console.show_line(f"{len(reports)} of {len(self.pairs)} files read{told}")
            if failed:
                console.show_line(f"failed: {', '.join(failed)}")


def _breaks(report: Any) -> bool:
    return not getattr(report, "holds", True)


def _json(pair: Held, outcome: Outcome | None) -> dict[str, Any]:
    head = {"file": pair.file, "original": pair.original}
    outcome = outcome or Outcome(failure=Failure("Interrupted", "interrupted", 130))
    if outcome.failure is not None:
        told = {"kind": outcome.failure.kind, "message": outcome.failure.text}
        return {"ok": False, **head, "error": told}
    return {"ok": not _breaks(outcome.report), **head, **outcome.report.to_json()}
