"""The result of an evaluation: what was compared, and what came out."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.summary import Summary, seconds_text, size_text

if TYPE_CHECKING:
    from pathlib import Path

    from rootae.evaluation.columns.correlations import CorrelationReport
    from rootae.evaluation.columns.latents import LatentReport
    from rootae.evaluation.columns.residuals import ColumnReport
    from rootae.evaluation.columns.spectra import Spectrum
    from rootae.evaluation.peaks.fits import Comparison
    from rootae.evaluation.peaks.report import PeakReport

__all__ = ["Evaluation", "TreeReport"]

_MOVED = 1.0  # errors of a fit, from which on the verdict speaks of a peak


@dataclass(frozen=True)
class TreeReport:
    """One tree that was compared.

    Arguments:
        path: its path.
        entries: its entries.
        every: 1 if distances of distributions are from all entries, n if from every n-th.
        columns: its columns, in the original's order.
        correlations: of each group of columns.
        latents: of the groups that have any.
        spectra: histograms by column.
    """

    path: str
    entries: int
    every: int
    columns: tuple[ColumnReport, ...]
    correlations: tuple[CorrelationReport, ...] = ()
    latents: tuple[LatentReport, ...] = ()
    spectra: dict[str, Spectrum] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, repr=False)
class Evaluation(Summary):
    """What compression did to a file.

    Arguments:
        original, compressed: the files.
        before, after: their sizes in bytes.
        trees: what was compared, tree by tree.
        peaks: fitted peaks.
        notes: what was left out, and why.
        seconds: wall time.
    """

    original: Path
    compressed: Path
    before: int
    after: int
    trees: tuple[TreeReport, ...]
    peaks: tuple[PeakReport, ...]
    notes: tuple[str, ...]
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """Say in one line what came out."""
        sizes = f"{self.original} {size_text(self.before)} -> {self.compressed}"
        took = f" {seconds_text(sum(self.seconds.values()))}" if self.seconds else ""
        times = f"{size_text(self.after)}: {self.ratio:.2f} times smaller."
        return f"{sizes} {times} {self.verdict}{took}"

    def tables(self) -> dict[str, tuple[list[str], list[list[str]]]]:
        """Return peaks and columns, those that changed most first, for notebooks."""
        head = ["column", "bound", "largest error", "RMS error over spread", "KS"]
        worst = [
            [f"{c.tree}:{c.name}", c.bound, f"{c.largest:.3g}", f"{c.noise:.3g}", f"{c.ks:.3g}"]
            for c in self.worst
        ]
        fits = [
            [p.name, f.before.method, f"{f.mass_shift:+.3f}", f"{f.width_shift:+.3f}"]
            for p in self.peaks
            for f in p.fits
        ]
        shifts = ["peak", "fit", "shift of the mass, in its error", "of the width"]
        return {**({"peaks": (shifts, fits)} if fits else {}), "columns": (head, worst)}

    @property
    def ratio(self) -> float:
        """Return how many times smaller the file became."""
        return self.before / max(self.after, 1)

    @property
    def columns(self) -> tuple[ColumnReport, ...]:
        """Return the columns of all trees."""
        return tuple(c for t in self.trees for c in t.columns)

    @property
    def worst(self) -> list[ColumnReport]:
        """Return the columns, those first that broke a bound, then by RMS error over spread."""
        return sorted(self.columns, key=lambda c: (-min(c.broken, 1), -c.noise))

    @property
    def verdict(self) -> str:
        """Say whether all values are within their bounds, and which peaks moved."""
        bounded = [c for c in self.columns if c.bound != "none"]
        loose = len(self.columns) - len(bounded)
        values, broken = sum(c.values for c in bounded), sum(c.broken for c in bounded)
        if broken:
            names = [f"{c.tree}:{c.name}" for c in bounded if c.broken]
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            text = (
                f"{broken:,} of {values:,} values break their bound: {', '.join(names[:5])}{more}"
            )
        elif bounded:
            text = f"All {values:,} values with a bound are within it"
        else:
            text = "No column has a bound"
        if loose and bounded:
            text += f"; {loose} of {len(self.columns)} columns have no bound"
        return ". ".join([text, *self.shifts]) + "."

    @property
    def shifts(self) -> list[str]:
        """Say which peaks moved, or changed their widths, by an error or more of the fit."""
        told = []
        for peak in self.peaks:
            fits = [f for f in peak.fits if f.converged]
            most = {
                name: max((getattr(f, f"{name}_shift") for f in fits), key=abs, default=0.0)
                for name in ("mass", "width")
            }
            moved = [f"{k} by {v:+.1f}" for k, v in most.items() if abs(v) >= _MOVED]
            if moved:
                told.append(f"{peak.name} moved: {', '.join(moved)} times the fit's error")
        return told

    @property
    def holds(self) -> bool:
        """Say whether no value breaks a bound."""
        return not any(c.broken for c in self.columns)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; what is not a number is null."""
        return {
            "original": str(self.original),
            "compressed": str(self.compressed),
            "before": self.before,
            "after": self.after,
            "ratio": self.ratio,
            "holds": self.holds,
            "verdict": self.verdict,
            "trees": [_tree(t) for t in self.trees],
            "peaks": [_peak(p) for p in self.peaks],
            "notes": list(self.notes),
        }


def _tree(tree: TreeReport) -> dict[str, Any]:
    columns = [
        _plain(dataclasses.asdict(c)) | _plain({"bits": c.bits, "share": c.share, "noise": c.noise})
        for c in tree.columns
    ]
    correlations = [
        {
            "group": c.group,
            "columns": list(c.names),
            **_plain({"before": c.before, "after": c.after, "difference": c.difference}),
        }
        for c in tree.correlations
    ]
    latents = [
        _plain({k: v for k, v in vars(x).items() if k not in ("tree", "sample")})
        for x in tree.latents
    ]
    return {
        "path": tree.path, "entries": tree.entries, "every": tree.every, "columns": columns,
        "correlations": correlations, "latents": latents,
    }  # fmt: skip


def _peak(peak: PeakReport) -> dict[str, Any]:
    shown = ("name", "tree", "text", "unit", "note", "candidates", "moved")
    return {
        **{name: getattr(peak, name) for name in shown},
        "model": _plain(dataclasses.asdict(peak.model)),
        "fits": [_comparison(f) for f in peak.fits],
    }


def _comparison(fits: Comparison) -> dict[str, Any]:
    shown: dict[str, Any] = _plain(
        {
            "method": fits.before.method,
            "selection": fits.selection,
            "before": dataclasses.asdict(fits.before),
            "after": dataclasses.asdict(fits.after),
            "mass_shift": fits.mass_shift,
            "width_shift": fits.width_shift,
        }
    )
    return shown


def _plain(value: Any) -> Any:
    """Return JSON's own types."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
