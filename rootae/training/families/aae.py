"""The adversarial autoencoder: a discriminator tells latents from draws of the prior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from rootae.training import family, networks
from rootae.training.freeze.quantise import Layer
from rootae.training.latents import autoencoder, priors
from rootae.training.nets.dense import Dense
from rootae.training.settings import setting

if TYPE_CHECKING:
    from torch import Tensor

    from rootae.training.batches import Batch
    from rootae.training.data import GroupData

__all__ = ["Family", "Settings"]


@dataclass(frozen=True)
class Settings(autoencoder.Settings):
    """Settings of `aae`.

    Arguments:
        prior: of the continuous latents: ``gaussian``, ``uniform``, ``ring`` or ``grid``.
        weight: of the encoder's part in the game against the bits of a row.
        depth, width: hidden layers of the discriminator, and units of each.
        stable: what keeps the game stable: ``penalty`` on the discriminator's gradient where
            draws of the prior are, or ``smoothing`` of their labels.
        penalty: weight of the gradient penalty.
        label: what the prior's label is smoothed to.
        pace: times the learning rate, of the discriminator.
        discrete: how many latents are categories; they come on top of the continuous ones.
        categories: of each discrete latent; their prior is even.
        relaxation: how categories get a gradient: ``straight-through`` or ``gumbel``.
        temperature: of the categories' softmax.
    """

    prior: str = setting("gaussian", among=priors.names())
    weight: float = setting(10.0, least=0)
    depth: int = setting(2, least=1, most=8)
    width: int = setting(64, least=1, most=1024)
    stable: str = setting("penalty", among=("penalty", "smoothing"))
    penalty: float = setting(0.1, least=0)
    label: float = setting(0.9, least=0.5, most=1)
    pace: float = setting(0.5, least=0)
    discrete: int = setting(0, least=0, most=64)
    categories: int = setting(8, least=2, most=256)
    relaxation: str = setting("straight-through", among=("straight-through", "gumbel"))
    temperature: float = setting(1.0, least=0.01)


class Family(autoencoder.Autoencoder):
    """An autoencoder that plays against a discriminator, each with an optimiser of its own.

    The discriminator learns to tell latents from draws of the prior; the encoder learns to be
    taken for them (the non-saturating form), and to keep what the decoder needs. Two known ways
    keep such a game from exploding or collapsing: a penalty on the discriminator's gradient, or
    labels a little below 1. Discrete latents are chosen by the largest of the encoder's outputs
    for them; the decoder sees which.

    References:
        Makhzani et al., *Adversarial autoencoders* (2015), arXiv:1511.05644; Mescheder, Geiger
        and Nowozin (2018), arXiv:1801.04406, for the penalty; Salimans et al. (2016),
        arXiv:1606.03498, for one-sided label smoothing; Bengio, Leonard and Courville (2013),
        arXiv:1308.3432, for straight-through gradients; Jang, Gu and Poole (2016),
        arXiv:1611.01144, for the Gumbel softmax.
    """

    Settings = Settings
    whitened = True

    def __init__(self, data: GroupData, setup: family.Setup) -> None:
        super().__init__(data, setup)
        settings, ends = self.settings, self.widths()[1]
        self.discriminator = Dense(ends, (settings.width,) * settings.depth, 1, zero=False)
        self._shares = nn.Parameter(torch.zeros(settings.discrete, settings.categories))

    def widths(self) -> tuple[int, int]:
        """Return the latents and one end for each category."""
        wide = self.latents + self.settings.discrete * self.settings.categories
        return wide, wide

    def turns(self) -> list[networks.Turn]:
        """Return the discriminator's turn, then the autoencoder's."""
        judges = list(self.discriminator.parameters())
        known = {id(p) for p in judges}
        others = [p for p in self.parameters() if id(p) not in known]
        judge = networks.Turn(judges, self.judge, self.settings.pace)
        return [judge, networks.Turn(others, self.loss)]

    def sample(self, outputs: Tensor) -> Tensor:
        """Map the encoder's outputs to latents and, for each discrete one, a 1 at its category."""
        if not self.settings.discrete:
            return super().sample(outputs)
        scores = outputs[:, self.latents :].view(-1, *self._shares.shape)
        soft: Tensor = scores / self.settings.temperature
        if self.training and self.settings.relaxation == "gumbel":
            chosen = functional.gumbel_softmax(soft, hard=True)
        else:
            hard = functional.one_hot(scores.argmax(2), self.settings.categories).to(soft)
            soft = soft.softmax(2)
            chosen = hard + soft - soft.detach()
        return torch.cat([super().sample(outputs[:, : self.latents]), chosen.flatten(1)], 1)

    def terms(self, outputs: Tensor, z: Tensor) -> dict[str, Tensor]:
        """Return the latents' rate and how well the encoder is found out."""
        found = super().terms(outputs, z)
        if self.settings.discrete:
            bits = -self._shares.log_softmax(1).flatten() / torch.tensor(2.0).log()
            found["latents"] = found["latents"] + self.rate * (z[:, self.latents :] @ bits).mean()
        fooled = functional.softplus(-self.discriminator(self._scaled(z))).mean()
        return {**found, "adversary": self.settings.weight * fooled}

    def judge(self, batch: Batch) -> dict[str, Tensor]:
        """Return the discriminator's loss."""
        with torch.no_grad():
            latents = self._scaled(self.sample(self.encode(batch.x)))
        drawn = self._drawn(len(latents)).to(latents)
        penalised = self.settings.stable == "penalty"
        drawn.requires_grad_(penalised)
        scores, others = self.discriminator(drawn), self.discriminator(latents)
        label = torch.full_like(scores, 1.0 if penalised else self.settings.label)
        loss = functional.binary_cross_entropy_with_logits(scores, label)
        found = {"judged": loss + functional.softplus(others).mean()}
        if penalised:
            (slope,) = torch.autograd.grad(scores.sum(), drawn, create_graph=True)
            found["slope"] = self.settings.penalty / 2 * slope.square().sum(1).mean()
        return found

    def _scaled(self, z: Tensor) -> Tensor:
        """Bring latents to the prior's size."""
        return torch.cat([z[:, : self.latents] / self.spread, z[:, self.latents :]], 1)

    def _drawn(self, rows: int) -> Tensor:
        """Draw from the prior what the discriminator compares latents with."""
        settings = self.settings
        z = priors.sample(settings.prior, rows, self.latents)
        which = torch.randint(0, settings.categories, (rows, settings.discrete))
        return torch.cat([z, functional.one_hot(which, settings.categories).flatten(1)], 1)

    def encoder(self) -> family.TrainedEncoder:
        """Return the encoder; its outputs beyond the latents are the categories' scores."""
        found, n, settings = super().encoder(), self.latents, self.settings
        if not settings.discrete:
            return found
        last, scores = found.layers[-1], self._encode.layers()[-1]
        both = Layer(
            np.concatenate([last.weight, scores.weight[n:]]),
            np.concatenate([last.bias, scores.bias[n:]]),
        )
        stored = n + settings.discrete
        chain = [*found.layers[:-1], both]
        return family.TrainedEncoder(
            chain, found.features, stored, self.top, settings.discrete, settings.categories
        )

    def stages(self) -> list[family.TrainedStage]:
        """Return the decoder; of a discrete latent it sees which categories are reached."""
        (stage,), n, settings = super().stages(), self.latents, self.settings
        if not settings.discrete:
            return [stage]
        first, *after = stage.layers
        ones = first.weight[:, n:].reshape(-1, settings.discrete, settings.categories)
        # a 1 at category k is: reached 0, which always holds, .. reached k, and none beyond
        weight = np.concatenate([first.weight[:, :n], np.diff(ones).reshape(len(ones), -1)], 1)
        bias = first.bias + ones[:, :, 0].sum(1)
        return [family.TrainedStage([Layer(weight, bias), *after], stage.features, stage.targets)]
