"""Distributions that latents are drawn towards, each of mean 0 and variance 1 in every latent."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Generator, Tensor

__all__ = ["gaussian", "grid", "marginals", "names", "ring", "sample", "uniform"]

_PEAKS = 8  # of the ring
_PEAK = 0.2  # standard deviation of one peak of a mixture


def gaussian(rows: int, latents: int, generator: Generator | None = None) -> Tensor:
    """Draw from independent standard normal distributions, shape (rows, latents)."""
    return torch.randn(rows, latents, generator=generator)


def uniform(rows: int, latents: int, generator: Generator | None = None) -> Tensor:
    """Draw from independent uniform distributions, shape (rows, latents)."""
    return (2 * torch.rand(rows, latents, generator=generator) - 1) * math.sqrt(3.0)


def ring(rows: int, latents: int, generator: Generator | None = None) -> Tensor:
    """Draw from eight narrow gaussians on a circle, in each pair of latents.

    A latent that is left over is one side of a circle.

    References:
        Makhzani et al., *Adversarial autoencoders* (2015), arXiv:1511.05644, for mixtures as
        priors.
    """
    pairs = (latents + 1) // 2
    peak = torch.randint(0, _PEAKS, (rows, pairs), generator=generator)
    angle = 2 * math.pi * peak / _PEAKS
    centre = torch.stack([angle.cos(), angle.sin()], dim=2).flatten(1)[:, :latents]
    return _around(centre * math.sqrt(2.0), generator)


def grid(rows: int, latents: int, generator: Generator | None = None) -> Tensor:
    """Draw from narrow gaussians at -1 and 1 in each latent: one peak at each corner of a cube."""
    side = torch.randint(0, 2, (rows, latents), generator=generator)
    return _around(2.0 * side - 1, generator)


def _around(centre: Tensor, generator: Generator | None) -> Tensor:
    """Put a narrow gaussian around centres of variance 1 and keep the variance."""
    noise = torch.randn(centre.shape, generator=generator) * _PEAK
    return (centre + noise) / math.sqrt(1 + _PEAK**2)


_PRIORS = {"gaussian": gaussian, "uniform": uniform, "ring": ring, "grid": grid}


def names() -> list[str]:
    """Return the names of all priors."""
    return list(_PRIORS)


def sample(name: str, rows: int, latents: int, generator: Generator | None = None) -> Tensor:
    """Draw from a prior.

    Arguments:
        name: ``gaussian``, ``uniform``, ``ring`` or ``grid``.
        rows: how many points.
        latents: of how many dimensions.
        generator: of random numbers, on the CPU; torch's own by default.

    Returns:
        float32 of shape (rows, latents), on the CPU: the same points on any device.

    Example:
        >>> sample("uniform", 4, 2).shape
        torch.Size([4, 2])
    """
    return _PRIORS[name](rows, latents, generator)


def marginals(name: str, rows: int, latents: int) -> NDArray[np.float64]:
    """Draw from a prior, the same points each time, for what has no torch.

    Arguments:
        name, rows, latents: as in `sample`.

    Returns:
        float64 of shape (latents, rows).
    """
    generator = torch.Generator().manual_seed(0)
    return sample(name, rows, latents, generator).numpy().T.astype(np.float64)
