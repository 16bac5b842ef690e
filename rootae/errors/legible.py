"""Names from files as they may be shown: none acts on a terminal, a page or a picture."""

from __future__ import annotations

import re

__all__ = ["legible", "untexed", "valid"]

_SURROGATE = re.compile("[\ud800-\udfff]")
_BYTES = range(0xDC80, 0xDD00)  # what Python makes of bytes that are not UTF-8
_KEPT = "\N{NO-BREAK SPACE}"


def legible(text: str) -> str:
    r"""Return text with escapes in the place of all that is not printable.

    These are control characters, those that turn the direction of writing, and bytes that are not
    UTF-8.

    Example:
        >>> print(legible("pt\x1b[31m\udcff"))
        pt\x1b[31m\xff
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in _KEPT else _escaped(c) for c in text)


def untexed(text: str) -> str:
    r"""Return text for a picture, in which dollars are dollars and no formulas begin with them.

    Example:
        >>> print(untexed("$\\frac"))
        \$\frac
    """
    return legible(text).replace("$", r"\$")


def valid(text: str) -> str:
    r"""Return text that UTF-8 can say: escapes in the place of bytes that it cannot.

    Example:
        >>> print(valid("k\udcff"))
        k\xff
    """
    return _SURROGATE.sub(lambda found: _escaped(found[0]), text)


def _escaped(letter: str) -> str:
    code = ord(letter)
    if code in _BYTES:
        return f"\\x{code - 0xDC00:02x}"
    return letter.encode("unicode_escape").decode()
