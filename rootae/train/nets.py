"""Network bodies that families are built from."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from torch import nn

from rootae.train.quantise import Layer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["Dense"]


class Dense(nn.Sequential):
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
        return [Layer(_numpy(m.weight), _numpy(m.bias)) for m in self._linear()]

    def _linear(self) -> Iterator[nn.Linear]:
        return (m for m in self if isinstance(m, nn.Linear))


def _numpy(x: Tensor) -> NDArray[np.float64]:
    array: NDArray[np.float64] = x.detach().cpu().double().numpy()
    return array
