"""No latents: each column's network sees the few earlier columns that tell most about it."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from rootae.train import family
from rootae.train.quantise import Layer
from rootae.train.rate import logistic_bits

if TYPE_CHECKING:
    from torch import Tensor

    from rootae.train.data import Batch, GroupData

__all__ = ["Family"]

_SIZES = {"fast": (3, 8), "default": (4, 16), "max": (12, 40)}  # parents and hidden units
_PROBED = 24  # earlier lanes that the probe may look at


class Family(family.Family):
    """One tiny network a column on its strongest earlier columns.

    In the first phase every column sees all earlier ones (the nearest, where there are many);
    the parents are those whose first-layer weights have the largest norms. In the second phase new
    networks are trained on the parents alone. All columns' networks are one batched product.

    Arguments:
        data: the group's rows.
        setup: its effort says how many parents and hidden units a column's network has.

    References:
        Germain et al., *MADE: masked autoencoder for distribution estimation* (2015),
        arXiv:1502.03509.
    """

    steps_share = (0.25, 0.75)
    _index: Tensor
    _used: Tensor

    def __init__(self, data: GroupData, setup: family.Setup) -> None:
        super().__init__(data, setup)
        self._parents, self._hidden = _SIZES[setup.effort]
        position = {lane: i for i, lane in enumerate(data.lanes)}
        self._lanes = len(data.lanes)
        self._of_lane: list[list[int]] = [[] for _ in data.lanes]
        self._own: list[list[int]] = [[] for _ in data.lanes]  # of a lane's own centre
        for k, f in enumerate(data.features):
            (self._own if f.source == "centre" else self._of_lane)[position[f.index]].append(k)
        earlier = [list(range(max(i - _PROBED, 0), i)) for i in range(self._lanes)]
        self._build(earlier)

    def _build(self, parents: list[list[int]]) -> None:
        """Make networks on the features of each lane's parents."""
        self.parents = parents
        seen = [
            [k for p in ps for k in self._of_lane[p]] + own
            for ps, own in zip(parents, self._own, strict=True)
        ]
        width = max(1, *(len(s) for s in seen))
        index = torch.zeros(self._lanes, width, dtype=torch.long)
        used = torch.zeros(self._lanes, width, 1)
        for i, features in enumerate(seen):
            index[i, : len(features)] = torch.tensor(features, dtype=torch.long)
            used[i, : len(features)] = 1
        self._seen = seen
        self.register_buffer("_index", index, persistent=False)  # these move with the weights
        self.register_buffer("_used", used, persistent=False)
        scale = 1 / math.sqrt(width)
        self.first = nn.Parameter(torch.randn(self._lanes, width, self._hidden) * scale)
        self.first_bias = nn.Parameter(torch.zeros(self._lanes, 1, self._hidden))
        self.second = nn.Parameter(torch.zeros(self._lanes, self._hidden, 2))
        self.second_bias = nn.Parameter(torch.zeros(self._lanes, 1, 2))

    def decode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map features to location and log-scale of every lane, shape (lanes, rows)."""
        seen = x.T[self._index].transpose(1, 2)
        hidden = torch.relu(torch.baddbmm(self.first_bias, seen, self.first * self._used))
        location, log_scale = torch.baddbmm(self.second_bias, hidden, self.second).unbind(-1)
        return location, log_scale

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        """Return the rate of the codes, bits a row."""
        location, log_scale = self.decode(batch.x)
        bits = logistic_bits(batch.low.T, batch.high.T, location, log_scale)
        return {"codes": bits.sum(0).mean()}

    def next_phase(self) -> None:
        """Keep each lane's strongest parents and start new networks on them."""
        with torch.no_grad():
            weight = (self.first * self._used).square().sum(2)
        chosen = []
        for i, parents in enumerate(self.parents):
            ends = np.cumsum([0, *(len(self._of_lane[p]) for p in parents)])
            strength = [float(weight[i, a:b].sum()) for a, b in itertools.pairwise(ends)]
            order = np.argsort(strength)[::-1][: self._parents]
            chosen.append(sorted(parents[k] for k in order))
        self._build(chosen)

    def stages(self) -> list[family.TrainedStage]:
        """Return one stage for each lane that has parents."""
        with torch.no_grad():
            arrays = [
                p.double().numpy()
                for p in (self.first, self.first_bias, self.second, self.second_bias)
            ]
        found = []
        for i, features in enumerate(self._seen):
            if features:
                one, two, three, four = (a[i] for a in arrays)
                layers = [Layer(one[: len(features)].T, two[0]), Layer(three.T, four[0])]
                found.append(family.TrainedStage(layers, tuple(features), (i,)))
        return found
