"""A family of one's own: an autoencoder whose latents are asked to tell different things.

    rootae train events.root -o mine.root --family ./decorrelated.py --set weight=0.5

Encoder, decoder, their training, whole numbers and checks are those of every autoencoder; what is
new is one term of the loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rootae.training.latents import autoencoder
from rootae.training.settings import setting

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Family"]


@dataclass(frozen=True)
class Settings(autoencoder.Settings):
    """What `--set` takes, beside what every autoencoder has.

    Arguments:
        weight: of the latents' correlations against the bits.
    """

    weight: float = setting(0.1, least=0)


class Family(autoencoder.Autoencoder):
    """An autoencoder that pays for every pair of latents that are correlated.

    References:
        Zbontar et al., *Barlow Twins* (2021), arXiv:2103.03230, for the term.
    """

    Settings = Settings

    def terms(self, outputs: Tensor, z: Tensor) -> dict[str, Tensor]:
        """Return named terms in bits a row, whose sum is minimised with the rate of the codes."""
        found = super().terms(outputs, z)
        centred = z - z.mean(0)
        scaled = centred / (centred.std(0) + 1e-3)
        correlations = scaled.T @ scaled / len(z)
        between = correlations - correlations.diagonal().diag()
        return {**found, "correlated": self.settings.weight * between.square().sum()}
