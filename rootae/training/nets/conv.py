"""Convolutions over the columns of a row: neighbours meet, by weights that all columns share.

A row is an object of an event already, and a reader may know it by itself; so the columns are what
a convolution can slide over, in the order in which they are decoded. Beyond the first and the last
column, and for an input that a column lacks, there are zeros.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from rootae.training import net
from rootae.training.family import TrainedStage
from rootae.training.freeze.quantise import Layer
from rootae.training.net import as_numpy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["Net"]

_WIDTH = 3  # columns that a convolution sees
_UNITS_A_CHANNEL, _LEAST_CHANNELS = 8, 4  # a dense layer's units, in channels of each column
_MISSING = -1  # a feature that a column does not have
_SIZES = {"fast": (4, 8), "default": (8, 16), "max": (16, 40)}  # columns before, and channels


class _Convolutions(nn.ModuleList):
    """Convolutions over columns, each followed by `ReLU`, (rows, channels, columns) to the like.

    They begin with the variance that keeps signals alive through `ReLU`: torch's own choice lets
    them fade from layer to layer.

    Arguments:
        channels: of the input and of each convolution's output.

    References:
        He et al., *Delving deep into rectifiers* (2015), arXiv:1502.01852.
    """

    def __init__(self, channels: Sequence[int]) -> None:
        pairs = itertools.pairwise(channels)
        super().__init__(nn.Conv1d(a, b, _WIDTH, padding="same") for a, b in pairs)
        for convolution in self._each():
            nn.init.kaiming_uniform_(convolution.weight, nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        for convolution in self._each():
            x = torch.relu(convolution(x))
        return x

    def layers(self, places: NDArray[np.int64], missing: int) -> list[Layer]:
        """Return the trained layers as numpy arrays.

        Arguments:
            places: where the first one's inputs lie, shape (columns, channels).
            missing: stands for an input that is not there.
        """
        found = []
        for convolution in self._each():
            weight, shared = _filters(convolution)
            bias = np.tile(shared, len(places))
            found.append(Layer(weight, bias, _taps(places, missing, _WIDTH, _WIDTH // 2)))
            places, missing = np.arange(len(bias)).reshape(len(places), -1), len(bias)
        return found

    def carries(self, channels: int) -> bool:
        """Say whether so many channels can pass all convolutions."""
        return all(convolution.out_channels >= channels for convolution in self._each())

    @torch.no_grad()
    def begin(self, first: Tensor) -> None:
        """Begin by passing channels on: the first ones see a column's own inputs alone.

        Arguments:
            first: what the first convolution makes of its first inputs, shape (out, in).
        """
        for convolution in self._each():
            out, inputs = first.shape
            convolution.weight[:out] = 0
            convolution.weight[:out, :inputs, _WIDTH // 2] = first
            if convolution.bias is not None:
                convolution.bias[:out] = 0
            first = torch.eye(out)

    def _each(self) -> Iterator[nn.Conv1d]:
        return (m for m in self if isinstance(m, nn.Conv1d))


class _Encoder(net.Body):
    """Convolutions over the columns, then a dense layer."""

    _places: Tensor

    def __init__(self, widths: Sequence[int], hidden: Sequence[int], outputs: int) -> None:
        super().__init__()
        ends = np.cumsum([0, *widths])
        self._inputs = int(ends[-1])
        places = _places([range(a, b) for a, b in itertools.pairwise(ends)], self._inputs)
        self.register_buffer("_places", torch.from_numpy(places), persistent=False)
        channels = [places.shape[1], *_channels(hidden)]
        self.convolutions = _Convolutions(channels)
        self.last = nn.Linear(len(places) * channels[-1], outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Map inputs, shape (rows, inputs), to (rows, outputs)."""
        arranged = functional.pad(x, (0, 1))[:, self._places].transpose(1, 2)
        found: Tensor = self.last(self.convolutions(arranged).transpose(1, 2).flatten(1))
        return found

    def layers(self) -> list[Layer]:
        """Return the trained layers as numpy arrays."""
        places = self._places.cpu().numpy()
        last = Layer(as_numpy(self.last.weight), as_numpy(self.last.bias))
        return [*self.convolutions.layers(places, self._inputs), last]

    @torch.no_grad()
    def begin(self, weight: Tensor, bias: Tensor) -> None:
        """Begin as a linear map: each input passes as two channels, one for each sign."""
        n = self._places.shape[1]
        if not self.convolutions.carries(2 * n):
            return
        self.convolutions.begin(torch.cat([torch.eye(n), -torch.eye(n)]))
        seen = functional.pad(weight, (0, 1))[:, self._places]  # (outputs, columns, channels)
        last = self.last.weight[: len(weight)].view(*seen.shape[:2], -1)
        last.zero_()
        last[:, :, :n], last[:, :, n : 2 * n] = seen, -seen
        self.last.bias[: len(weight)] = bias


