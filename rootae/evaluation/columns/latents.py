"""The latents of autoencoders, as a compressed file stores them, against a Gaussian prior."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from rootae.evaluation.columns.residuals import kolmogorov_smirnov
from rootae.evaluation.extras import needed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.reader.tree import CodedTree

    Array = NDArray[np.float64]

__all__ = ["LatentReport", "latents_of"]

_ROWS = 200_000


@dataclass(frozen=True)
class LatentReport:
    """One latent of one group.

    Arguments:
        tree, group, family: whose it is.
        number: which one.
        mean, std: of its whole numbers.
        ks: Kolmogorov-Smirnov distance from a Gaussian of this mean and width.
        sample: values less the mean, in units of the width.
    """

    tree: str
    group: str
    family: str
    number: int
    mean: float
    std: float
    ks: float
    sample: Array = field(repr=False, compare=False)


def latents_of(tree: CodedTree) -> list[LatentReport]:
    """Read all latents of a tree.

    Arguments:
        tree: its coded columns.

    Returns:
        One report a latent, from 200,000 rows at most, those of the first blocks.
    """
    stored, found = tree.stored, []
    plans = stored.plans[:1]
    for group in (g for p in plans for g in p.groups if g.encoder is not None):
        parts: list[NDArray[np.int64]] = []
        for block in range(len(stored.entries)):
            parts.append(stored.decoder(block).latents(group.name))
            if sum(p.shape[1] for p in parts) >= _ROWS:
                break
        for number, values in enumerate(np.concatenate(parts, axis=1) if parts else ()):
            found.append(_report(stored.path, group.name, group.family, number, values))
    return found


def _report(
    tree: str, group: str, family: str, number: int, values: NDArray[np.int64]
) -> LatentReport:
    x = values[:_ROWS].astype(np.float64)
    mean, std = (float(x.mean()), float(x.std())) if x.size else (0.0, 0.0)
    sample = (x - mean) / std if std else x - mean
    normal = needed("scipy.stats").norm.ppf((np.arange(4096) + 0.5) / 4096)
    return LatentReport(
        tree, group, family, number, mean, std, kolmogorov_smirnov(sample, normal), sample
    )
