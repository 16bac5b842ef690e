"""What the command line prints: tables on stdout, progress and notes on stderr."""

from __future__ import annotations

import contextlib
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from rootae.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rootae.decompress import Decompressed
    from rootae.info import FileInfo, TreeInfo
    from rootae.summary import Report, TreeReport
    from rootae.verify import Verified

__all__ = [
    "Bars",
    "bars",
    "error",
    "note",
    "print_json",
    "show_compressed",
    "show_decompressed",
    "show_info",
    "show_verified",
]

_WIDTH = 120  # where stdout is no terminal
_MOST = 60  # columns of a tree that are listed one by one


class Bars(Progress):
    """Draws a bar for each phase.

    Arguments:
        bar: rich's progress display.
    """

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task: TaskID | None = None

    def phase(self, name: str, total: float | None) -> None:
        """Finish the bar under way and begin another."""
        self._finish()
        self._task = self._bar.add_task(name, total=total, text="")

    def advance(self, units: float, text: str = "") -> None:
        """Move the bar on."""
        if self._task is not None:
            self._bar.update(self._task, advance=units, text=text)

    def _finish(self) -> None:
        for task in self._bar.tasks:
            if task.id == self._task and task.total is None:
                self._bar.update(task.id, total=max(task.completed, 1))
            self._bar.stop_task(task.id)


