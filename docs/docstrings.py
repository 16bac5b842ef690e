"""What griffe has to be told of the house's docstrings."""

from __future__ import annotations

import re
from typing import Any

import griffe

TOGETHER = re.compile(r"^( *)(\w+(?:, \w+)+): ", re.MULTILINE)


class House(griffe.Extension):
    """Reads `Example:` as code, and `a, b: text` as two arguments."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite an object's docstring before it is parsed."""
        if obj.docstring is None:
            return
        text = re.sub(r"^( *)Example:$", r"\1Examples:", obj.docstring.value, flags=re.MULTILINE)
        head, found, tail = text.partition("Arguments:\n")
        obj.docstring.value = head + found + TOGETHER.sub(_apart, tail)


def _apart(names: re.Match[str]) -> str:
    """Give the first names a line each that points at the last, which has the text."""
    *first, last = names[2].split(", ")
    lines = [f"{names[1]}{name}: see `{last}`.\n" for name in first]
    return "".join(lines) + f"{names[1]}{last}: "
