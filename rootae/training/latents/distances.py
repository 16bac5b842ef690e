"""Distances between two samples, differentiable: how far latents are from their prior.

All take two samples of shape (n, dimensions) and (m, dimensions) and give one number that is 0 in
expectation, or nearly, where both come from the same distribution.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Generator

__all__ = ["DISTANCES", "cramer_wold", "energy", "mmd", "sinkhorn", "sliced_wasserstein"]

_SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)  # of the kernel, times its natural size
_PROJECTIONS = 64
_SINKHORN = 0.1, 50  # entropy's weight, of the mean cost; rounds


def mmd(x: Tensor, y: Tensor, scales: tuple[float, ...] = _SCALES) -> Tensor:
    """Return the squared maximum mean discrepancy under inverse multiquadratic kernels.

    The kernel is the sum of `C / (C + |a - b|^2)` over `C = 2 * dimensions * scale`, which is the
    mean squared distance of two standard normal points, times a scale. The estimate is unbiased,
    so that it may be negative.

    Arguments:
        x, y: two samples, at least two points each.
        scales: of the kernels.

    References:
        Tolstikhin, Bousquet, Gelly and Schoelkopf, *Wasserstein auto-encoders* (2018),
        arXiv:1711.01558; Gretton et al., JMLR 13, 723 (2012).
    """
    sizes = [2.0 * x.shape[1] * s for s in scales]

    def kernel(squared: Tensor) -> Tensor:
        whole = torch.zeros_like(squared)
        for c in sizes:
            whole = whole + c / (c + squared)
        return whole

    def within(a: Tensor) -> Tensor:
        n = len(a)
        whole = kernel(_squared(a, a)).sum() - n * len(sizes)  # a point with itself gives 1
        return whole / (n * (n - 1))

    return within(x) + within(y) - 2 * kernel(_squared(x, y)).mean()


def sliced_wasserstein(
    x: Tensor,
    y: Tensor,
    projections: Tensor | int = _PROJECTIONS,
    generator: Generator | None = None,
) -> Tensor:
    """Return the squared 2-Wasserstein distance of one-dimensional projections, their mean.

    Arguments:
        x, y: two samples of the same number of points.
        projections: how many random directions, or the directions, shape (dimensions, directions).
        generator: of random numbers, on the CPU.

    References:
        Kolouri, Pope, Martin and Rohde, *Sliced Wasserstein auto-encoders* (2018),
        arXiv:1804.01947.
    """
    if isinstance(projections, int):
        drawn = torch.randn(x.shape[1], projections, generator=generator).to(x)
        projections = functional.normalize(drawn, dim=0)
    ordered = [(a @ projections).sort(dim=0).values for a in (x, y)]
    return (ordered[0] - ordered[1]).square().mean()


def energy(x: Tensor, y: Tensor) -> Tensor:
    """Return the energy distance `2 E|x - y| - E|x - x'| - E|y - y'|`.

    References:
        Szekely and Rizzo, *Energy statistics*, J. Stat. Plan. Inference 143, 1249 (2013).
    """

    def mean(a: Tensor, b: Tensor) -> Tensor:
        return (_squared(a, b) + 1e-12).sqrt().mean()  # the root has no gradient at 0

    return 2 * mean(x, y) - mean(x, x) - mean(y, y)


def cramer_wold(x: Tensor, y: Tensor, width: float | None = None) -> Tensor:
    """Return the Cramer-Wold distance: of smoothed projections, over all directions at once.

    Arguments:
        x, y: two samples.
        width: variance of the gaussian that smoothes projections; Silverman's rule by default.

    References:
        Knop et al., *Cramer-Wold auto-encoder* (2020), arXiv:1805.09235, equations 9 and 10; the
        mean over directions is exact in two dimensions and asymptotic beyond.
    """
    if width is None:
        width = (4 / (3 * len(x))) ** 0.4
    dimensions = x.shape[1]

    def mean(a: Tensor, b: Tensor) -> Tensor:
        return _over_directions(_squared(a, b) / (4 * width), dimensions).mean()

    whole = mean(x, x) + mean(y, y) - 2 * mean(x, y)
    return whole / (2 * math.sqrt(math.pi * width))


def _over_directions(s: Tensor, dimensions: int) -> Tensor:
    """Return the mean of `exp(-s * cos^2)` over all directions."""
    if dimensions == 1:
        return torch.exp(-s)
    if dimensions == 2:
        exact: Tensor = torch.special.i0e(s / 2)
        return exact
    return torch.rsqrt(1 + 4 * s / (2 * dimensions - 3))


def sinkhorn(
    x: Tensor, y: Tensor, entropy: float = _SINKHORN[0], rounds: int = _SINKHORN[1]
) -> Tensor:
    """Return the Sinkhorn divergence of squared distances.

    It is the cost of entropic optimal transport, less half of each sample's to itself.

    Arguments:
        x, y: two samples.
        entropy: weight of the entropy, in units of the dimensions.
        rounds: of the iteration, which gives no gradient: that of the potentials suffices.

    References:
        Genevay, Peyre and Cuturi, *Learning generative models with Sinkhorn divergences* (2018),
        arXiv:1706.00292; Feydy et al. (2019), arXiv:1810.08278.
    """
    weight = entropy * x.shape[1]
    cross, first, second = (
        _transport(_squared(a, b), weight, rounds) for a, b in ((x, y), (x, x), (y, y))
    )
    return cross - (first + second) / 2


def _transport(cost: Tensor, weight: float, rounds: int) -> Tensor:
    """Return the dual value of entropic transport between two even samples."""
    n, m = cost.shape
    with torch.no_grad():
        g = cost.new_zeros(m)
        for _ in range(rounds):
            f = _soft_minimum(cost - g, weight, m)
            g = _soft_minimum(cost.T - f, weight, n)
    # one more half round with a gradient: at the optimum the potentials' own cancels
    plan = torch.exp((f[:, None] + g - cost) / weight).detach() / (n * m)
    return (plan * cost).sum() + (f.mean() + g.mean() - (plan * cost.detach()).sum())


def _soft_minimum(cost: Tensor, weight: float, count: int) -> Tensor:
    return -weight * (torch.logsumexp(-cost / weight, dim=1) - math.log(count))


def _squared(a: Tensor, b: Tensor) -> Tensor:
    """Return squared distances of all pairs, shape (n, m), not below 0."""
    norms = a.square().sum(1)[:, None] + b.square().sum(1)
    return (norms - 2 * a @ b.T).clamp(min=0)


DISTANCES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mmd": mmd,
    "sliced": sliced_wasserstein,
    "energy": energy,
    "cramer-wold": cramer_wold,
    "sinkhorn": sinkhorn,
}
