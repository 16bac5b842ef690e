"""The plain autoencoder: rounded latents, one decoder that sees nothing but them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from rootae.train import family
from rootae.train.nets import Dense
from rootae.train.quantise import Layer
from rootae.train.rate import latent_bits, logistic_bits

if TYPE_CHECKING:
    from torch import Tensor

    from rootae.train.data import Batch, GroupData

__all__ = ["Family"]

_TOP = 62  # a latent is 0 .. 62, centred on 31
_LATENT_SCALE = 0.25  # brings latents to the size that layers like
_HIDDEN = {"fast": (32,), "default": (64, 32), "max": (128, 64)}


class Family(family.Family):
    """An autoencoder whose reconstruction term is the rate of the codes.

    Latents are rounded; in training, uniform noise stands for the rounding, so that their rate
    under a learned logistic distribution has a gradient.

    Arguments:
        data: the group's rows.
        setup: its latents are by default a quarter of the lanes, 2 to 8; its effort says how large
            the layers are.

    References:
        Hinton and Salakhutdinov, *Reducing the dimensionality of data with neural networks*,
        Science 313 (2006); Balle, Laparra and Simoncelli (2017), arXiv:1611.01704.
    """

    def __init__(self, data: GroupData, setup: family.Setup) -> None:
        super().__init__(data, setup)
        hidden = _HIDDEN[setup.effort]
        lanes = len(data.lanes)
        self._seen = [k for k, f in enumerate(data.features) if f.source == "lane"]
        self.latents = setup.latents or min(max(lanes // 4, 2), 8)
        self._encode = Dense(len(self._seen), hidden, self.latents, zero=False)
        self._decode = Dense(self.latents, hidden[::-1], 2 * lanes)
        self._prior = nn.Parameter(torch.zeros(2, self.latents))
        self._targets = tuple(range(lanes))

    def encode(self, x: Tensor) -> Tensor:
        """Map features to latents before rounding, shape (rows, latents), around 0."""
        z: Tensor = self._encode(x[:, self._seen])
        return z.clamp(-_TOP / 2, _TOP / 2)

    def decode(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Map latents to location and log-scale of every lane."""
        location, log_scale = self._decode(z * _LATENT_SCALE).unflatten(-1, (-1, 2)).unbind(-1)
        return location, log_scale

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        """Return the rates of codes and latents, bits a row."""
        z = self.encode(batch.x)
        z = z + torch.rand_like(z) - 0.5 if self.training else z.round()
        location, log_scale = self.decode(z)
        rate = logistic_bits(batch.low, batch.high, location, log_scale).sum(1).mean()
        return {"codes": rate, "latents": latent_bits(z, *self._prior).sum(1).mean()}

    def encoder(self) -> family.TrainedEncoder:
        """Return the encoder with its outputs moved to 0 .. top."""
        layers = self._encode.layers()
        last = Layer(layers[-1].weight, layers[-1].bias + _TOP / 2)
        features = tuple(self._seen)
        return family.TrainedEncoder([*layers[:-1], last], features, self.latents, _TOP)

    def stages(self) -> list[family.TrainedStage]:
        """Return the decoder, on latents of 0 .. top."""
        layers = self._decode.layers()
        weight = layers[0].weight * _LATENT_SCALE
        first = Layer(weight, layers[0].bias - weight.sum(axis=1) * (_TOP / 2))
        return [family.TrainedStage([first, *layers[1:]], (), self._targets)]
