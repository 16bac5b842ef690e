"""The variational autoencoder: each row's latents are a gaussian, drawn towards the prior."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from rootae.training.latents import autoencoder
from rootae.training.settings import setting

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Family", "Settings", "kl_bits"]

_ROUNDING = 1 / 12  # variance of rounding to whole steps


@dataclass(frozen=True)
class Settings(autoencoder.Settings):
    """Settings of `vae`.

    Arguments:
        beta: weight of the KL term; times `rate`, which stands for the latents' bits elsewhere.
        free: bits of each latent that cost nothing, so that none is given up early.
    """

    beta: float = setting(1.0, least=0)
    free: float = setting(0.0, least=0)


class Family(autoencoder.Autoencoder):
    """A variational autoencoder with beta and free bits.

    The encoder gives a mean and a variance for each latent; the decoder sees a draw. What is
    stored is the mean, rounded to whole steps of the latents' grid. A step is an eighth of the
    prior's standard deviation with the default grid of 63 levels (1/128 with 1023), and the
    posterior's variance is that of rounding, 1/12 of a squared step, and what the encoder adds to
    it. So a posterior is never narrower than what the grid can keep, the decoder has seen at least
    the noise that rounding makes, and the mean of a wide posterior is stored more finely than it
    is known: the KL term counts fewer bits than the file holds, by log2 of the posterior's width
    in steps.

    References:
        Kingma and Welling, *Auto-encoding variational Bayes* (2013), arXiv:1312.6114; Higgins et
        al., *beta-VAE*, ICLR 2017; Kingma et al. (2016), arXiv:1606.04934, for free bits.
    """

    Settings = Settings
    prior = "gaussian"
    whitened = True

    def widths(self) -> tuple[int, int]:
        """Return two outputs a latent: the mean and the logarithm of the variance."""
        return 2 * self.latents, self.latents

    def variance(self, outputs: Tensor) -> Tensor:
        """Return the posterior's variance, in squared steps, shape (rows, latents)."""
        log_variance = outputs[:, self.latents :].clamp(max=2 * math.log(self.top))
        return _ROUNDING + log_variance.exp() * self._gain**2

    def sample(self, outputs: Tensor) -> Tensor:
        """Draw from the posterior in training, take its rounded mean otherwise."""
        mean = outputs[:, : self.latents]
        if not self.training:
            return mean.round()
        return mean + self.variance(outputs).sqrt() * torch.randn_like(mean)

    def terms(self, outputs: Tensor, z: Tensor) -> dict[str, Tensor]:
        """Return the KL divergence of the posterior from the prior, beyond the free bits."""
        del z
        bits = kl_bits(outputs[:, : self.latents], self.variance(outputs), self.spread).mean(0)
        counted = bits.clamp(min=self.settings.free).sum()
        return {"kl": self.rate * self.settings.beta * counted}


def kl_bits(mean: Tensor, variance: Tensor, spread: float) -> Tensor:
    """Return the KL divergence of gaussians from one of mean 0.

    Arguments:
        mean, variance: of the gaussians, same shape.
        spread: standard deviation of the other.

    Returns:
        Bits, same shape.

    Example:
        >>> float(kl_bits(torch.zeros(1), torch.ones(1), 1.0))
        0.0
    """
    ratio = variance / spread**2
    nats = (mean.square() / spread**2 + ratio - 1 - ratio.log()) / 2
    return nats / math.log(2.0)
