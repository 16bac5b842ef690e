"""How a table is laid into a width: columns move below each other, and no word is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["GAP", "folded", "wrapped"]

GAP = 2  # blanks between columns
_KEPT = "\N{NO-BREAK SPACE}"  # no place to break a text
_NARROW = 18  # of a column of sentences


def folded(columns: Sequence[Sequence[str]], width: int, keys: int = 1) -> list[dict[int, int]]:
    """Lay columns side by side, in as many parts as it takes.

    Texts of several words are broken between words where that makes a part of the whole table;
    else columns that find no room go into a part of their own, beside the first ones again.

    Arguments:
        columns: of each column its head and its cells.
        width: what there is room for.
        keys: how many columns, the first ones, stand in every part.

    Returns:
        For each part, which columns it holds and how wide each is.

    Example:
        >>> folded([["name", "Jet_pt"], ["why", "as the user asked for"]], 26)
        [{0: 6, 1: 18}]
        >>> folded([["name", "Jet_pt"], ["bound", "rel:0.001"], ["bytes", "1.23 MB"]], 20)
        [{0: 6, 1: 9}, {0: 6, 2: 7}]
    """
    wide = [max(map(cell_len, cells), default=0) for cells in columns]
    least = [_least(cells) for cells in columns]
    if _taken(wide) <= width:
        return [dict(enumerate(wide))]
    if _taken(least) <= width:
        return [dict(enumerate(_shared(least, wide, width)))]
    parts = _parts(least, width, min(keys, len(columns)))
    return [_grown(part, least, wide, width) for part in parts]


def wrapped(text: str, width: int) -> str:
    r"""Break a text between words; one that is wider than the width stays whole.

    Example:
        >>> wrapped("3 exact, 2 rel:0.001", 10)
        '3 exact, 2\nrel:0.001'
    """
    lines: list[str] = []
    for word in text.split(" "):
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines).replace(_KEPT, " ")


def _least(cells: Sequence[str]) -> int:
    """Return how narrow a column may be: as its longest word, and no narrower than texts read."""
    words = max((cell_len(w) for c in cells for w in c.split(" ")), default=0)
    texts = max(map(cell_len, cells[1:]), default=0)
    return max(words, min(texts, _NARROW))


def _taken(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _shared(least: Sequence[int], wide: Sequence[int], width: int) -> list[int]:
    """Give what is left of the width to the columns that need it, those first that need least."""
    left, out = width - _taken(least), list(least)
    for i in sorted(range(len(out)), key=lambda i: wide[i] - least[i]):
        more = min(wide[i] - least[i], left)
        out[i], left = out[i] + more, left - more
    return out


def _parts(least: Sequence[int], width: int, keys: int) -> list[list[int]]:
    parts = [list(range(keys))]
    for i in range(keys, len(least)):
        tried = [*parts[-1], i]
        if len(parts[-1]) > keys and _taken([least[k] for k in tried]) > width:
            parts.append([*range(keys), i])
        else:
            parts[-1] = tried
    return parts


def _grown(
    part: Sequence[int], least: Sequence[int], wide: Sequence[int], width: int
) -> dict[int, int]:
    small, large = [least[i] for i in part], [wide[i] for i in part]
    return dict(zip(part, _shared(small, large, max(width, _taken(small))), strict=True))