@contextlib.contextmanager
def bars(*, quiet: bool) -> Iterator[Progress]:
    """Give a progress display on stderr, or a silent one where nobody would see it."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield Progress()
        return
    texts = TextColumn("{task.description:<10}"), TextColumn("{task.fields[text]}")
    with Bar(texts[0], BarColumn(), TimeElapsedColumn(), texts[1], console=console) as bar:
        yield Bars(bar)


def note(text: str) -> None:
    """Print a note on stderr."""
    print(f"rootae: note: {' '.join(text.split())}", file=sys.stderr)


def error(text: str) -> None:
    """Print an error on stderr, on one line."""
    print(f"rootae: {' '.join(text.split())}", file=sys.stderr)


def print_json(data: Any) -> None:
    """Print plain JSON."""
    print(json.dumps(data, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def show_compressed(report: Report, *, verbose: bool) -> None:
    """Print what compress did."""
    console = _stdout()
    for tree in report.trees:
        if not tree.coded:
            console.print(f"{tree.path}: {tree.entries:,} entries, left as it is: {tree.why}")
            continue
        console.print(f"[bold]{tree.path}[/]: {tree.entries:,} entries")
        _print_columns(console, tree, verbose=verbose)
        _print_training(console, tree)
    _print_sizes(console, report)


def _print_columns(console: Console, tree: TreeReport, *, verbose: bool) -> None:
    rows: list[list[str]] = []
    if verbose or len(tree.columns) <= _MOST:
        head = ["column", "bound", "why", "largest error", "before", "after", "how"]
        for c in tree.columns:
            sizes = _bytes(c.before), _bytes(c.after)
            rows.append([c.name, c.bound, c.why, f"{c.error:.3g}", *sizes, c.how])
    else:
        head = ["columns", "bounds", "largest error", "before", "after", "how"]
        for name, members in _collections(tree.columns):
            bounds, ways = _counted(c.bound for c in members), _counted(c.how for c in members)
            largest = max(c.error for c in members)
            sizes = _bytes(sum(c.before for c in members)), _bytes(sum(c.after for c in members))
            rows.append([name, bounds, f"{largest:.3g}", *sizes, ways])
    before, after = sum(c.before for c in tree.columns), tree.after
    if tree.latents:
        blank = [""] * (len(head) - 2)
        rows.append(["latents", *blank[:-1], _bytes(tree.latents), blank[-1]])
    total = ["total", *[""] * (len(head) - 4), _bytes(before), _bytes(after), ""]
    _print_table(console, head, [*rows, total])


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
    _print_table(console, ["group", "family", *heads], rows)
    for record in tree.training:
        tried = {k: v / max(int(record["values_a_row"]), 1) for k, v in record["tried"].items()}
        if len(tried) > 2:
            told = ", ".join(f"{name} {rate:.3f}" for name, rate in tried.items())
            console.print(f"{record['group'] or '(event)'}: with networks' own bytes: {told}")


def _print_sizes(console: Console, report: Report) -> None:
    console.print(
        f"{report.source} {_bytes(report.before)} -> {report.target} {_bytes(report.after)}: "
        f"{report.ratio:.2f} times smaller"
    )
    if report.lossy_estimate is not None:
        times = report.before / max(report.lossy_estimate, 1)
        size = _bytes(report.lossy_estimate)
        console.print(f"--lossy would give about {size}: {times:.2f} times smaller")
    if report.seconds:
        console.print(", ".join(f"{k} {v:.1f} s" for k, v in report.seconds.items()))


def show_decompressed(report: Decompressed) -> None:
    """Print what decompress did."""
    console = _stdout()
    for path, entries in report.trees.items():
        console.print(f"{path}: {entries:,} entries")
    sizes = _bytes(report.before), _bytes(report.after)
    console.print(f"{report.source} {sizes[0]} -> {report.target} {sizes[1]}")


def show_verified(report: Verified, *, against: str | None) -> None:
    """Print what verify checked."""
    console = _stdout()
    for path, entries in report.trees.items():
        console.print(f"{path}: {entries:,} entries")
        errors = report.errors.get(path, {})
        changed = [(n, f"{e:.3g}") for n, e in errors.items() if e]
        if changed:
            _print_table(console, ("column", "largest error"), changed)
    console.print(f"{report.values:,} values of {report.columns} coded columns decoded: intact")
    if against is not None:
        console.print(f"every value is within its bound of {against}")


def show_info(info: FileInfo, *, verbose: bool) -> None:
    """Print what a file holds."""
    console = _stdout()
    kinds = {
        "compressed": "compressed by rootae",
        "codec": "a rootae codec, without trees",
        "plain": "nothing in it is coded by rootae: an ordinary file, or a copy of one",
    }
    console.print(f"[bold]{info.path}[/]: {_bytes(info.nbytes)}, {kinds[info.kind]}")
    for codec in info.codecs:
        console.print(
            f"codec {codec.id[:12]}: format {codec.format}, {codec.networks} networks, "
            f"{_bytes(codec.nbytes)} before compression"
        )
        fields = ("family", "lanes", "latents", "stages", "diagrams", "contexts")
        groups = [(g, [g.tree, g.name or "(event)"]) for g in codec.groups]
        rows = [[*where, *(getattr(g, f) for f in fields)] for g, where in groups]
        _print_table(console, ["tree", "group", *fields], rows)
    for tree in info.trees:
        _print_tree(console, tree, verbose=verbose)
    for record in info.provenance:
        console.print(f"made from {_short(record.get('source'))}")
        console.print(f"with {_short(record.get('options'))}, {_short(record.get('versions'))}")


def _print_tree(console: Console, tree: TreeInfo, *, verbose: bool) -> None:
    if not tree.columns:
        console.print(f"[bold]{tree.path}[/]: {tree.entries:,} entries, not coded")
        return
    console.print(
        f"[bold]{tree.path}[/] ({tree.title}): {tree.entries:,} entries in {tree.blocks} blocks, "
        f"{_bytes(tree.nbytes)}, latents {_bytes(tree.latents)}; a column needs "
        f"{tree.ancestors[0]:.1f} others on average, {tree.ancestors[1]} at most"
    )
    if verbose or len(tree.columns) <= _MOST:
        head = ["column", "type", "bound", "why", "bytes", "bits/value", "how", "needs", "title"]
        rows = [
            [
                *(c.name, c.typename, c.bound, c.why, _bytes(c.nbytes)),
                *(f"{c.bits:.2f}", c.how, c.ancestors, c.title),
            ]
            for c in tree.columns
        ]
    else:
        head = ["columns", "bounds", "bytes", "bits/value", "how", "need at most"]
        rows = []
        for name, members in _collections(tree.columns):
            nbytes, values = sum(c.nbytes for c in members), sum(c.values for c in members)
            bounds, ways = _counted(c.bound for c in members), _counted(c.how for c in members)
            most = max(c.ancestors for c in members)
            bits = f"{8 * nbytes / max(values, 1):.2f}"
            rows.append([name, bounds, _bytes(nbytes), bits, ways, str(most)])
    _print_table(console, head, rows)


def _collections(columns: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    """Gather columns by what stands before the first underscore; lone ones come together."""
    found: dict[str, list[Any]] = {}
    for column in columns:
        found.setdefault(column.name.partition("_")[0], []).append(column)
    several = {k: v for k, v in found.items() if len(v) > 1}
    rest = [v[0] for v in found.values() if len(v) == 1]
    out = [(f"{k}_* ({len(v)})", v) for k, v in several.items()]
    return [*out, (f"others ({len(rest)})", rest)] if rest else out


def _counted(texts: Iterable[str]) -> str:
    """Return the most common phrases with how often they occur."""
    kinds = Counter(t.partition(" from ")[0] for t in texts if t)
    shown = [f"{n} {text}" for text, n in kinds.most_common(3)]
    return ", ".join(shown) + (", ..." if len(kinds) > 3 else "")


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return ", ".join(f"{k} {_short(v)}" for k, v in value.items())
    return str(value)


def _bytes(n: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if abs(n) < 1000 or unit == "GB":
            break
        n /= 1000
    return f"{n:.0f} B" if unit == "B" else f"{n:.3g} {unit}"


def _print_table(console: Console, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    right = {"largest error", "before", "after", "bytes", "bits/value", "needs", "need at most"}
    for name in head:
        justify = "right" if name in right else "left"
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*(str(cell).replace("[", r"\[") for cell in row))
    console.print(table)


def _stdout() -> Console:
    console = Console(highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = max(console.width, _WIDTH)
    return console
