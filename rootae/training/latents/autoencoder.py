"""What all families with latents share: an encoder, a grid for latents, and one decoder."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn

from rootae.training import family, nets, networks
from rootae.training.batches import Batches
from rootae.training.freeze.quantise import LOCATION_STEP, Layer
from rootae.training.rate import coded_bits, logistic_bits
from rootae.training.settings import setting

if TYPE_CHECKING:
    from torch import Tensor

    from rootae.training.batches import Batch
    from rootae.training.data import GroupData

__all__ = ["Autoencoder", "Settings"]

_LEVELS = {False: 63, True: 1023}  # of a latent's grid; the latter where columns have no bound
_HIDDEN = {"fast": (32,), "default": (64, 32), "max": (128, 64)}
_HIDDEN_LOOSE = {"fast": (64,), "default": (128, 128), "max": (256, 256)}
_LATENT_SCALE = 0.25  # brings latents of 63 levels to the size that layers like
_PRIOR = 8  # a prior's standard deviation is an eighth of the grid
_SAMPLE = 16_384  # rows that principal components are found on
_RIDGE = 1e-6  # of a feature's variance


@dataclass(frozen=True)
class Settings:
    """Settings of every family with latents.

    Arguments:
        levels: points of a latent's grid, by default 63; or 1023 in a group with a column without
            a bound, as only the latents say what comes back of it.
        rate: weight of the latents' bits against those of the codes; 1 makes the smallest file.
        precision: of a column without a bound, how far values may be off before it costs: a
            standard deviation, in steps of 1/1024 of the column's ranks. Smaller is more accurate,
            and a larger file.
    """

    levels: int | None = setting(None, least=3, most=1023)
    rate: float = setting(1.0, least=0)
    precision: float = setting(2.0, least=0.01)


class Autoencoder(networks.Networks):
    """An autoencoder whose reconstruction term is the rate of the codes.

    Latents are rounded to whole steps of their grid; in training, uniform noise stands for the
    rounding, so that their rate under a learned logistic distribution has a gradient (Balle et
    al.). Families say what else is asked of the latents (`terms`), and may say what is drawn
    (`sample`) and how wide the two networks' ends are (`widths`).

    Arguments:
        data: the group's rows.
        setup: its latents are by default a quarter of the lanes, 2 to 8, and never more than the
            lanes; its effort says how large the layers are.

    References:
        Balle, Laparra, Simoncelli, *End-to-end optimized image compression* (2017),
        arXiv:1611.01704, for uniform noise in the place of rounding.
    """

    Settings = Settings
    prior: str | None = None  # what latents are drawn towards, where no setting of that name says
    whitened = False  # do latents begin with their prior's variance, where they begin as components

    def __init__(self, data: GroupData, setup: family.Setup) -> None:
        super().__init__(data, setup)
        lanes = len(data.lanes)
        free = [not data.plan.lanes[i].bound.promises for i in data.lanes]
        self._loose = [t for t in range(lanes) if free[t]]
        self._bounded = [t for t in range(lanes) if not free[t]]
        loose = bool(self._loose)
        hidden = (_HIDDEN_LOOSE if loose else _HIDDEN)[setup.effort]
        by_lane = data.by_lane("lane")
        self._seen = [k for features in by_lane for k in features]
        self.latents = min(setup.latents or min(max(lanes // 4, 2), 8), lanes)
        self._set_grid(loose=loose)
        outputs, inputs = self.widths()
        net = nets.load(setup.net)
        self._encode = net.encoder([len(features) for features in by_lane], hidden, outputs)
        self._decode = net.decoder(inputs, hidden[::-1], lanes)
        self._prior = nn.Parameter(torch.zeros(2, self.latents))
        self._targets = tuple(range(lanes))
        if loose:
            rows = Batches(data)
            self._begin(rows.batch(rows.seen[:_SAMPLE]))

    def _set_grid(self, *, loose: bool) -> None:
        self.top = (self.settings.levels or _LEVELS[loose]) - 1
        self.rate = self.settings.rate
        self._centre = self.top // 2
        self._gain = (self.top + 2) / 64  # an encoder's output of 1, in steps of the grid
        self.spread = self.top / _PRIOR

    def _begin(self, batch: Batch) -> None:
        """Begin as the principal components of the columns: the best that is linear."""
        x, y = batch.x[:, self._seen].double(), ((batch.low + batch.high) / 2).double()
        mean = y.mean(0)
        parts = torch.linalg.eigh((y - mean).T @ (y - mean)).eigenvectors.flip(1)[:, : self.latents]
        scores = (y - mean) @ parts
        size = scores.std(0) if self.whitened else scores.std(0).max().expand(self.latents)
        ones = torch.cat([x, x.new_ones(len(x), 1)], 1)
        # with a ridge: columns that nearly repeat each other would get huge weights that cancel
        products = ones.T @ ones
        products.diagonal().add_(_RIDGE * len(x))
        wanted = scores / size * (self.spread / self._gain)
        map_ = torch.linalg.solve(products, ones.T @ wanted).T
        self._encode.begin(map_[:, :-1].float(), map_[:, -1].float())
        back = parts * size * (self._gain / self.spread) / _LATENT_SCALE
        # scales begin at 1, as they are without this
        weight = torch.stack([back, torch.zeros_like(back)], 1).flatten(0, 1)
        self._decode.begin(weight.float(), torch.stack([mean, 0 * mean], 1).flatten().float())

    def widths(self) -> tuple[int, int]:
        """Return the numbers of the encoder's outputs and of the decoder's inputs."""
        return self.latents, self.latents

    def encode(self, x: Tensor) -> Tensor:
        """Map features to the encoder's outputs, shape (rows, outputs).

        The first are latents before rounding, around 0, in steps of the grid.
        """
        raw: Tensor = self._encode(x[:, self._seen])
        z = (raw[:, : self.latents] * self._gain).clamp(-self._centre, self.top - self._centre)
        return z if raw.shape[1] == self.latents else torch.cat([z, raw[:, self.latents :]], 1)

    def sample(self, outputs: Tensor) -> Tensor:
        """Map the encoder's outputs to what the decoder sees: with noise in training, else rounded.

        Arguments:
            outputs: of the encoder, shape (rows, outputs).

        Returns:
            Latents and whatever else the decoder sees, shape (rows, decoder's inputs).
        """
        z = outputs[:, : self.latents]
        return z + torch.rand_like(z) - 0.5 if self.training else z.round()

    def terms(self, outputs: Tensor, z: Tensor) -> dict[str, Tensor]:
        """Return what is asked of the latents, in bits a row.

        Arguments:
            outputs: of the encoder.
            z: what `sample` made of them.
        """
        del outputs
        low, high = ((z[:, : self.latents] + side) / self._gain for side in (-0.5, 0.5))
        bits = logistic_bits(low, high, *self._prior)
        return {"latents": self.rate * bits.sum(1).mean()}

    def decode(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Map what the decoder sees to location and log-scale of every lane."""
        scale, n = _LATENT_SCALE / self._gain, self.latents
        seen = z * scale if z.shape[1] == n else torch.cat([z[:, :n] * scale, z[:, n:]], 1)
        location, log_scale = self._decode(seen).unflatten(-1, (-1, 2)).unbind(-1)
        return location, log_scale

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        """Return the rate of the codes and the terms of the latents, bits a row.

        A value without a bound has no rate: its term is that of its error under a gaussian as wide
        as the precision that is wanted.
        """
        outputs = self.encode(batch.x)
        z = self.sample(outputs)
        location, log_scale = self.decode(z)
        found = {}
        if t := self._bounded:
            ends = batch.low[:, t], batch.high[:, t]
            bits = coded_bits(*ends, location[:, t], log_scale[:, t])
            found["codes"] = bits.sum(1).mean()
        if t := self._loose:
            middle = (batch.low[:, t] + batch.high[:, t]) / 2
            error = (middle - location[:, t]) * (LOCATION_STEP / self.settings.precision)
            found["values"] = error.square().sum(1).mean() / (2 * math.log(2.0))
        return {**found, **self.terms(outputs, z)}

    def encoder(self) -> family.TrainedEncoder:
        """Return the encoder with its latents moved to 0 .. top."""
        *before, last = self._encode.layers()
        n = self.latents
        weight, bias = last.weight[:n] * self._gain, last.bias[:n] * self._gain + self._centre
        features = tuple(self._seen)
        return family.TrainedEncoder([*before, Layer(weight, bias)], features, n, self.top)

    def stages(self) -> list[family.TrainedStage]:
        """Return the decoder, on latents of 0 .. top."""
        first, *after = self._decode.layers()
        weight = first.weight.copy()
        weight[:, : self.latents] *= _LATENT_SCALE / self._gain
        bias = first.bias - weight[:, : self.latents].sum(axis=1) * self._centre
        return [family.TrainedStage([Layer(weight, bias), *after], (), self._targets)]
