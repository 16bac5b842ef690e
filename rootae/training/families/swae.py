"""The sliced Wasserstein autoencoder: projections of latents are compared with the prior's."""

from __future__ import annotations

from dataclasses import dataclass

from rootae.training.latents import regularised
from rootae.training.latents.distances import DISTANCES
from rootae.training.settings import setting

__all__ = ["Family", "Settings"]


@dataclass(frozen=True)
class Settings(regularised.Settings):
    """Settings of `swae`: those of `wae` with another distance.

    Arguments:
        regulariser: which distance, one of `rootae.training.latents.distances.DISTANCES`.
    """

    regulariser: str = setting("sliced", among=DISTANCES)


class Family(regularised.Regularised):
    """An autoencoder with the sliced Wasserstein distance between latents and prior in its loss.

    One-dimensional projections are compared by sorting, so that the distance needs neither a
    kernel nor a discriminator.

    References:
        Kolouri, Pope, Martin and Rohde, *Sliced Wasserstein auto-encoders* (2018),
        arXiv:1804.01947.
    """

    Settings = Settings
