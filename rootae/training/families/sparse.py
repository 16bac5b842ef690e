"""The sparse autoencoder: few latents, or few hidden units, are active for a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn

from rootae.training.latents import autoencoder
from rootae.training.settings import setting

if TYPE_CHECKING:
    from torch import Tensor

    from rootae.training.data import GroupData
    from rootae.training.family import Setup

__all__ = ["Family", "Settings", "bernoulli_bits"]


@dataclass(frozen=True)
class Settings(autoencoder.Settings):
    """Settings of `sparse`.

    Arguments:
        penalty: ``l1``, the mean magnitude, or ``kl``, how far a unit's mean activity is from the
            one that is wanted.
        on: ``latents`` or ``activations``, the hidden units of the encoder.
        weight: of the penalty, a unit each, against the bits of a row.
        activity: the mean activity that ``kl`` wants, between 0 and 1.
    """

    penalty: str = setting("l1", among=("l1", "kl"))
    on: str = setting("latents", among=("latents", "activations"))
    weight: float = setting(0.1, least=0)
    activity: float = setting(0.05, least=1e-4, most=0.9999)


class Family(autoencoder.Autoencoder):
    """An autoencoder whose latents, or hidden units, are mostly near zero.

    Magnitudes are measured in steps of the latents' grid of 63 levels, or in the units of hidden
    activations. The activity of a unit of magnitude a is 1 - exp(-a): 0 where it is silent, and
    nearly 1 from a few steps on.

    References:
        Ng, *Sparse autoencoder*, CS294A lecture notes (2011), for the KL penalty; Ranzato et al.,
        *Efficient learning of sparse representations with an energy-based model*, NIPS 2006.
    """

    Settings = Settings

    def __init__(self, data: GroupData, setup: Setup) -> None:
        super().__init__(data, setup)
        self._active: list[Tensor] = []
        sums = [m for m in self._encode.modules() if isinstance(m, nn.Linear | nn.Conv1d)]
        for hidden in sums[:-1]:
            hidden.register_forward_hook(self._note)

    def _note(self, part: nn.Module, seen: object, sums: Tensor) -> None:
        """Keep a layer's activations until the loss has looked at them."""
        del part, seen
        self._active.append(sums.relu().flatten(1))

    def encode(self, x: Tensor) -> Tensor:
        """Map features to latents, keeping the hidden units' activations."""
        self._active = []
        return super().encode(x)

    def terms(self, outputs: Tensor, z: Tensor) -> dict[str, Tensor]:
        """Return the latents' rate and the penalty."""
        latents = self.settings.on == "latents"
        units = outputs.abs() / self._gain if latents else torch.cat(self._active, 1)
        if self.settings.penalty == "l1":
            penalty = units.mean(0).sum()
        else:
            penalty = bernoulli_bits(self.settings.activity, -torch.expm1(-units).mean(0)).sum()
        return {**super().terms(outputs, z), "sparsity": self.settings.weight * penalty}


def bernoulli_bits(wanted: float, found: Tensor) -> Tensor:
    """Return the KL divergence of a coin with probability `wanted` from coins with `found`.

    Arguments:
        wanted: a probability.
        found: probabilities, any shape.

    Returns:
        Bits, same shape.
    """
    found = found.clamp(1e-6, 1 - 1e-6)
    one, other = torch.full_like(found, wanted), torch.full_like(found, 1 - wanted)
    return one * (one / found).log2() + other * (other / (1 - found)).log2()
