"""The words of an expression."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rootae.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LENGTH", "Token", "shown", "tokens"]

LENGTH = 20_000  # characters of an expression; a list of all trigger paths has some thousands
_SHOWN = 100  # characters of a text that a message repeats

_WORD = re.compile(
    r"""\s*(?:
    (?P<number>0[xX][0-9a-fA-F]{1,16}|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)
    |(?P<name>[^\W\d]\w*(?:(?:\.|::)\w+)*\$?)
    |`(?P<quoted>[^`]+)`
    |(?P<text>"[^"]*"|'[^']*')
    |(?P<sign>\*\*|//|&&|\|\||[<>=!]=|[-+*/%<>!~&|?:()\[\],])
    |(?P<end>$)
    )""",
    re.VERBOSE | re.ASCII,
)
_ADVICE = {
    "^": "a power is written **",
    "=": "equality is written ==",
    "`": "a name between backticks ends with one",
}


@dataclass(frozen=True)
class Token:
    """One word.

    Arguments:
        kind: ``number``, ``name``, ``quoted`` (a name between backticks), ``text``, ``sign`` or
            ``end``.
        text: its characters, without the backticks.
        start, stop: where it stands.
    """

    kind: str
    text: str
    start: int
    stop: int


def shown(text: str) -> str:
    """Return a text as messages repeat it: in quotes, in one line, not too long.

    Example:
        >>> shown("a && b")
        "'a && b'"
    """
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of an expression, the end last.

    Raises:
        ArgumentError: there is something that belongs to no expression, or too much of it.

    Example:
        >>> [t.text for t in tokens("Jet_pt[0] > 30")]
        ['Jet_pt', '[', '0', ']', '>', '30', '']
    """
    if len(text) > LENGTH:
        msg = f"it has {len(text):,} characters, and {LENGTH:,} is the most"
        raise ArgumentError(msg)
    at, kind = 0, ""
    while kind != "end":
        found = _WORD.match(text, at)
        if found is None:
            rest = text[at:].lstrip()
            why = _ADVICE.get(rest[0], "a name with such characters goes between backticks")
            msg = f"{shown(rest[:20])} cannot be read; {why}"
            raise ArgumentError(msg)
        kind = str(found.lastgroup)
        yield Token(kind, found[kind], found.start(kind), found.end())
        at = found.end()
