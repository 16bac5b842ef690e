"""`rootae verify`: checksums, and bounds against the originals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rootae.cli import console
from rootae.cli.arguments import Device, Json, Quiet
from rootae.cli.batch import Dask, Jobs
from rootae.cli.dataset import working
from rootae.cli.readings import Against, Files, read_all

if TYPE_CHECKING:
    from rootae.checks.values import Verified

__all__ = ["verify"]


def verify(
    files: Files,
    *,
    against: Against = None,
    jobs: Jobs = 1,
    dask: Dask = None,
    device: Device = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Decode everything, check every checksum, and every bound if the original is known."""
    from rootae.checks.values import verify as run
    from rootae.dataset.counterparts import held_pairs
    from rootae.dataset.inputs import inputs, is_one
    from rootae.dataset.task import Reading

    pairs, lost = held_pairs(inputs(files)[0], against)
    if len(files) == 1 and is_one(files[0]) and dask is None:
        with console.bars(quiet=quiet or json) as progress:
            report = run(files[0], pairs[0].original, progress, device=device)
        if json:
            console.print_json(report.to_json())
        elif not quiet:
            console.show_verified(report, against=pairs[0].original)
        return
    if lost:
        more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
        text = f"no original is there any more of {', '.join(lost[:3])}{more}: checksums alone"
        console.note(text)
    with working(jobs, dask, silent=quiet or json) as engine:
        work = Reading(run, {"device": device})
        read_all(work, pairs, engine, total=_total, json=json, quiet=quiet)


def _total(reports: Sequence[Verified]) -> str:
    """Say what was checked of all files."""
    values, columns = sum(r.values for r in reports), sum(r.columns for r in reports)
    held = sum(bool(r.errors) for r in reports)
    text = f", {held} of them held against their originals" if held else ""
    return f"intact, {values:,} values of {columns:,} coded columns decoded{text}"
