"""The result of a comparison: what each family came to."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from rootae.errors import RootaeError
from rootae.evaluation.families.candidate import BOUNDS, NONE, PLAIN
from rootae.evaluation.families.trial import Failed, Trial, fit_of
from rootae.planner.rules import rules_of
from rootae.summary import Summary, seconds_text, size_text
from rootae.training.loop.curve import rate_of
from rootae.training.options import Options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from rootae.training.loop.history import Curve

__all__ = ["FamilyComparison"]


@dataclass(frozen=True, repr=False)
class FamilyComparison(Summary):
    """Several families on one file.

    Arguments:
        original: the file.
        before: its bytes.
        asked: bounds and lengths of training that were asked for, as text by name.
        within: what was made within bounds, `plain` first, then the smallest.
        loose: what was made without bounds, the most faithful first.
        failed: what came to nothing.
        seconds: wall time.
    """

    original: Path
    before: int
    asked: dict[str, str]
    within: tuple[Trial, ...]
    loose: tuple[Trial, ...]
    failed: tuple[Failed, ...]
    seconds: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls, path: Path, options: Mapping[str, Any], found: Sequence[Trial | Failed]
    ) -> FamilyComparison:
        """Put in order what was found.

        Raises:
            RootaeError: all failed; the message is the first one's.
        """
        trials = [t for t in found if isinstance(t, Trial)]
        failed = tuple(f for f in found if isinstance(f, Failed))
        if failed and not trials:
            raise RootaeError(failed[0].text)
        within = [t for t in trials if t.candidate.way == BOUNDS]
        loose = [t for t in trials if t.candidate.way == NONE]
        within.sort(key=lambda t: (t.candidate.family != PLAIN, t.bits))
        loose.sort(key=lambda t: t.rms)
        size = path.stat().st_size
        return cls(path, size, _asked(options), tuple(within), tuple(loose), failed)

    @property
    def trials(self) -> tuple[Trial, ...]:
        """Return all of both ways."""
        return self.within + self.loose

    @property
    def holds(self) -> bool:
        """Say whether no value breaks a bound."""
        return all(t.holds for t in self.trials)

    @property
    def headline(self) -> str:
        """Say in one line what came out."""
        took = f", {seconds_text(sum(self.seconds.values()))}" if self.seconds else ""
        return f"{self.original} {size_text(self.before)}: {self.verdict}{took}"

    @property
    def verdict(self) -> str:
        """Say which family makes the least bits, which keeps the most, and which failed."""
        told = []
        if self.within:
            best = min(self.within, key=lambda t: t.bits)
            told.append(
                f"within bounds {best.candidate.name} is smallest, {best.bits:.2f} bits a row"
            )
        if self.loose:
            best = self.loose[0]
            told.append(
                f"without bounds {best.candidate.name} is most faithful, RMS error {best.rms:.3g} "
                "of a column's spread"
            )
        if self.failed:
            names = dict.fromkeys(f.candidate.name for f in self.failed)
            told.append(f"failed: {', '.join(names)}")
        return "; ".join(told)

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what failed, and why."""
        return tuple(f"{f.candidate.name} failed: {f.text}" for f in self.failed)

    def tables(self) -> dict[str, tuple[list[str], list[list[str]]]]:
        """Return both tables, for notebooks and the console."""
        parts = {"within bounds": self.within, "without bounds": self.loose}
        return {title: _table(trials) for title, trials in parts.items() if trials}

    def rows(self) -> list[dict[str, Any]]:
        """Return a flat row a family and way, for a table; failures have a note only."""
        return [_row(t) for t in self.trials] + [
            {**_named(f.candidate), "note": f.text} for f in self.failed
        ]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; what is not a number is null."""
        return {
            "original": str(self.original),
            "before": self.before,
            "asked": self.asked,
            "verdict": self.verdict,
            "trials": [_trial(t) for t in self.trials],
            "failed": [{**_named(f.candidate), "text": f.text} for f in self.failed],
        }


def _asked(options: Mapping[str, Any]) -> dict[str, str]:
    """Return what was asked for, as it is shown."""
    usual: dict[str, Any] = {f.name: f.default for f in fields(Options)}
    shown = {k: v for k, v in options.items() if v and v != usual.get(k)}
    rules = rules_of(shown.pop("bounds", None))
    bounds = ", ".join(f"{r.glob}={r.bound}" for r in rules)
    preset = "the preset --lossy" if shown.pop("lossy", False) else "" if bounds else "exact"
    found = {"bounds": ", ".join(x for x in (preset, bounds) if x)}
    settings = shown.pop("settings", {})
    shown |= {k: ", ".join(map(str, v)) for k, v in shown.items() if isinstance(v, list | tuple)}
    return found | {k: str(v) for k, v in (shown | dict(settings)).items()}


def _table(trials: Sequence[Trial]) -> tuple[list[str], list[list[str]]]:
    head = ["family", "bits a row", "bytes", "RMS/spread"]
    peaks = list(dict.fromkeys(p.name for t in trials for p in t.peaks))
    head += [f"{n}: {what}" for n in peaks for what in ("mass", "width")] + ["training"]
    rows = []
    for t in trials:
        cells = [t.candidate.name, f"{t.bits:.2f}", f"{t.nbytes:,}", f"{t.rms:.3g}"]
        for name in peaks:
            fits = next((fit_of(p) for p in t.peaks if p.name == name), None)
            after = fits.after if fits is not None else None
            cells += ["" if after is None else _measured(after, w) for w in ("mass", "width")]
        rows.append([*cells, seconds_text(t.seconds)])
    return head, rows


def _measured(fit: Any, what: str) -> str:
    if not fit.converged:
        return "no fit"
    return f"{getattr(fit, what):.5g} +- {getattr(fit, f'{what}_error'):.2g}"


def _named(candidate: Any) -> dict[str, Any]:
    return {"family": candidate.family, "net": candidate.net, "way": candidate.way}


def _row(trial: Trial) -> dict[str, Any]:
    row = {
        **_named(trial.candidate), "entries": trial.entries, "bits": _digits(trial.bits),
        "coded_bytes": trial.coded, "file_bytes": trial.nbytes, "rms": _digits(trial.rms),
        "seconds": _digits(trial.seconds),
    }  # fmt: skip
    for peak in trial.peaks:
        fits = fit_of(peak)
        for side, fit in (("before", fits.before), ("after", fits.after)):
            for what in ("mass", "mass_error", "width", "width_error"):
                row[f"{peak.name}_{side}_{what}"] = _digits(getattr(fit, what))
    return row | {"note": "; ".join(trial.notes)}


def _digits(value: float) -> str:
    return f"{value:.7g}" if math.isfinite(value) else ""


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        **_named(trial.candidate),
        "settings": dict(trial.candidate.settings),
        "entries": trial.entries,
        "bits": trial.bits,
        "coded_bytes": trial.coded,
        "file_bytes": trial.nbytes,
        "rms": trial.rms,
        "holds": trial.holds,
        "seconds": trial.seconds,
        "columns": {f"{c.tree}:{c.name}": _number(c.noise) for c in trial.changed},
        "peaks": [_peak(p) for p in trial.peaks],
        "latents": [
            {
                "tree": x.tree, "group": x.group, "number": x.number, "prior": x.prior or None,
                "mean": _number(x.mean), "std": _number(x.std), "ks": _number(x.ks),
            }
            for x in trial.latents
        ],
        "curves": [_curve(c) for c in trial.curves],
        "notes": list(trial.notes),
    }  # fmt: skip


def _peak(peak: Any) -> dict[str, Any]:
    return {
        "name": peak.name,
        "tree": peak.tree,
        "unit": peak.unit,
        "candidates": peak.candidates,
        "moved": peak.moved,
        "fits": [
            {
                "method": f.before.method,
                "selection": f.selection,
                **{
                    side: {
                        what: _number(getattr(getattr(f, side), what))
                        for what in ("mass", "mass_error", "width", "width_error", "chi2", "ndf")
                    }
                    for side in ("before", "after")
                },
            }
            for f in peak.fits
        ],
    }


def _curve(curve: Curve) -> dict[str, Any]:
    """Return a learning curve: steps, and bits a row on validation rows."""
    rates = [_number(rate_of(p.validation)) for p in curve.points]
    return {"tree": curve.tree, "group": curve.group, "steps": curve.steps(), "bits": rates}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
