"""Rules that say which bound a column gets, and what they choose."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import numpy as np

from rootae.errors import ArgumentError, nearest
from rootae.naming import any_matches
from rootae.paths.regular import regular
from rootae.schema.bounds.bound import EXACT, Bound

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from rootae.schema.column import Column
    from rootae.schema.tree import TreeSchema

__all__ = ["Choice", "Rule", "choose", "rules_file", "rules_of", "unmatched"]

_FULL_NAME_ONLY = frozenset({"run", "luminosityBlock", "event"})


@dataclass(frozen=True)
class Rule:
    """``GLOB=BOUND`` as the user wrote it; globs match ``branch`` or ``tree:branch``.

    Example:
        >>> Rule("hit[6]", EXACT).matches("T", "hit[6]"), Rule("T:x*", EXACT).matches("T", "x1")
        (True, True)
    """

    glob: str
    bound: Bound

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read ``GLOB=BOUND``."""
        glob, equals, bound = text.rpartition("=")
        if not equals or not glob.strip():
            msg = f"malformed --bound {text!r}: use GLOB=BOUND, as in 'Jet_*=rel:1e-3'"
            raise ArgumentError(msg)
        return cls(glob.strip(), Bound.parse(bound))

    def matches(self, tree: str, column: str, others: Collection[str] = ()) -> bool:
        """Say whether this rule speaks of that column (case-sensitive).

        Arguments:
            tree: the tree's path.
            column: the column's name.
            others: names of the tree's columns; a rule that says one of these means that only.
        """
        said = self.glob, self.glob.removeprefix(f"{tree}:")
        if column in said or any(name in others for name in said):
            return column in said
        return fnmatchcase(column, self.glob) or fnmatchcase(f"{tree}:{column}", self.glob)

    def names(self, column: str) -> bool:
        """Say whether the rule gives the column's full name, with or without a tree."""
        return self.glob == column or self.glob.endswith(f":{column}")


@dataclass(frozen=True)
class Choice:
    """A column's bound and why it has it."""

    bound: Bound
    why: str


def rules_of(bounds: Mapping[str, Bound | str] | Iterable[Rule] | None) -> tuple[Rule, ...]:
    """Turn ``{glob: bound}`` into rules, in order.

    Example:
        >>> rules_of({"*": "exact", "Jet_pt": "rel:1e-3"})[1].bound.error
        0.001
    """
    if bounds is None:
        return ()
    if not isinstance(bounds, Mapping):
        return tuple(bounds)
    pairs = bounds.items()
    return tuple(Rule(g, b if isinstance(b, Bound) else Bound.parse(b)) for g, b in pairs)


def rules_file(path: Path) -> tuple[Rule, ...]:
    """Read rules from a TOML file: a table ``bounds``, or the file itself, of glob = bound.

    Raises:
        ArgumentError: the file cannot be read, or holds anything else.
    """
    try:
        table = tomllib.loads(regular(path).read_text())
    except (OSError, ValueError) as error:
        msg = f"--bounds {path} cannot be read as TOML: {error}"
        raise ArgumentError(msg) from error
    table = table.get("bounds", table)
    if not isinstance(table, dict) or not all(isinstance(b, str) for b in table.values()):
        msg = f'--bounds {path}: every line must read "GLOB" = "BOUND", as in "*_pt" = "rel:1e-3"'
        raise ArgumentError(msg)
    return rules_of(table)


def choose(
    tree: str,
    column: Column,
    rules: Iterable[Rule] = (),
    start: Choice | None = None,
    others: Collection[str] = (),
) -> Choice:
    """Decide one column's bound: a preset's first, then the rules, later over earlier.

    Arguments:
        tree: the tree's path.
        column: the column; integers and booleans stay exact whatever is asked, but for ``none``.
        rules: what the user asked for.
        start: a preset's choice, by default exact.
        others: names of the tree's columns, see `Rule.matches`.

    Returns:
        The bound and one phrase on where it comes from.
    """
    choice = start or Choice(EXACT, "default")
    for rule in rules:
        if rule.matches(tree, column.name, others):
            choice = _apply(rule, column)
    return choice


def _apply(rule: Rule, column: Column) -> Choice:
    if not rule.bound.promises:
        if column.is_counter:
            return Choice(EXACT, "counters stay exact")
        precious = column.name in _FULL_NAME_ONLY or (
            np.dtype(column.dtype).kind in "iu" and (np.dtype(column.dtype).itemsize == 8)
        )
        if precious and not rule.names(column.name):
            return Choice(EXACT, "identifiers need their full name")
    elif not rule.bound.of_whole and np.dtype(column.dtype).kind != "f":
        return Choice(EXACT, "integers stay exact")
    return Choice(rule.bound, f"--bound {rule.glob}={rule.bound}")


def unmatched(
    schemas: Sequence[TreeSchema], rules: Sequence[Rule], kept: Sequence[str]
) -> list[str]:
    """Return a note for every rule and every glob that no column has use for.

    Arguments:
        schemas: the file's trees.
        rules: bounds that were asked for.
        kept: globs of columns that were to stay ordinary branches.
    """
    pairs = [(s.path, c.name) for s in schemas for c in s.columns]
    names = [name for s in schemas for name in s.order]
    idle = [r for r in rules if not any(r.matches(*pair) for pair in pairs)]
    notes = [_lost(f"bound {r.glob}={r.bound}", r.glob.rpartition(":")[2], names) for r in idle]
    lost = [glob for glob in kept if not any(any_matches([glob], name) for name in names)]
    return notes + [_lost(f"--keep-plain {glob}", glob, names) for glob in lost]


def _lost(what: str, glob: str, names: Sequence[str]) -> str:
    hint = nearest(glob, dict.fromkeys(names))
    return f"{what} matches no column" + (f"; {hint}" if hint else "")
