"""One input or many: how both are named, and what is said of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from rootae.cli import console
from rootae.errors import ArgumentError

__all__ = [
    "Dask",
    "Jobs",
    "OutputFile",
    "OutputFolder",
    "Paths",
    "Resume",
    "Tolerance",
    "pair",
    "refuse_both",
    "run_alone",
    "tell",
]

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="IN... OUT",
        help="ROOT files, or file.root:tree; OUT unless -o or -O; with -O also globs, @LIST and "
        "a fileset.json of coffea",
    ),
]
OutputFile = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="OUT", help="the file to write")
]
OutputFolder = Annotated[
    Path | None,
    typer.Option(
        "-O",
        "--output-dir",
        metavar="DIR",
        help="write files there in the same layout, with manifest.json and fileset.json",
    ),
]
Jobs = Annotated[
    int, typer.Option("-j", "--jobs", min=1, help="files at a time, each in a process of its own")
]
Dask = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="of a dask scheduler, or its file: work there"),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="with -O: leave outputs that are as the manifest says")
]
Tolerance = Annotated[
    float,
    typer.Option(
        min=0, max=1, metavar="FRACTION", help="with -O: of files that may fail with exit code 0"
    ),
]


def pair(paths: Sequence[str], output: Path | None) -> tuple[str, Path]:
    """Return the one input with its output.

    Arguments:
        paths: the command's arguments: the input, and the output where it is not given.
        output: the output.

    Raises:
        ArgumentError: it is not clear what goes where.

    Example:
        >>> pair(["in.root", "out.root"], None)
        ('in.root', PosixPath('out.root'))
    """
    if output is None and len(paths) == 2:
        return paths[0], Path(paths[1])
    if output is None or len(paths) != 1:
        given = f"{len(paths)} file{'s' * (len(paths) > 1)}"
        msg = f"{given} given: name IN and OUT, or IN -o OUT; for several inputs, IN... -O DIR"
        raise ArgumentError(msg)
    return paths[0], output


def refuse_both(output: Path | None, folder: Path | None) -> None:
    """Refuse a file and a folder for outputs.

    Raises:
        ArgumentError: both are given.
    """
    if output is not None and folder is not None:
        msg = "-o names one output and -O a folder of them: give one of the two"
        raise ArgumentError(msg)


def run_alone(
    work: Callable[..., Any],
    pair: tuple[str, Path],
    *,
    show: Callable[[Any], None],
    json: bool,
    quiet: bool,
) -> None:
    """Call a function on an input and an output, and print what came of it.

    Arguments:
        work: takes both, and `progress`.
        pair: the input and the output.
        show: prints the report, as tables.
        json: print JSON instead.
        quiet: print errors and notes alone, and no progress.

    Raises:
        RootaeError: the input failed.
    """
    with console.bars(quiet=quiet or json) as progress:
        report = work(*pair, progress=progress)
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
