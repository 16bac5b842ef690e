"""The masses of one peak's candidates, gathered from both files as these are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from rootae.errors import ArgumentError, NameNotFound
from rootae.evaluation.peaks.builtin import BUILT_IN, BuiltIn, Candidates
from rootae.evaluation.peaks.expressions import Expression, parse
from rootae.evaluation.peaks.models import Model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rootae.evaluation.pairs import PairedTree, Part
    from rootae.schema.column import Column

    Array = NDArray[np.float64]

__all__ = ["Masses", "masses_of"]

GEV = "GeV"


@dataclass
class Masses:
    """One peak in one tree.

    Arguments:
        name: what it is called.
        tree: the tree's path.
        text: how a mass is made.
        source: what makes it.
        models: what may be fitted; made from the values where it is empty.
        asked: by name, and not only because the columns are there.
        window: where to fit, if the user said so.
    """

    name: str
    tree: str
    text: str
    source: Candidates | Expression
    models: tuple[Model, ...] = ()
    asked: bool = True
    window: tuple[float, float] | None = None
    moved: int = 0
    factor: float | None = None
    _parts: list[tuple[Array, Array, Array]] = field(default_factory=list)

    def update(self, part: Part) -> None:
        """Take in more entries."""
        if isinstance(self.source, Expression):
            flat = [
                self.source.compute({n: values[n].flat for n in self.source.columns})
                for values in (part.before, part.after)
            ]
            self._parts.append((flat[0], flat[1], flat[1]))
            return
        before, after = part.before, part.after
        if self.factor is None:
            self.factor = self.source.unit(before)
        unit = self.factor or 1.0
        picked, again = self.source.pick(before, unit), self.source.pick(after, unit)
        self.moved += int((np.sort(picked, axis=1) != np.sort(again, axis=1)).any(axis=1).sum())
        self._parts.append(
            (
                self.source.masses(before, unit, picked),
                self.source.masses(after, unit, picked),
                self.source.masses(after, unit, again),
            )
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what of an expression may be meant otherwise, a sentence each."""
        return self.source.formula.notes if isinstance(self.source, Expression) else ()

    @property
    def unit(self) -> str:
        """Return the unit of masses, empty where the file's own is not known."""
        return GEV if isinstance(self.source, Candidates) else ""

    @property
    def arrays(self) -> tuple[Array, Array, Array]:
        """Return masses before; after, of the same candidates; and of those chosen again."""
        if not self._parts:
            return np.zeros(0), np.zeros(0), np.zeros(0)
        first, second, third = (np.concatenate(x) for x in zip(*self._parts, strict=True))
        return first, second, third


def masses_of(pairs: Sequence[PairedTree], wanted: Sequence[str] | None) -> list[Masses]:
    """Bind the peaks that are wanted, or else all built-in ones that fit, to trees.

    Arguments:
        pairs: the trees.
        wanted: names of built-in peaks, and ``NAME=EXPR``; None for whatever fits.

    Returns:
        The peaks, each in the first tree that has its columns, or in every one for None.

    Raises:
        NameNotFound: there is no built-in peak of that name.
        ArgumentError: an expression is malformed, or no tree has the columns; they are named.
    """
    if wanted is not None:
        return [_named(text, pairs) for text in wanted]
    found = []
    for pair in pairs:
        for peak in BUILT_IN.values():
            source = peak.bind(pair.columns)
            if isinstance(source, Candidates):
                found.append(_built_in(peak, pair, source, asked=False))
    return found


def _built_in(peak: BuiltIn, pair: PairedTree, source: Candidates, *, asked: bool) -> Masses:
    return Masses(peak.name, pair.path, peak.text, source, peak.models, asked)


def _named(text: str, pairs: Sequence[PairedTree]) -> Masses:
    if "=" in text:
        return _expressed(parse(text), pairs)
    peak = BUILT_IN.get(text.strip())
    if peak is None:
        where = "the built-in peaks (or write NAME=EXPR)"
        raise NameNotFound(text.strip(), BUILT_IN, where, "peak")
    missing = []
    for pair in pairs:
        source = peak.bind(pair.columns)
        if isinstance(source, Candidates):
            return _built_in(peak, pair, source, asked=True)
        missing.append(f"tree {pair.path} lacks {source}")
    msg = f"peak {peak.name}: {'; '.join(missing)}; or write {peak.name}=EXPR"
    raise ArgumentError(msg)


def _expressed(expression: Expression, pairs: Sequence[PairedTree]) -> Masses:
    missing: list[tuple[int, str]] = []
    for pair in pairs:
        columns = {c.name: c for c in pair.columns}
        absent = [n for n in expression.columns if n not in columns]
        if not absent:
            used = [columns[n] for n in expression.columns]
            _same_rows(expression, used, pair.path)
            known = BUILT_IN.get(expression.name)
            models = known.models if known is not None else ()
            text, window = expression.text, expression.window
            return Masses(expression.name, pair.path, text, expression, models, True, window)
        missing.append((len(absent), f"tree {pair.path} lacks {', '.join(absent)}"))
    nearest = "; ".join(text for _, text in sorted(missing, key=lambda m: m[0])[:3])
    msg = f"peak {expression.name}: {nearest}"
    raise ArgumentError(msg)


def _same_rows(expression: Expression, used: Sequence[Column], path: str) -> None:
    groups = list(dict.fromkeys(c.group for c in used))
    inner = [c.name for c in used if c.inner_shape]
    if len(groups) > 1 or inner:
        why = (
            f"{', '.join(inner)} hold several values each"
            if inner
            else (
                "its columns do not have the same rows: "
                + ", ".join(
                    f"{c.name} ({'one an entry' if c.counter is None else c.counter})" for c in used
                )
            )
        )
        msg = f"peak {expression.name} in tree {path}: {why}; use columns of one collection"
        raise ArgumentError(msg)


def guessed(
    x: Array, window: tuple[float, float] | None, models: Sequence[Model]
) -> tuple[Model, ...]:
    """Return what may be fitted to values of which nothing is known but a window at most.

    The window is five half widths at half maximum to either side of the highest bin.
    """
    if models and window is None:
        return tuple(models)
    x = x[np.isfinite(x)]
    low, high = window if window is not None else _around_peak(x)
    if models:
        return tuple(
            Model(m.signal, m.background, low, high, m.gamma, m.mass, m.width) for m in models
        )
    return tuple(
        Model(signal, background, low, high)
        for signal in ("gauss", "crystal_ball")
        for background in ("linear", "exponential")
    )


def _around_peak(x: Array) -> tuple[float, float]:
    if not len(x):
        return 0.0, 1.0
    low, high = (float(v) for v in np.quantile(x, [0.01, 0.99]))
    counts, edges = np.histogram(x, 200, (low, high if high > low else low + 1.0))
    smooth = np.convolve(counts, np.ones(5) / 5, "same")
    top = int(np.argmax(smooth))
    below = smooth < smooth[top] / 2
    left = top - int(np.argmax(below[top::-1])) if below[: top + 1].any() else 0
    right = top + int(np.argmax(below[top:])) if below[top:].any() else len(counts) - 1
    half = max(right - left, 2) / 2 * (edges[1] - edges[0])
    middle = float(edges[top] + edges[top + 1]) / 2
    return max(middle - 5 * half, float(x.min())), min(
        middle + 5 * half, float(np.nextafter(x.max(), np.inf))
    )
