"""What one candidate made of the file, or why it made nothing."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rootae.evaluation.columns.residuals import ColumnReport
    from rootae.evaluation.families.candidate import Candidate
    from rootae.evaluation.families.latents import PriorReport
    from rootae.evaluation.peaks.fits import Comparison
    from rootae.evaluation.peaks.report import PeakReport
    from rootae.training.loop.history import Curve

__all__ = ["Failed", "Trial", "fit_of"]


@dataclass(frozen=True)
class Failed:
    """A candidate of which there are no figures.

    Arguments:
        candidate: which one.
        text: why, in a sentence.
    """

    candidate: Candidate
    text: str


@dataclass(frozen=True)
class Trial:
    """What became of the file with one candidate.

    Arguments:
        candidate: what it was made with.
        entries: rows of the coded trees, all together.
        coded: bytes of their columns and latents; what the file holds once is not among them.
        nbytes: bytes of the file, tables, networks and all.
        seconds: of learning.
        columns: of every column, what happened to it.
        peaks: fitted before and after.
        curves: learning curves, none where nothing is learned by steps.
        latents: against their priors.
        notes: what the run had to say.
    """

    candidate: Candidate
    entries: int
    coded: int
    nbytes: int
    seconds: float
    columns: tuple[ColumnReport, ...]
    peaks: tuple[PeakReport, ...]
    curves: tuple[Curve, ...] = field(default=(), repr=False)
    latents: tuple[PriorReport, ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()

    @property
    def bits(self) -> float:
        """Return the bits that a row of the coded trees takes."""
        return 8 * self.coded / max(self.entries, 1)

    @property
    def changed(self) -> list[ColumnReport]:
        """Return the columns that came back otherwise, those that changed most first."""
        found = [c for c in self.columns if c.changed and math.isfinite(c.noise)]
        return sorted(found, key=lambda c: -c.noise)

    @property
    def rms(self) -> float:
        """Return the RMS error over the column's spread, the median of columns that changed."""
        return statistics.median([c.noise for c in self.changed] or [0.0])

    @property
    def holds(self) -> bool:
        """Say whether no value breaks a bound."""
        return not any(c.broken for c in self.columns)


def fit_of(peak: PeakReport) -> Comparison:
    """Return the fit that tables show: binned, of the candidates that each file's values choose."""
    binned = [f for f in peak.fits if f.before.method == "binned"]
    return next((f for f in binned if f.selection == "again"), binned[0])
