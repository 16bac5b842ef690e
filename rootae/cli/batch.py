"""One command for several files: which output each has, and how many run at a time."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from rootae import console
from rootae.errors import ArgumentError, RootaeError
from rootae.source import split_path

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


@dataclass(frozen=True)
class _Failed:
    """An error in another process: not every exception can be sent from there."""

    exit_code: int
    text: str


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


def _into(paths: Sequence[str], folder: Path) -> list[tuple[str, Path]]:
    targets = [folder / Path(split_path(p)[0]).name for p in paths]
    for target in targets:
        if targets.count(target) > 1:
            msg = f"two inputs would both be written to {target}: give them different names"
            raise ArgumentError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    return list(zip(paths, targets, strict=True))


def run_each(
    work: Callable[..., Any], found: Sequence[tuple[str, Path]], *, jobs: int, quiet: bool
) -> list[Any]:
    """Call a function on each input and output, and return what it returns.

    Arguments:
        work: takes an input, an output and, in this process, `progress`.
        found: inputs and outputs.
        jobs: how many at a time.
        quiet: show no progress.

    Raises:
        RootaeError: what the first file that failed says.
    """
    if jobs == 1 or len(found) == 1:
        out = []
        for source, target in found:
            with console.bars(quiet=quiet) as progress:
                out.append(work(source, target, progress=progress))
        return out
    # threads of this process, such as those of onnxruntime, would not survive a fork
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(found)), mp_context=context) as pool:
        results = list(pool.map(_call, [work] * len(found), *zip(*found, strict=True)))
    for result in results:
        if isinstance(result, _Failed):
            error = RootaeError(result.text)
            error.exit_code = result.exit_code
            raise error
    return results


def tell(reports: Sequence[Any], show: Callable[[Any], None], *, json: bool, quiet: bool) -> None:
    """Print what a command did, and its notes on stderr.

    Arguments:
        reports: one for each output, with `to_json` and `notes`.
        show: prints a report as tables.
        json: print JSON instead, a list where there are several.
        quiet: print notes alone.
    """
    if json:
        told = [r.to_json() for r in reports]
        console.print_json(told if len(told) > 1 else told[0])
    for report in reports:
        if not json and not quiet:
            show(report)
        for text in report.notes:
            console.note(text if len(reports) == 1 else f"{report.source}: {text}")


def _call(work: Callable[..., Any], source: str, target: Path) -> Any:
    try:
        return work(source, target)
    except RootaeError as error:
        return _Failed(error.exit_code, str(error))
