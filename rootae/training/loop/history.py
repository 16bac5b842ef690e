"""Learning curves of a whole run, as a table and as a picture."""

from __future__ import annotations

import csv
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rootae.errors.legible import untexed
from rootae.paths.targets import Output
from rootae.training.loop.curve import RATES, Point, rate_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Curve", "History", "curves_of"]

_MOST = 12  # curves in the picture


@dataclass(frozen=True)
class Curve:
    """How one family did on one group."""

    tree: str
    group: str
    family: str
    points: list[Point] = field(default_factory=list)

    @property
    def terms(self) -> list[str]:
        """Return the names of all terms, those of rivals among them."""
        return list(dict.fromkeys(n for p in self.points for n in (*p.validation, *p.training)))

    def steps(self) -> list[int]:
        """Return the steps from the start of the first phase, a number for each point."""
        ends = {p.phase: p.step for p in self.points}
        before = dict(zip(ends, itertools.accumulate(ends.values(), initial=0), strict=False))
        return [before[p.phase] + p.step for p in self.points]


class History:
    """Learning curves, one a family and group.

    Arguments:
        path: a CSV file; the picture has the same name but for ``.png``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._table, self._picture = Output(path), Output(path.with_suffix(".png"))
        self.curves: list[Curve] = []

    def begin(self, tree: str, group: str, family: str) -> list[Point]:
        """Return the list that takes the points of a new curve."""
        self.curves.append(Curve(tree, group, family))
        return self.curves[-1].points

    def write(self) -> None:
        """Write the table: a row a check, terms in bits a row on training and validation rows."""
        terms = list(dict.fromkeys(n for c in self.curves for n in c.terms))
        head = ["tree", "group", "family", "phase", "step", "learning_rate"]
        head += [f"{sample}_{n}" for n in terms for sample in ("training", "validation")]
        with (
            self._table.atomic() as part,
            part.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file,
        ):
            writer = csv.DictWriter(file, head, restval="")
            writer.writeheader()
            writer.writerows(self._rows())

    def _rows(self) -> Iterator[dict[str, Any]]:
        for curve in self.curves:
            for p in curve.points:
                row: dict[str, Any] = {
                    "tree": curve.tree,
                    "group": curve.group,
                    "family": curve.family,
                }
                row |= {"phase": p.phase, "step": p.step, "learning_rate": f"{p.rate:.4g}"}
                for sample in ("training", "validation"):
                    row |= {f"{sample}_{n}": f"{v:.6g}" for n, v in getattr(p, sample).items()}
                yield row

    def draw(self) -> bool:
        """Draw the curves beside the table; say whether matplotlib is there to do so."""
        try:
            from matplotlib.backends.backend_agg import FigureCanvasAgg
            from matplotlib.figure import Figure
        except ImportError:
            return False
        shown = [c for c in self.curves if c.points][:_MOST]
        if not shown:
            return True
        figure = Figure(figsize=(11, 0.6 + 2.7 * len(shown)), layout="constrained")
        FigureCanvasAgg(figure)
        left = len([c for c in self.curves if c.points]) - len(shown)
        note = f" (the first {_MOST}; {left} more are in the table)" if left else ""
        figure.suptitle(f"Learning curves: {untexed(self.path.stem)}{note}")
        grid = figure.subplots(len(shown), 3, squeeze=False)
        for axes, curve in zip(grid, shown, strict=True):
            _draw_rates(axes[0], curve)
            _draw_terms(axes[1], curve)
            _draw_learning_rate(axes[2], curve)
        with self._picture.atomic() as part:
            figure.savefig(part, dpi=120, format="png")
        return True


def curves_of(path: Path) -> list[Curve]:
    """Return the curves of a table that `History` wrote; none where there is no such file."""
    found: dict[tuple[str, str, str], Curve] = {}
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            named = row["tree"], row["group"], row["family"]
            terms = {
                sample: {
                    name.removeprefix(f"{sample}_"): float(value)
                    for name, value in row.items()
                    if name.startswith(f"{sample}_") and value
                }
                for sample in ("training", "validation")
            }
            point = Point(int(row["phase"]), int(row["step"]), float(row["learning_rate"]), **terms)
            found.setdefault(named, Curve(*named)).points.append(point)
    return list(found.values())


def _draw_rates(axes: Any, curve: Curve) -> None:
    steps = curve.steps()
    trained = [
        (s, rate_of(p.training)) for s, p in zip(steps, curve.points, strict=True) if p.training
    ]
    if trained:
        axes.plot(*zip(*trained, strict=True), color="tab:blue", label="training")
    rates = [rate_of(p.validation) for p in curve.points]
    axes.plot(steps, rates, color="tab:orange", linestyle="--", label="validation")
    for a, b in itertools.pairwise(zip(curve.points, steps, strict=True)):
        if a[0].phase != b[0].phase:
            axes.axvline(a[1], color="0.7", linewidth=0.8)
    where = untexed(f"{curve.tree}: {curve.group or '(event)'}")
    axes.set(title=f"{where}, {curve.family}", xlabel="step", ylabel="bits a row")
    axes.legend(frameon=False)


def _draw_terms(axes: Any, curve: Curve) -> None:
    """Draw each term for itself, relative to its largest size: they differ by orders."""
    steps = curve.steps()
    for name in curve.terms:
        found = [
            (s, v)
            for s, p in zip(steps, curve.points, strict=True)
            if (v := p.validation.get(name, p.training.get(name))) is not None
        ]
        most = max((abs(v) for _, v in found), default=0.0) or 1.0
        style = "-" if name in RATES else ":"
        scaled = [(s, v / most) for s, v in found]
        axes.plot(*zip(*scaled, strict=True), linestyle=style, label=f"{name} (1 = {most:.3g})")
    axes.set(title="terms, on validation rows", xlabel="step", ylabel="share of the largest")
    axes.legend(frameon=False, fontsize="small")


def _draw_learning_rate(axes: Any, curve: Curve) -> None:
    axes.plot(curve.steps(), [p.rate for p in curve.points], color="tab:green")
    axes.set(title="learning rate", xlabel="step")
    axes.set_ylim(bottom=0)
