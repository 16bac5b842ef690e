"""What may happen to a column's values, and who decided so."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rootae.errors import ArgumentError
from rootae.regular import regular

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from rootae.schema import Column

__all__ = ["EXACT", "Bound", "Choice", "Rule", "choose", "deviation", "rules_file", "rules_of"]

Kind = Literal["exact", "abs", "rel", "none"]

_FULL_NAME_ONLY = frozenset({"run", "luminosityBlock", "event"})


@dataclass(frozen=True)
class Bound:
    """The largest change a column's values may suffer, in the branch's own unit.

    Arguments:
        kind: ``exact`` (bit for bit), ``abs`` (|y - x| <= error), ``rel`` (|y - x| <= error |x|)
            or ``none`` (best effort of the latents alone).
        error: the bound of ``abs`` (0 < error < inf) or ``rel`` (0 < error < 1), else 0.

    Raises:
        ArgumentError: the error is out of the kind's range.

    Example:
        >>> Bound.parse("rel:1e-3")
        Bound(kind='rel', error=0.001)
        >>> str(Bound("abs", 0.0005))
        'abs:0.0005'
    """

    kind: Kind
    error: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no value could satisfy or what means another kind."""
        limits = {"abs": math.inf, "rel": 1.0}
        if self.kind not in ("exact", "abs", "rel", "none"):
            msg = f"unknown bound {self.kind!r}: use exact, abs:E, rel:E or none"
            raise ArgumentError(msg)
        if self.kind in limits and not 0 < self.error < limits[self.kind]:
            top = "1" if self.kind == "rel" else "infinity"
            msg = (
                f"bound {self.kind}:{self.error:g} is out of range: it must be above 0, below {top}"
            )
            raise ArgumentError(msg)
        if self.kind not in limits and self.error:
            msg = f"bound {self.kind} takes no number"
            raise ArgumentError(msg)

    @classmethod
    def parse(cls, text: str) -> Bound:
        """Read ``exact``, ``none``, ``abs:E`` or ``rel:E``."""
        kind, colon, number = text.strip().partition(":")
        if kind not in ("exact", "abs", "rel", "none") or bool(colon) != (kind in ("abs", "rel")):
            msg = f"malformed bound {text!r}: use exact, abs:E, rel:E or none, as in rel:1e-3"
            raise ArgumentError(msg)
        try:
            return cls(kind, float(number) if colon else 0.0)  # type: ignore[arg-type]
        except ValueError as error:
            if isinstance(error, ArgumentError):
                raise
            msg = f"malformed bound {text!r}: {number!r} is not a number"
            raise ArgumentError(msg) from error

    def __str__(self) -> str:
        return f"{self.kind}:{self.error!r}" if self.kind in ("abs", "rel") else self.kind


EXACT = Bound("exact")


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
    kind = rule.bound.kind
    if kind == "none":
        if column.is_counter:
            return Choice(EXACT, "counters stay exact")
        precious = column.name in _FULL_NAME_ONLY or (
            np.dtype(column.dtype).kind in "iu" and (np.dtype(column.dtype).itemsize == 8)
        )
        if precious and not rule.names(column.name):
            return Choice(EXACT, "identifiers need their full name")
    elif kind != "exact" and np.dtype(column.dtype).kind != "f":
        return Choice(EXACT, "integers stay exact")
    return Choice(rule.bound, f"--bound {rule.glob}={rule.bound}")


def deviation(
    original: NDArray[Any], returned: NDArray[Any], bound: Bound
) -> tuple[float, NDArray[np.bool_]]:
    """Compare returned values with the original under a bound, in float64.

    Arguments:
        original: values as read from the input, any shape, the branch's dtype and unit.
        returned: values as decoded, same shape and dtype.
        bound: what was promised.

    Returns:
        The largest |y - x| among finite values (relative to |x| under ``rel``), and a mask of the
        values that break the bound. Non-finite values and -0.0 must agree bit for bit under every
        bound but ``none``; so must everything under ``exact``, booleans by their byte.

    Example:
        >>> x = np.array([1.0, 2.0], "f4")
        >>> deviation(x, x * np.float32(1.0005), Bound("rel", 1e-4))[1]
        array([ True,  True])
    """
    same = _same_bits(original, returned)
    if original.dtype.kind != "f" or bound.kind == "exact":
        wrong = ~same if bound.kind != "none" else np.zeros(same.shape, bool)
        return _largest(original, returned, same), wrong
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        x, y = original.astype(np.float64), returned.astype(np.float64)
        error, scale = np.abs(y - x), np.abs(x)
        limit = {"abs": bound.error, "rel": bound.error * scale}.get(bound.kind, np.inf)
        ordinary = np.isfinite(x) & ~((x == 0) & np.signbit(x))
        fine = same | (ordinary & (error <= limit))
        if bound.kind == "rel":
            error = np.where(scale > 0, error / scale, error)
    error = error[np.isfinite(error)]
    wrong = np.zeros(fine.shape, bool) if bound.kind == "none" else ~fine
    return float(error.max(initial=0.0)), wrong


def _same_bits(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.bool_]:
    if a.dtype.kind not in "fb":  # as a boolean every byte but 0 is true
        return np.asarray(a == b)
    view = np.dtype(f"u{a.dtype.itemsize}")
    return np.asarray(np.ascontiguousarray(a).view(view) == np.ascontiguousarray(b).view(view))


def _largest(a: NDArray[Any], b: NDArray[Any], same: NDArray[np.bool_]) -> float:
    if same.all():
        return 0.0
    with np.errstate(invalid="ignore", over="ignore"):
        gap = np.abs(_number(b) - _number(a))[~same]
    gap = gap[np.isfinite(gap)]
    return float(gap.max(initial=0.0))


def _number(x: NDArray[Any]) -> NDArray[np.float64]:
    """Return values as float64, booleans by their byte."""
    return (x.view(np.uint8) if x.dtype.kind == "b" else x).astype(np.float64)