class _Decoder(net.Body):
    """A dense layer onto the columns' channels, convolutions, and a last layer for each column."""

    def __init__(self, inputs: int, hidden: Sequence[int], columns: int) -> None:
        super().__init__()
        channels = _channels(hidden)
        self._shape = (columns, channels[0])
        self.first = nn.Linear(inputs, columns * channels[0])
        self.convolutions = _Convolutions([channels[0], *channels])
        self.last = nn.Parameter(torch.zeros(columns, 2, channels[-1]))
        self.last_bias = nn.Parameter(torch.zeros(columns, 2))

    def forward(self, z: Tensor) -> Tensor:
        """Map latents, shape (rows, inputs), to (rows, 2 * columns)."""
        arranged = torch.relu(self.first(z)).view(-1, *self._shape).transpose(1, 2)
        hidden = self.convolutions(arranged).permute(2, 0, 1)  # columns first
        outputs = torch.baddbmm(self.last_bias[:, None], hidden, self.last.transpose(1, 2))
        return outputs.transpose(0, 1).flatten(1)

    def layers(self) -> list[Layer]:
        """Return the trained layers as numpy arrays."""
        first = Layer(as_numpy(self.first.weight), as_numpy(self.first.bias))
        places = np.arange(len(first.bias)).reshape(self._shape)
        own = np.arange(len(self.last) * self.last.shape[2]).reshape(len(self.last), -1)
        last = Layer(as_numpy(self.last), as_numpy(self.last_bias).ravel(), own)
        return [first, *self.convolutions.layers(places, len(first.bias)), last]

    @torch.no_grad()
    def begin(self, weight: Tensor, bias: Tensor) -> None:
        """Begin as a linear map: each output passes as two channels, one for each sign."""
        if not self.convolutions.carries(4):
            return
        self.convolutions.begin(torch.eye(4))
        columns, inputs = self._shape[0], weight.shape[1]
        into, to = self.first.weight.view(*self._shape, -1), self.first.bias.view(self._shape)
        both, ends = weight.view(columns, 2, inputs), bias.view(columns, 2)
        into[:, :4] = 0
        into[:, :4, :inputs] = torch.cat([both, -both], 1)
        to[:, :4] = torch.cat([ends, -ends], 1)
        self.last.zero_()
        self.last[:, :, :4] = torch.cat([torch.eye(2), -torch.eye(2)], 1)


