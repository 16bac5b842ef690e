"""Which branches a skim keeps: globs, and files of keep and drop lines as NanoAOD's tools read."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from fnmatch import translate
from typing import TYPE_CHECKING

from rootae.errors import ArgumentError
from rootae.naming import matched
from rootae.paths.regular import regular

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Line", "chosen", "read_lines"]

_COMMENT = "#"
_COMMANDS = {  # whether branches are kept, and whether the rest of the line is a regular expression
    "keep": (True, False),
    "drop": (False, False),
    "keepmatch": (True, True),
    "dropmatch": (False, True),
}


@dataclass(frozen=True)
class Line:
    """One line of a file: branches to keep, or to drop.

    Arguments:
        text: the line.
        keep: keep or drop.
        pattern: matches whole names.
    """

    text: str
    keep: bool
    pattern: re.Pattern[str]


def read_lines(path: Path) -> tuple[Line, ...]:
    """Read a file of lines such as ``drop *`` and ``keep Muon_*``; ``#`` begins a comment.

    ``keepmatch`` and ``dropmatch`` take regular expressions. Of several lines that match a branch
    the last one counts, and a branch that none matches is kept.

    Raises:
        ArgumentError: there is no such file, or a line is something else.
    """
    try:
        texts = regular(path).read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read as a file of keep and drop lines: {error}"
        raise ArgumentError(msg) from error
    found = ((n, text.partition(_COMMENT)[0].strip()) for n, text in enumerate(texts, 1))
    return tuple(_line(text, f"{path}:{n}") for n, text in found if text)


def _line(text: str, where: str) -> Line:
    command, *rest = text.split(maxsplit=1)
    if command not in _COMMANDS or not rest:
        msg = f"{where}: {text!r} is no line such as 'keep Muon_*' or 'drop *'"
        raise ArgumentError(msg)
    keep, regular = _COMMANDS[command]
    try:
        pattern = re.compile(rest[0] if regular else translate(rest[0]))
    except re.error as error:
        msg = f"{where}: {rest[0]!r} is no regular expression: {error}"
        raise ArgumentError(msg) from error
    return Line(text, keep, pattern)


def chosen(
    names: Sequence[str],
    where: str,
    keep: Sequence[str] = (),
    drop: Sequence[str] = (),
    lines: Sequence[Line] = (),
) -> tuple[list[str], list[str]]:
    """Return the branches to keep, and the lines that match none.

    Files are shared between datasets, so that a line may well match nothing; a glob that was typed
    and matches nothing is a slip.

    Arguments:
        names: all branches.
        where: the tree, for messages.
        keep: globs of branches to keep, all by default.
        drop: globs of branches to leave out of these.
        lines: of a file; what they keep is what the globs choose from.

    Raises:
        NameNotFound: a glob matches nothing.
        ArgumentError: nothing is left.

    Example:
        >>> chosen(["Muon_pt", "Muon_eta", "run"], "Events", keep=["Muon_*"], drop=["*_eta"])
        (['Muon_pt'], [])
    """
    lines = [_exact(line, names) for line in lines]
    wanted = matched(keep, names, where, "column like")
    dropped = matched(drop, names, where, "column like")
    wanted = wanted if keep else set(names)
    found = [n for n in names if n in wanted - dropped and _kept(n, lines)]
    if not found:
        msg = f"{where}: no column is left: keep some"
        raise ArgumentError(msg)
    idle = [x.text for x in lines if not any(x.pattern.fullmatch(n) for n in names)]
    return found, idle


def _exact(line: Line, names: Sequence[str]) -> Line:
    """Take what a line says for a name, if there is one like it, and not for a glob."""
    command, said = line.text.split(maxsplit=1)
    if said not in names or _COMMANDS[command][1]:
        return line
    return dataclasses.replace(line, pattern=re.compile(re.escape(said)))


def _kept(name: str, lines: Sequence[Line]) -> bool:
    return next((x.keep for x in reversed(lines) if x.pattern.fullmatch(name)), True)
