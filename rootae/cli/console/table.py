"""Tables on stdout, and columns gathered by collection where they are many."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rootae.legible import legible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "MOST",
    "bound_text",
    "bounds_and_ways",
    "change_text",
    "collections_of",
    "headed",
    "print_table",
    "size_text",
    "stdout",
]

_WIDTH = 120  # where stdout is no terminal
MOST = 60  # columns of a tree that are listed one by one


def bound_text(bound: str) -> str:
    """Return a bound as it is shown: nobody should take `none` for no change.

    Example:
        >>> bound_text("none"), bound_text("abs:0.1")
        ('no bound', 'abs:0.1')
    """
    return "no bound" if bound == "none" else bound


def collections_of(columns: Sequence[Any]) -> list[tuple[str, list[Any]]]:
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


def bounds_and_ways(columns: Sequence[Any]) -> tuple[str, str]:
    """Return the most common bounds of columns, and the most common ways they are coded."""
    return _counted(bound_text(c.bound) for c in columns), _counted(c.how for c in columns)


def change_text(report: Any) -> str:
    """Return what became of a file's, or of several files', bytes."""
    before, after = size_text(report.before), size_text(report.after)
    many = getattr(report, "sources", None)
    return f"{f'{len(many)} files' if many else report.source} {before} -> {report.target} {after}"


def size_text(n: float) -> str:
    """Return bytes in a unit that suits them.

    Example:
        >>> size_text(1234567)
        '1.23 MB'
    """
    for unit in ("B", "kB", "MB", "GB"):
        if abs(n) < 1000 or unit == "GB":
            break
        n /= 1000
    return f"{n:.0f} B" if unit == "B" else f"{n:.3g} {unit}"


def print_table(console: Console, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; columns of numbers are aligned to the right."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    right = {
        "largest error",
        "before",
        "after",
        "bytes",
        "share",
        "bits/value",
        "contexts",
        "needs",
    }
    for name in head:
        justify = "right" if name in right else "left"
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*map(str, row))
    console.print(table)


class _Legible(Console):
    """A console on which no name is anything but text."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Turn a string, of a table too, into what is shown."""
        return super().render_str(legible(text), **options)


def headed(name: str, rest: str = "") -> Text:
    """Return a line that begins with a name in bold letters."""
    return Text.assemble((legible(name), "bold"), legible(rest))


def stdout() -> Console:
    """Return the console on stdout, wide where it is no terminal."""
    console = _Legible(highlight=False, soft_wrap=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = max(console.width, _WIDTH)
    return console