class _Autoregressive(net.Autoregressive):
    """A causal convolution over the columns, and a last layer of each column's own.

    It is exported as a small dense network a column: which features a reader picks for it does the
    unfolding.

    Arguments:
        codes: which features are made of each column's codes.
        centres: which features are made of each column's centre.
        window: columns before it that a column sees.
        channels: filters that all columns share.

    References:
        van den Oord et al., *WaveNet: a generative model for raw audio* (2016), arXiv:1609.03499,
        for causal convolutions.
    """

    _before: Tensor
    _own: Tensor

    def __init__(
        self,
        codes: Sequence[Sequence[int]],
        centres: Sequence[Sequence[int]],
        window: int,
        channels: int,
    ) -> None:
        super().__init__()
        self._window, columns = window, len(codes)
        for name, features in (("_before", codes), ("_own", centres)):
            places = torch.from_numpy(_places(features, _MISSING))
            self.register_buffer(name, places, persistent=False)
        self.before = nn.Conv1d(self._before.shape[1], channels, window)
        self.own = nn.Conv1d(self._own.shape[1], channels, 1, bias=False)
        self.last = nn.Parameter(torch.zeros(columns, channels, 2))
        self.last_bias = nn.Parameter(torch.zeros(columns, 1, 2))

    def forward(self, x: Tensor) -> Tensor:
        """Map features to location and log-scale, shape (columns, rows, 2)."""
        x = functional.pad(x, (0, 1))  # so that the last one is the missing one
        before = functional.pad(x[:, self._before].transpose(1, 2), (self._window, -1))
        hidden = torch.relu(self.before(before) + self.own(x[:, self._own].transpose(1, 2)))
        return torch.baddbmm(self.last_bias, hidden.permute(2, 0, 1), self.last)

    def stages(self) -> list[TrainedStage]:
        """Return one stage for each column that sees anything."""
        before, own = (p.cpu().numpy() for p in (self._before, self._own))
        taps = np.concatenate([_taps(before, _MISSING, self._window, self._window), own], axis=1)
        weight, bias = _filters(self.before)
        weight = np.concatenate([weight, _filters(self.own)[0]], axis=1)
        last, last_bias = as_numpy(self.last), as_numpy(self.last_bias)
        found = []
        for i, features in enumerate(taps):
            there = features != _MISSING
            if there.any():
                layers = [Layer(weight[:, there], bias), Layer(last[i].T, last_bias[i, 0])]
                found.append(TrainedStage(layers, tuple(features[there].tolist()), (i,)))
        return found


class Net(net.Net):
    """Convolutions, which take columns that are decoded one after the other for neighbours."""

    @staticmethod
    def encoder(widths: Sequence[int], hidden: Sequence[int], outputs: int) -> net.Body:
        """Build an encoder with a convolution in the place of each hidden layer."""
        return _Encoder(widths, hidden, outputs)

    @staticmethod
    def decoder(inputs: int, hidden: Sequence[int], columns: int) -> net.Body:
        """Build a decoder with a convolution in the place of each hidden layer."""
        return _Decoder(inputs, hidden, columns)

    @staticmethod
    def autoregressive(
        codes: Sequence[Sequence[int]], centres: Sequence[Sequence[int]], effort: str
    ) -> net.Autoregressive:
        """Build a causal convolution: a column sees those decoded right before it."""
        return _Autoregressive(codes, centres, *_SIZES[effort])


def _channels(hidden: Sequence[int]) -> list[int]:
    return [max(units // _UNITS_A_CHANNEL, _LEAST_CHANNELS) for units in hidden]


def _places(features: Sequence[Sequence[int]], missing: int) -> NDArray[np.int64]:
    """Return where each column's inputs lie, shape (columns, channels)."""
    places = np.full((len(features), max(1, *map(len, features))), missing)
    for i, of_column in enumerate(features):
        places[i, : len(of_column)] = of_column
    return places


def _taps(places: NDArray[np.int64], missing: int, width: int, before: int) -> NDArray[np.int64]:
    """Return what a filter sees from each column, beginning so many columns before it."""
    columns, channels = places.shape
    padded = np.full((columns + before + width, channels), missing)
    padded[before : before + columns] = places
    return np.concatenate([padded[k : k + columns] for k in range(width)], axis=1)


def _filters(convolution: nn.Conv1d) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a convolution's weights in the order of its taps, shape (out, taps), and its bias."""
    weight = as_numpy(convolution.weight.transpose(1, 2).flatten(1))
    bias = convolution.bias
    return weight, np.zeros(len(weight)) if bias is None else as_numpy(bias)
