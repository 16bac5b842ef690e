"""What autoencoders store, against the priors that they are drawn towards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rootae.evaluation.columns.residuals import kolmogorov_smirnov
from rootae.training import families
from rootae.training.settings import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from rootae.evaluation.columns.latents import LatentReport
    from rootae.evaluation.families.candidate import Candidate

    Array = NDArray[np.float64]

__all__ = ["PriorReport", "against_prior"]

_DRAWN = 1 << 15  # points of a prior
_ROWS = 20_000  # of a latent that are kept for pictures


@dataclass(frozen=True)
class PriorReport:
    """One latent of one group.

    Arguments:
        tree, group: whose it is.
        number: which one.
        prior: what it is drawn towards, empty for families that draw it nowhere.
        mean, std: of its whole numbers.
        ks: Kolmogorov-Smirnov distance of the latent, less its mean and in units of its width,
            from the prior, or from a Gaussian where there is none.
        sample, drawn: both, in these units.
    """

    tree: str
    group: str
    number: int
    prior: str
    mean: float
    std: float
    ks: float
    sample: Array = field(repr=False, compare=False)
    drawn: Array = field(repr=False, compare=False)


def against_prior(reports: Sequence[LatentReport], candidate: Candidate) -> tuple[PriorReport, ...]:
    """Hold the latents of a file against the prior of the family that made it.

    Arguments:
        reports: of the file's latents; those that are categories are left out.
        candidate: the family, with its settings.
    """
    prior, categories = _prior_of(candidate)
    found: list[PriorReport] = []
    for group in dict.fromkeys((x.tree, x.group) for x in reports):
        mine = [x for x in reports if (x.tree, x.group) == group]
        mine = mine[: len(mine) - categories]
        found += map(_held, mine, _points(prior or "gaussian", len(mine)), [prior] * len(mine))
    return tuple(found)


def _held(report: LatentReport, drawn: Array, prior: str) -> PriorReport:
    every = max(-(-len(report.sample) // _ROWS), 1)
    return PriorReport(
        report.tree, report.group, report.number, prior, report.mean, report.std,
        kolmogorov_smirnov(report.sample, drawn), report.sample[::every], drawn,
    )  # fmt: skip


def _prior_of(candidate: Candidate) -> tuple[str, int]:
    """Return the name of a family's prior, empty for none, and how many latents are categories."""
    family: Any = families.load(candidate.family)
    settings = read(family.Settings, candidate.settings, candidate.family)
    name = getattr(settings, "prior", None) or getattr(family, "prior", None) or ""
    return str(name), int(getattr(settings, "discrete", 0))


def _points(prior: str, latents: int) -> Array:
    from rootae.training.latents import priors  # torch is behind it

    return priors.marginals(prior, _DRAWN, latents)
