"""A group's rows as tensors, a batch at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from rootae.training.data import GroupData

__all__ = ["Batch", "Batches"]


@dataclass(frozen=True)
class Batch:
    """Rows for one step.

    Arguments:
        x: normalised features, shape (rows, features).
        low, high: ends of the codes' cells on their rank scales, shape (rows, lanes).
    """

    x: Tensor
    low: Tensor
    high: Tensor


class Batches:
    """Prepared rows of a group; nothing is copied on the CPU.

    Arguments:
        data: the group's rows.
        device: of torch, where batches are made.
    """

    def __init__(self, data: GroupData, device: str = "cpu") -> None:
        found = (data.x, data.low, data.high)
        self._x, self._low, self._high = (torch.from_numpy(a).to(device) for a in found)
        self.held_out, self.seen = (torch.from_numpy(a) for a in (data.held_out, data.seen))

    def batch(self, index: Tensor) -> Batch:
        """Return the rows of an index, which may be on another device."""
        index = index.to(self._x.device)
        return Batch(self._x[index], self._low[index], self._high[index])
