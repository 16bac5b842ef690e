"""What every architecture is: the networks that families are built from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from rootae.training.family import TrainedStage
    from rootae.training.freeze.quantise import Layer

__all__ = ["Autoregressive", "Body", "Net", "as_numpy"]


class Body(nn.Module, ABC):
    """A network of sums with `ReLU` between them, (rows, inputs) to (rows, outputs)."""

    @abstractmethod
    def layers(self) -> list[Layer]:
        """Return the trained layers as numpy arrays."""

    def begin(self, weight: Tensor, bias: Tensor) -> None:
        """Begin as a linear map of the first inputs to the first outputs, if the network can.

        Arguments:
            weight: shape (outputs, inputs).
            bias: shape (outputs,).
        """


class Autoregressive(nn.Module, ABC):
    """A network a column that sees earlier columns only, all trained together.

    It maps normalised features, shape (rows, features), to location and log-scale of every column,
    shape (columns, rows, 2).
    """

    steps_share: tuple[float, ...] = (1.0,)  # of each phase of training

    def next_phase(self) -> None:
        """Turn to the next phase of training, where there are several."""

    @abstractmethod
    def stages(self) -> list[TrainedStage]:
        """Return one stage for each column that sees anything."""


class Net(ABC):
    """An architecture: how columns of a row meet in a network.

    Columns stand in the order in which they are decoded, and each has a few inputs side by side.
    """

    @staticmethod
    @abstractmethod
    def encoder(widths: Sequence[int], hidden: Sequence[int], outputs: int) -> Body:
        """Build an encoder.

        Arguments:
            widths: number of inputs of each column; the first column's inputs come first.
            hidden: units of each hidden layer, as a dense network would have them.
            outputs: number of outputs. The last layer is dense.
        """

    @staticmethod
    @abstractmethod
    def decoder(inputs: int, hidden: Sequence[int], columns: int) -> Body:
        """Build a decoder, whose outputs begin at zero: untrained, it is the marginal.

        Arguments:
            inputs: number of latents. The first layer is dense.
            hidden: units of each hidden layer, as a dense network would have them.
            columns: number of columns; each has two outputs, location and log-scale in turn.
        """

    @staticmethod
    @abstractmethod
    def autoregressive(
        codes: Sequence[Sequence[int]], centres: Sequence[Sequence[int]], effort: str
    ) -> Autoregressive:
        """Build the networks of columns that see earlier columns.

        Arguments:
            codes: which features are made of each column's codes; only later columns see them.
            centres: which features are made of each column's centre; only itself sees them.
            effort: ``fast``, ``default`` or ``max``: how large the networks are.
        """


def as_numpy(x: Tensor) -> NDArray[np.float64]:
    """Return a tensor as an array of float64 on the CPU."""
    array: NDArray[np.float64] = x.detach().cpu().double().numpy()
    return array
