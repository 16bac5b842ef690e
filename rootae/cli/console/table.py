"""Tables on stdout, and columns gathered by collection where they are many."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rootae.cli.console.folding import GAP, folded, wrapped
from rootae.errors.legible import legible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "MOST",
    "bound_text",
    "bounds_and_ways",
    "collections_of",
    "headed",
    "print_table",
    "stdout",
]

_WIDTH = 120  # where stdout is no terminal, and nothing says how wide it is
MOST = 60  # columns of a tree that are listed one by one
_RIGHT = {
    *("largest error", "of bound", "before", "after", "times", "bytes", "share", "bits/value"),
    *("bias", "RMS", "RMS/spread", "KS", "W1", "contexts", "needs", "entries"),
}


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
    shown = [f"{n}\N{NO-BREAK SPACE}{text}" for text, n in kinds.most_common(3)]
    return ", ".join(shown) + (", ..." if len(kinds) > 3 else "")


def bounds_and_ways(columns: Sequence[Any]) -> tuple[str, str]:
    """Return the most common bounds of columns, and the most common ways they are coded."""
    return _counted(bound_text(c.bound) for c in columns), _counted(c.how for c in columns)


def print_table(
    console: Console, head: Sequence[str], rows: Iterable[Sequence[object]], keys: int = 1
) -> None:
    """Print a table; columns of numbers are aligned to the right.

    Arguments:
        console: where to.
        head: names of the columns.
        rows: their cells.
        keys: how many columns, the first ones, say what a row is of: they stand again where
            others find no room beside them.
    """
    full = [_cells(head, row) for row in rows]
    columns = [[name, *(row[i] for row in full)] for i, name in enumerate(head)]
    for part in folded(columns, console.width, keys):
        table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
        for i, width in part.items():
            right: Any = "right" if head[i] in _RIGHT else "left"
            table.add_column(wrapped(head[i], width), justify=right, width=width)
        for row in full:
            table.add_row(*(Text(wrapped(row[i], width)) for i, width in part.items()))
        needed = sum(part.values()) + GAP * len(part)
        console.print(table, width=max(needed, console.width), crop=False, no_wrap=True)


def _cells(head: Sequence[str], row: Sequence[object]) -> list[str]:
    """Return a row's texts; a number and its unit stay together."""
    texts = [legible(str(c)) for c in row]
    kept = [
        t.replace(" ", "\N{NO-BREAK SPACE}") if name in _RIGHT else t
        for name, t in zip(head, texts, strict=False)
    ]
    return kept + [""] * (len(head) - len(kept))


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
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = max(console.width, _WIDTH)
    return console
