"""What `--lossy` does to each column, by its name and what was seen of its values."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import numpy as np

from rootae.planner.identifiers import said_by
from rootae.planner.rules import Choice
from rootae.schema.bounds.bound import EXACT, Bound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rootae.planner.look import Look
    from rootae.schema.column import Column

__all__ = ["cut_already", "preset"]

_ANGLES = ("*eta*", "*phi*")
_LEPTONS = ("muon", "electron", "lepton")  # their masses make the narrowest peaks
_MOMENTA = ("px", "py", "pz")
_ENERGIES = ("_e", "energy")
_TRUNCATED = 3  # that many common zero mantissa bits: somebody chose the precision already
_CUT = "mantissa bits cut already"
_NAMED = 4  # columns that a note names


def preset(column: Column, seen: Look, siblings: Iterable[str]) -> Choice:
    """Choose a column's bound for `--lossy`.

    Arguments:
        column: the column.
        seen: what its sampled values have in common.
        siblings: names of the tree's columns, which tell an energy beside a momentum.

    Returns:
        The bound and one phrase on where it comes from.

    Example:
        >>> from rootae.planner.look import Look
        >>> from rootae.schema.column import Column
        >>> preset(Column("evttime", "float64"), Look(), ())
        Choice(bound=Bound(kind='exact', error=0.0), why='--lossy: its name says time')
    """
    dtype = np.dtype(column.dtype)
    if dtype.kind != "f":
        return Choice(EXACT, "integers stay exact")
    if reason := _exact_by(column.name, seen):
        return Choice(EXACT, reason)
    if dtype.itemsize == 8 or _is_cartesian(column.name, siblings):
        return Choice(Bound("rel", 1e-6), "--lossy: float64 and Cartesian")
    lower = column.name.lower()
    if lower.startswith(_LEPTONS) and lower.endswith(("_eta", "_phi")):
        return Choice(Bound("abs", 1e-4), "--lossy: angle of a lepton")
    if lower.startswith((*_LEPTONS, "jet")) and lower.endswith("_pt"):
        return Choice(Bound("rel", 2e-4), "--lossy: momentum of a lepton or jet")
    if any(fnmatchcase(column.name, glob) for glob in _ANGLES):
        return Choice(Bound("abs", 5e-4), "--lossy: angle")
    return Choice(Bound("rel", 1e-3), "--lossy: float32")


def _exact_by(name: str, seen: Look) -> str:
    """Say why a column of floating point is none to round, nothing if it is one."""
    if seen.most == 1.0:
        return "--lossy: one value only"
    if seen.is_whole:
        return "--lossy: whole numbers only"
    if said := said_by(name):
        return f"--lossy: its name says {said}"
    if seen.most:
        return f"--lossy: one value makes up {100 * seen.most:.0f}%"
    return f"{seen.zeros} {_CUT}" if seen.zeros >= _TRUNCATED else ""


def _is_cartesian(name: str, siblings: Iterable[str]) -> bool:
    """Say whether a column is part of a Cartesian four-vector: a mass would feel its rounding."""
    lower = name.lower()
    if lower.endswith(_MOMENTA):
        return True
    for suffix in _ENERGIES:
        if lower.endswith(suffix):
            stem = lower[: -len(suffix)].rstrip("_")
            return any(
                s.lower().endswith(_MOMENTA) and s.lower().startswith(stem) for s in siblings
            )
    return lower == "e" and any(s.lower() in _MOMENTA for s in siblings)


def cut_already(chosen: Mapping[str, Choice], seen: Mapping[str, Look]) -> str:
    """Say in one sentence which columns' mantissas were cut before, and what a bound would do.

    Arguments:
        chosen, seen: each column's bound and look, by whatever name is to be told.

    Returns:
        The sentence; nothing where there is no such column.
    """
    names = [n for n, choice in chosen.items() if choice.why.endswith(_CUT)]
    if not names:
        return ""
    bits = [seen[n].mantissa - seen[n].zeros for n in names]
    few, many = min(bits), max(bits)
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    kept = f"{few}" if few == many else f"{few} to {many}"
    gains = f"{2.0 ** -(few + 1):.1e}" + ("" if few == many else f" to {2.0 ** -(many + 1):.1e}")
    return (
        f"mantissas cut to {kept} bits already, kept exact: {len(names)} columns "
        f"({', '.join(names[:_NAMED])}{more}); --bound GLOB=rel:E rounds them again, and saves "
        f"something only with E above {gains}"
    )
