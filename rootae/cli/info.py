"""`rootae info`: what a file holds, and what rootae is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from rootae.cli import console
from rootae.cli.arguments import Json, Verbose
from rootae.cli.batch import Jobs
from rootae.cli.dataset import working
from rootae.cli.readings import FilesIfAny, read_all
from rootae.summary import size_text

if TYPE_CHECKING:
    from rootae.operations.info import FileInfo
    from rootae.progress import Progress

__all__ = ["info"]


def info(
    files: FilesIfAny = None,
    *,
    about: Annotated[
        bool,
        typer.Option("--about", help="show versions and what decodes here; needs no file"),
    ] = False,
    jobs: Jobs = 1,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Show codecs, trees, columns, bounds and sizes, without decoding anything."""
    if about:
        _about(json=json)
    if files:
        from rootae.dataset.inputs import is_one

        if len(files) == 1 and is_one(files[0]):
            _info(files[0], json=json, verbose=verbose)
        else:
            _list(files, jobs, json=json)
    elif not about:
        msg = "name a file, or ask --about"
        raise typer.BadParameter(msg, param_hint="FILE")


def _about(*, json: bool) -> None:
    from rootae.operations.about import about

    if json:
        console.print_json(about().to_json())
    else:
        console.show_about(about())


def _info(file: str, *, json: bool, verbose: bool) -> None:
    from rootae.operations.about import about
    from rootae.operations.info import info as run

    report = run(file)
    if json:
        console.print_json(report.to_json() | {"decoder": about().decoder})
    else:
        console.show_info(report, about(), verbose=verbose)


def _list(files: Sequence[str], jobs: int, *, json: bool) -> None:
    from rootae.dataset.held import Held
    from rootae.dataset.inputs import inputs
    from rootae.dataset.task import Reading

    pairs = [Held(m.path) for m in inputs(files)[0]]
    with working(jobs, None, silent=json) as engine:
        work = Reading(_listed, names=("file",))
        read_all(work, pairs, engine, total=_total, json=json, quiet=False)


def _listed(file: str, *, progress: Progress) -> FileInfo:
    """Describe one of several files."""
    from rootae.operations.info import info as run

    progress.phase("look", None)
    return run(file)


def _total(reports: Sequence[FileInfo]) -> str:
    """Say what all files hold together."""
    kinds = {k: sum(r.kind == k for r in reports) for k in ("compressed", "codec", "plain")}
    told = ", ".join(f"{n} {k}" for k, n in kinds.items() if n)
    entries: dict[str, int] = {}
    for tree in (t for r in reports for t in r.trees):
        entries[tree.path] = entries.get(tree.path, 0) + tree.entries
    trees = [f"{path} of {n:,} entries" for path, n in entries.items()]
    more = [f"{len(trees) - 5} more trees"] if len(trees) > 5 else []
    return "; ".join([f"{size_text(sum(r.nbytes for r in reports))}, {told}", *trees[:5], *more])
