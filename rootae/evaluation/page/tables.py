"""Tables of the page, and numbers as they stand in them."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING

from rootae.errors.legible import legible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["escape", "measured", "number", "short", "size", "table"]


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[tuple[str, float | None] | str]],
    kind: str,
    texts: int,
) -> str:
    """Return a table; cells are text, or text with the number that they sort by."""
    marks = list(_marks(head, kind, texts))
    top = "".join(f"<th{m}>{h}</th>" for h, m in zip(head, marks, strict=True))
    body = []
    for row in rows:
        cells = []
        for i, cell in enumerate(row):
            text, value = cell if isinstance(cell, tuple) else (cell, None)
            left = ' class="text"' if i < texts else ""
            key = f' data-v="{value}"' if value is not None else ""
            cells.append(f"<td{left}{key}>{text}</td>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f'<div class="scroll"><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _marks(head: Sequence[str], kind: str, texts: int) -> Iterator[str]:
    for i in range(len(head)):
        left = ' class="text"' if i < texts else ""
        sort = f' tabindex="0" data-sort="{"text" if i < texts else "number"}"' if kind else ""
        yield left + sort


def number(value: float) -> tuple[str, float]:
    """Return a number as a table's cell, with what it sorts by."""
    return short(value), value


def short(value: float) -> str:
    """Return a number to three digits."""
    return "0" if value == 0 else f"{value:.3g}" if math.isfinite(value) else "&ndash;"


def measured(value: float, error: float) -> str:
    """Return a value with its error to two digits."""
    if not (math.isfinite(error) and error > 0):
        return short(value)
    digits = max(1 - math.floor(math.log10(error)), 0)
    return f"{value:.{digits}f} &plusmn; {error:.{digits}f}"


def size(nbytes: int) -> str:
    """Return a number of bytes in words."""
    power = min(int(math.log10(max(nbytes, 1)) / 3), 4)
    return f"{nbytes / 1000**power:.3g} {('B', 'kB', 'MB', 'GB', 'TB')[power]}"


def escape(text: str) -> str:
    """Return text for the page: nothing in it is markup, and all of it is shown."""
    return html.escape(legible(text))
