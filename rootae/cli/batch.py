"""One command for several files: which output each has, how many run at a time, what is said."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from rootae.cli import console
from rootae.cli.failure import Failure, failure_of
from rootae.cli.workers import results
from rootae.errors import ArgumentError
from rootae.rootio.opening import split_path
from rootae.targets import forget, identity

__all__ = ["Jobs", "OutputFile", "OutputFolder", "Paths", "pairs", "run_each", "tell"]

Paths = Annotated[
    list[str],
    typer.Argument(metavar="IN... OUT", help="ROOT files, or file.root:tree; OUT unless -o or -O"),
]
OutputFile = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="OUT", help="the file to write")
]
OutputFolder = Annotated[
    Path | None,
    typer.Option("-O", "--output-dir", metavar="DIR", help="write files of the same names there"),
]
Jobs = Annotated[
    int, typer.Option("-j", "--jobs", min=1, help="files at a time, each in a process of its own")
]


def pairs(paths: Sequence[str], output: Path | None, folder: Path | None) -> list[tuple[str, Path]]:
    """Return each input with its output.

    Arguments:
        paths: the command's arguments: inputs, and the output where neither option is given.
        output: the one output.
        folder: where outputs of several inputs go; it is made if it is not there.

    Raises:
        ArgumentError: it is not clear what goes where.

    Example:
        >>> pairs(["in.root", "out.root"], None, None)
        [('in.root', PosixPath('out.root'))]
    """
    if output is not None and folder is not None:
        msg = "-o names one output and -O a folder of them: give one of the two"
        raise ArgumentError(msg)
    if folder is not None:
        return _into(paths, folder)
    if output is None and len(paths) == 2:
        return [(paths[0], Path(paths[1]))]
    if output is None or len(paths) != 1:
        given = f"{len(paths)} file{'s' * (len(paths) > 1)}"
        msg = f"{given} given: name IN and OUT, or IN -o OUT; for several inputs, IN... -O DIR"
        raise ArgumentError(msg)
    return [(paths[0], output)]


def run_each(
    work: Callable[..., Any],
    paths: Sequence[str],
    output: Path | None,
    folder: Path | None,
    *,
    show: Callable[[Any], None],
    line: Callable[[Any], None] = console.show_change,
    jobs: int,
    json: bool,
    quiet: bool,
) -> None:
    """Call a function on each input and output, and print what came of it.

    Where there is a folder of outputs, an input that fails does not keep others from being done.

    Arguments:
        work: takes an input, an output and, in this process, `progress`.
        paths: as in `pairs`.
        output: as in `pairs`.
        folder: as in `pairs`.
        show: prints the only report, as tables.
        line: prints one of several.
        jobs: how many at a time.
        json: print JSON instead; a list of outcomes where outputs go to a folder.
        quiet: print errors and notes alone, and no progress.

    Raises:
        RootaeError: the only input failed.
        typer.Exit: some of several inputs failed.
    """
    found = pairs(paths, output, folder)
    if folder is not None:
        _Batch(found, line, json=json, quiet=quiet).run(work, jobs)
        return
    with console.bars(quiet=quiet or json) as progress:
        report = work(*found[0], progress=progress)
    tell(report, show, json=json, quiet=quiet)


def tell(report: Any, show: Callable[[Any], None], *, json: bool, quiet: bool) -> None:
    """Print what a command did, and its notes on stderr.

    Arguments:
        report: with `to_json` and `notes`.
        show: prints a report as tables.
        json: print JSON instead.
        quiet: print notes alone.
    """
    if json:
        console.print_json(report.to_json())
    elif not quiet:
        show(report)
    for text in report.notes:
        console.note(text)


@dataclass
class _Batch:
    """Several inputs, and what came of each.

    Arguments:
        found: inputs and outputs.
        line: prints a report.
        json: print JSON at the end, instead of a line each.
        quiet: print errors and notes alone.
    """

    found: list[tuple[str, Path]]
    line: Callable[[Any], None]
    json: bool
    quiet: bool

    def run(self, work: Callable[..., Any], jobs: int) -> None:
        """Do everything; return only if nothing failed."""
        outcomes: list[Any] = [Failure("Interrupted", "interrupted", 130)] * len(self.found)
        before = [identity(target) for _, target in self.found]
        several = jobs > 1 and len(self.found) > 1
        found = results(work, self.found, jobs) if several else self._each(work)
        try:
            with contextlib.closing(found):  # processes end before anything is said
                self._hear(found, outcomes, alone=not several)
        except KeyboardInterrupt as error:
            pairs = zip(self.found, before, strict=True)
            done = sum(identity(target) != was for (_, target), was in pairs)
            if self.json:
                self._sum_up(outcomes)
            told = f"{done} of {len(self.found)} outputs were written"
            raise KeyboardInterrupt(told) from error
        self._sum_up(outcomes)
        failed = [o for o in outcomes if isinstance(o, Failure)]
        if failed:
            raise typer.Exit(1 if len(outcomes) > 1 else failed[0].exit_code)

    def _hear(self, found: Iterable[tuple[int, Any]], outcomes: list[Any], *, alone: bool) -> None:
        """Keep and tell each outcome; where one file is worked on alone, it has its own bars."""
        silent = self.quiet or self.json or alone
        with console.files(len(self.found), quiet=silent) as files:
            for number, outcome in found:
                outcomes[number] = outcome
                with files.aside():
                    self._tell(number, outcome)
                files.done(self.found[number][0])

    def _each(self, work: Callable[..., Any]) -> Generator[tuple[int, Any], None, None]:
        for number, pair in enumerate(self.found):
            forget()
            try:
                place = f"{number + 1} of {len(self.found)}"
                silent = self.quiet or self.json
                with console.bars(quiet=silent, name=pair[0], place=place) as progress:
                    outcome = work(*pair, progress=progress)
            except Exception as error:
                outcome = failure_of(error)
            yield number, outcome

    def _tell(self, number: int, outcome: Any) -> None:
        source = self.found[number][0]
        if isinstance(outcome, Failure):
            text = outcome.text
            console.error(text if source in text else f"{source}: {text}")
            return
        if not self.json and not self.quiet:
            self.line(outcome)
        for text in outcome.notes:
            console.note(f"{source}: {text}")

    def _sum_up(self, outcomes: list[Any]) -> None:
        if self.json:
            told = zip(self.found, outcomes, strict=True)
            console.print_json([_json(*pair, outcome) for pair, outcome in told])
        elif not self.quiet:
            pairs = list(zip(self.found, outcomes, strict=True))
            left = [source for (source, _), o in pairs if isinstance(o, Failure)]
            console.show_total([o for _, o in pairs if not isinstance(o, Failure)], left)


def _json(source: str, target: Path, outcome: Any) -> dict[str, Any]:
    if not isinstance(outcome, Failure):
        return {"ok": True, **outcome.to_json()}
    error = {"kind": outcome.kind, "message": outcome.text}
    return {"ok": False, "source": source, "target": str(target), "error": error}


def _into(paths: Sequence[str], folder: Path) -> list[tuple[str, Path]]:
    sources = [Path(split_path(p)[0]) for p in paths]
    targets = [folder / s.name for s in sources]
    if folder.exists() and not folder.is_dir():
        msg = f"-O {folder} is a file: name a directory"
        raise ArgumentError(msg)
    for target, times in Counter(targets).items():
        if times > 1:
            msg = f"two inputs would both be written to {target}: give them different names"
            raise ArgumentError(msg)
    there = {(s.st_dev, s.st_ino): p for p in sources if p.exists() and (s := p.stat())}
    for target in targets:
        found = target.stat() if target.exists() else None
        if found is not None and (found.st_dev, found.st_ino) in there:
            source = there[found.st_dev, found.st_ino]
            msg = f"output and input are the same file {source}: choose another folder"
            raise ArgumentError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    return list(zip(paths, targets, strict=True))
