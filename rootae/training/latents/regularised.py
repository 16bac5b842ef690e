"""Autoencoders whose latents are drawn towards a prior by a distance between samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rootae.training.latents import autoencoder, priors
from rootae.training.latents.distances import DISTANCES
from rootae.training.settings import setting

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Regularised", "Settings"]

_ROWS = 256  # of a batch that are compared: most distances look at all pairs


@dataclass(frozen=True)
class Settings(autoencoder.Settings):
    """Settings of families whose latents are drawn towards a prior by a distance.

    Arguments:
        regulariser: which distance, one of `rootae.training.latents.distances.DISTANCES`.
        weight: of the distance against the bits of a row.
        prior: ``gaussian``, ``uniform``, ``ring`` or ``grid``; its standard deviation is an eighth
            of the latents' grid.
    """

    regulariser: str = setting("mmd", among=DISTANCES)
    weight: float = setting(10.0, least=0)
    prior: str = setting("gaussian", among=priors.names())


class Regularised(autoencoder.Autoencoder):
    """An autoencoder with the distance between a batch's latents and its prior in the loss."""

    Settings = Settings
    whitened = True

    def terms(self, outputs: Tensor, z: Tensor) -> dict[str, Tensor]:
        """Return the latents' rate and their distance from the prior."""
        settings = self.settings
        z_of_prior = priors.sample(settings.prior, min(len(z), _ROWS), self.latents).to(z)
        distance = DISTANCES[settings.regulariser](z[:_ROWS] / self.spread, z_of_prior)
        return {**super().terms(outputs, z), settings.regulariser: settings.weight * distance}
