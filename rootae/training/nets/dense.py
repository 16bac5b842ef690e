"""Dense networks: every input meets every unit."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from rootae.training import net
from rootae.training.family import TrainedStage
from rootae.training.freeze.quantise import Layer
from rootae.training.net import as_numpy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

__all__ = ["Dense", "Net"]

_SIZES = {"fast": (3, 8), "default": (4, 16), "max": (12, 40)}  # parents and hidden units
_PROBED = 24  # earlier columns that the first phase may look at


class Dense(nn.Sequential, net.Body):
    """Linear layers with `ReLU` between them; the last one begins at zero.

    Arguments:
        inputs: number of inputs.
        hidden: units of each hidden layer.
        outputs: number of outputs.
        zero: begin with all outputs at zero, so that an untrained decoder is the marginal.

    Example:
        >>> import torch
        >>> Dense(4, [8], 2)(torch.zeros(3, 4)).shape
        torch.Size([3, 2])
    """

    def __init__(
        self, inputs: int, hidden: Sequence[int], outputs: int, *, zero: bool = True
    ) -> None:
        widths, parts = [inputs, *hidden, outputs], list[nn.Module]()
        for a, b in itertools.pairwise(widths):
            parts += [nn.Linear(a, b), nn.ReLU()]
        super().__init__(*parts[:-1])
        last = self[-1]
        if zero and isinstance(last, nn.Linear):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def layers(self) -> list[Layer]:
        """Return the trained layers as numpy arrays."""
        return [Layer(as_numpy(m.weight), as_numpy(m.bias)) for m in self._linear()]

    @torch.no_grad()
    def begin(self, weight: Tensor, bias: Tensor) -> None:
        """Begin as a linear map: each sum passes hidden layers as two units, one for each sign.

        Arguments:
            weight: shape (outputs, inputs); further inputs count for nothing at first, further
                outputs stay as they are.
            bias: shape (outputs,).
        """
        (outputs, inputs), (first, *between, last) = weight.shape, self._linear()
        n = min(outputs, inputs)
        if any(layer.out_features < 2 * n for layer in (first, *between)):
            return
        into, out = (weight, torch.eye(n)) if outputs <= inputs else (torch.eye(n), weight)
        _set(first, torch.cat([into, -into]), torch.zeros(2 * n))
        for layer in between:
            _set(layer, torch.eye(2 * n), torch.zeros(2 * n))
        _set(last, torch.cat([out, -out], 1), bias)

    def _linear(self) -> Iterator[nn.Linear]:
        return (m for m in self if isinstance(m, nn.Linear))


def _set(layer: nn.Linear, weight: Tensor, bias: Tensor) -> None:
    """Set a layer's first units, which then see its first inputs only."""
    units, inputs = weight.shape
    layer.weight[:units] = 0
    layer.weight[:units, :inputs] = weight
    layer.bias[:units] = bias


class Autoregressive(net.Autoregressive):
    """One tiny network a column on its strongest earlier columns.

    In the first phase every column sees all earlier ones (the nearest, where there are many);
    the parents are those whose first-layer weights have the largest norms. In the second phase new
    networks are trained on the parents alone. All columns' networks are one batched product.

    Arguments:
        codes: which features are made of each column's codes.
        centres: which features are made of each column's centre.
        parents: columns that a column's network sees at most.
        hidden: units of its hidden layer.
    """

    steps_share = (0.25, 0.75)
    _index: Tensor
    _used: Tensor

    def __init__(
        self,
        codes: Sequence[Sequence[int]],
        centres: Sequence[Sequence[int]],
        parents: int,
        hidden: int,
    ) -> None:
        super().__init__()
        self._codes, self._centres = codes, centres
        self._most, self._hidden = parents, hidden
        self._build([list(range(max(i - _PROBED, 0), i)) for i in range(len(codes))])

    def _build(self, parents: list[list[int]]) -> None:
        """Make networks on the features of each column's parents."""
        self._parents = parents
        seen = [
            [*(k for p in ps for k in self._codes[p]), *own]
            for ps, own in zip(parents, self._centres, strict=True)
        ]
        columns, width = len(seen), max(1, *(len(s) for s in seen))
        index = torch.zeros(columns, width, dtype=torch.long)
        used = torch.zeros(columns, width, 1)
        for i, features in enumerate(seen):
            index[i, : len(features)] = torch.tensor(features, dtype=torch.long)
            used[i, : len(features)] = 1
        self._seen = seen
        self.register_buffer("_index", index, persistent=False)  # these move with the weights
        self.register_buffer("_used", used, persistent=False)
        scale = 1 / math.sqrt(width)
        self.first = nn.Parameter(torch.randn(columns, width, self._hidden) * scale)
        self.first_bias = nn.Parameter(torch.zeros(columns, 1, self._hidden))
        self.second = nn.Parameter(torch.zeros(columns, self._hidden, 2))
        self.second_bias = nn.Parameter(torch.zeros(columns, 1, 2))

    def forward(self, x: Tensor) -> Tensor:
        """Map features to location and log-scale, shape (columns, rows, 2)."""
        seen = x.T[self._index].transpose(1, 2)
        hidden = torch.relu(torch.baddbmm(self.first_bias, seen, self.first * self._used))
        return torch.baddbmm(self.second_bias, hidden, self.second)

    def next_phase(self) -> None:
        """Keep each column's strongest parents and start new networks on them."""
        with torch.no_grad():
            weight = (self.first * self._used).square().sum(2)
        chosen = []
        for i, parents in enumerate(self._parents):
            ends = np.cumsum([0, *(len(self._codes[p]) for p in parents)])
            strength = [float(weight[i, a:b].sum()) for a, b in itertools.pairwise(ends)]
            order = np.argsort(strength)[::-1][: self._most]
            chosen.append(sorted(parents[k] for k in order))
        self._build(chosen)

    def stages(self) -> list[TrainedStage]:
        """Return one stage for each column that has parents."""
        weights = (self.first, self.first_bias, self.second, self.second_bias)
        arrays = [as_numpy(p) for p in weights]
        found = []
        for i, features in enumerate(self._seen):
            if features:
                one, two, three, four = (a[i] for a in arrays)
                layers = [Layer(one[: len(features)].T, two[0]), Layer(three.T, four[0])]
                found.append(TrainedStage(layers, tuple(features), (i,)))
        return found


class Net(net.Net):
    """Dense networks, to which the order of columns means nothing."""

    @staticmethod
    def encoder(widths: Sequence[int], hidden: Sequence[int], outputs: int) -> Dense:
        """Build an encoder on all inputs at once."""
        return Dense(sum(widths), hidden, outputs, zero=False)

    @staticmethod
    def decoder(inputs: int, hidden: Sequence[int], columns: int) -> Dense:
        """Build a decoder to all columns at once."""
        return Dense(inputs, hidden, 2 * columns)

    @staticmethod
    def autoregressive(
        codes: Sequence[Sequence[int]], centres: Sequence[Sequence[int]], effort: str
    ) -> Autoregressive:
        """Build networks on each column's strongest parents, found in training."""
        return Autoregressive(codes, centres, *_SIZES[effort])
