"""What compress, decompress and verify did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rootae.cli.console.table import (
    MOST,
    bound_text,
    bounds_and_ways,
    collections_of,
    headed,
    print_table,
    stdout,
)
from rootae.summary import size_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from rootae.checks.values import Verified
    from rootae.operations.results import Report, TreeReport
    from rootae.operations.rewrites import Decompressed

__all__ = ["show_change", "show_compressed", "show_decompressed", "show_total", "show_verified"]


def show_compressed(report: Report, *, verbose: bool) -> None:
    """Print what compress did: a line, then each tree's columns; how they are coded if asked."""
    console = stdout()
    _print_headline(console, report)
    if report.lossy_estimate is not None:
        times = report.before / max(report.lossy_estimate, 1)
        size = size_text(report.lossy_estimate)
        console.print(f"--lossy would give about {size}: {times:.2f} times smaller")
    for tree in report.trees:
        if not tree.coded:
            console.print(f"{tree.path}: {tree.entries:,} entries, left as it is: {tree.why}")
            continue
        console.print(headed(tree.path, f": {tree.entries:,} entries"))
        _print_columns(console, tree, verbose=verbose)
        if verbose:
            _print_training(console, tree)
    if verbose and report.seconds:
        console.print(", ".join(f"{k} {v:.1f} s" for k, v in report.seconds.items()))


def _print_headline(console: Console, report: Any) -> None:
    console.print(headed(report.headline), soft_wrap=True)


def _print_columns(console: Console, tree: TreeReport, *, verbose: bool) -> None:
    listed = verbose or len(tree.columns) <= MOST
    inside = () if verbose else ("why", "how")
    found: list[dict[str, str]] = []
    if listed:
        for c in tree.columns:
            cells = {"column": c.name, "bound": bound_text(c.bound), "why": c.why, "how": c.how}
            found.append(cells | _sizes(c.before, c.after, c.error))
    else:
        for name, members in collections_of(tree.columns):
            sums = sum(c.before for c in members), sum(c.after for c in members)
            cells = {"column": name, "bound": bounds_and_ways(members)[0]}
            found.append(cells | _sizes(*sums, max(c.error for c in members)))
    if verbose and tree.latents:
        found.append({"column": "latents", "after": size_text(tree.latents)})
    found.append({"column": "total"} | _sizes(sum(c.before for c in tree.columns), tree.after))
    head = ["column", "bound", "largest error", "before", "after", "times", "how", "why"]
    shown = [name for name in head if name not in inside]
    print_table(console, shown, [[row.get(name, "") for name in shown] for row in found])


def _sizes(before: int, after: int, error: float | None = None) -> dict[str, str]:
    """Return cells of sizes, and of how many times smaller they became."""
    ratio = before / max(after, 1)
    times = f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.3g}"
    told = {} if error is None else {"largest error": f"{error:.3g}"}
    return told | {"before": size_text(before), "after": size_text(after), "times": times}


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


def show_change(report: Any) -> None:
    """Print what became of one file of several."""
    _print_headline(stdout(), report)


def show_line(text: str) -> None:
    """Print what is said of one file, or of all, in a line."""
    stdout().print(text, soft_wrap=True)


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
    _print_headline(console, report)
    for path, entries in report.trees.items():
        console.print(f"{path}: {entries:,} entries")


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
        errors, bounds = report.errors.get(path, {}), report.bounds.get(path, {})
        changed = [(n, f"{e:.3g}", bound_text(bounds[n])) for n, e in errors.items() if e]
        if changed:
            print_table(console, ("column", "largest error", "bound"), changed)
    console.print(f"{report.values:,} values of {report.columns} coded columns decoded: intact")
    if report.passing or report.objects:
        text = f"{report.passing} other branches and {report.objects} objects: as they were written"
        console.print(text)
    if report.uncovered:
        _print_uncovered(console, report.uncovered)
    if against is not None:
        console.print(f"every value is within its bound of {against}")
