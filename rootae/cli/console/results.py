"""What compress, decompress and verify did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rootae.cli.console.table import (
    MOST,
    bound_text,
    bounds_and_ways,
    change_text,
    collections_of,
    headed,
    print_table,
    size_text,
    stdout,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from rootae.checks.values import Verified
    from rootae.operations.decompress import Decompressed
    from rootae.operations.results import Report, TreeReport

__all__ = ["show_change", "show_compressed", "show_decompressed", "show_total", "show_verified"]


def show_compressed(report: Report, *, verbose: bool) -> None:
    """Print what compress did."""
    console = stdout()
    for tree in report.trees:
        if not tree.coded:
            console.print(f"{tree.path}: {tree.entries:,} entries, left as it is: {tree.why}")
            continue
        console.print(headed(tree.path, f": {tree.entries:,} entries"))
        _print_columns(console, tree, verbose=verbose)
        _print_training(console, tree)
    _print_sizes(console, report)


def _print_columns(console: Console, tree: TreeReport, *, verbose: bool) -> None:
    rows: list[list[str]] = []
    if verbose or len(tree.columns) <= MOST:
        head = ["column", "bound", "why", "largest error", "before", "after", "how"]
        for c in tree.columns:
            sizes = size_text(c.before), size_text(c.after)
            rows.append([c.name, bound_text(c.bound), c.why, f"{c.error:.3g}", *sizes, c.how])
    else:
        head = ["columns", "bounds", "largest error", "before", "after", "how"]
        for name, members in collections_of(tree.columns):
            bounds, ways = bounds_and_ways(members)
            largest = max(c.error for c in members)
            sizes = (
                size_text(sum(c.before for c in members)),
                size_text(sum(c.after for c in members)),
            )
            rows.append([name, bounds, f"{largest:.3g}", *sizes, ways])
    before, after = sum(c.before for c in tree.columns), tree.after
    if tree.latents:
        blank = [""] * (len(head) - 2)
        rows.append(["latents", *blank[:-1], size_text(tree.latents), blank[-1]])
    total = ["total", *[""] * (len(head) - 4), size_text(before), size_text(after), ""]
    print_table(console, head, [*rows, total])


def _print_training(console: Console, tree: TreeReport) -> None:
    """Print rates in bits per value: how plain coding turns into what was coded."""
    if not tree.training:
        return
    console.print(f"training of {tree.path}, bits per value")
    keys = ("plain", "relations", "contexts", "latents", "coded", "untrained", "trained")
    rows = []
    for record in tree.training:
        values = max(int(record["values_a_row"]), 1)
        rates = (f"{float(record.get(k, 0.0)) / values:.3f}" for k in keys)
        steps = "+".join(str(n) for n in record.get("steps", ()))
        group = record["group"] or "(event)"
        rows.append((group, record["family"], *rates, steps))
    heads = ["plain", "relations gave", "contexts gave", "latents", "coded"]
    heads += ["loss before", "loss after", "steps"]
    print_table(console, ["group", "family", *heads], rows)
    for record in tree.training:
        tried = {k: v / max(int(record["values_a_row"]), 1) for k, v in record["tried"].items()}
        if len(tried) > 2:
            told = ", ".join(f"{name} {rate:.3f}" for name, rate in tried.items())
            console.print(f"{record['group'] or '(event)'}: with networks' own bytes: {told}")


def _print_sizes(console: Console, report: Report) -> None:
    console.print(f"{change_text(report)}: {report.ratio:.2f} times smaller")
    if report.lossy_estimate is not None:
        times = report.before / max(report.lossy_estimate, 1)
        size = size_text(report.lossy_estimate)
        console.print(f"--lossy would give about {size}: {times:.2f} times smaller")
    if report.seconds:
        console.print(", ".join(f"{k} {v:.1f} s" for k, v in report.seconds.items()))


def show_change(report: Any) -> None:
    """Print what became of one file of several."""
    stdout().print(change_text(report), soft_wrap=True)


def show_total(reports: Sequence[Any], left: Sequence[str]) -> None:
    """Print what became of several files together.

    Arguments:
        reports: of those that were written.
        left: inputs of the others.
    """
    before, after = sum(r.before for r in reports), sum(r.after for r in reports)
    text = f"{len(reports)} of {len(reports) + len(left)} files written"
    sizes = f"{size_text(before)} -> {size_text(after)}"
    console = stdout()
    console.print(", ".join([text, *([sizes] if reports else [])]), soft_wrap=True)
    if left:
        console.print(f"not written: {', '.join(left)}", soft_wrap=True)


def show_decompressed(report: Decompressed) -> None:
    """Print what decompress did."""
    console = stdout()
    for path, entries in report.trees.items():
        console.print(f"{path}: {entries:,} entries")
    console.print(change_text(report))


def _print_uncovered(console: Console, names: Sequence[str]) -> None:
    console.print("no checksum covers")
    for name in names[:MOST]:
        console.print(f"  {name}", soft_wrap=True)
    if len(names) > MOST:
        console.print(f"  and {len(names) - MOST} more: --json lists them")


def show_verified(report: Verified, *, against: str | None) -> None:
    """Print what verify checked."""
    console = stdout()
    for path, entries in report.trees.items():
        console.print(f"{path}: {entries:,} entries")
        errors = report.errors.get(path, {})
        changed = [(n, f"{e:.3g}") for n, e in errors.items() if e]
        if changed:
            print_table(console, ("column", "largest error"), changed)
    console.print(f"{report.values:,} values of {report.columns} coded columns decoded: intact")
    if report.passing or report.objects:
        text = f"{report.passing} other branches and {report.objects} objects: as they were written"
        console.print(text)
    if report.uncovered:
        _print_uncovered(console, report.uncovered)
    if against is not None:
        console.print(f"every value is within its bound of {against}")
