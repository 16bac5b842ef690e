"""Families of networks: a loss to train, turn by turn and phase by phase."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import nn

from rootae.training.family import Family, TrainedStage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from rootae.training.batches import Batch
    from rootae.training.data import GroupData
    from rootae.training.family import Setup

__all__ = ["Networks", "Turn"]


@dataclass(frozen=True)
class Turn:
    """One player's part of a training step; each has an optimiser of its own.

    Arguments:
        parameters: what this turn changes.
        loss: gives named terms in bits a row; their sum is minimised.
        rate: times the learning rate.
    """

    parameters: Sequence[nn.Parameter]
    loss: Callable[[Batch], dict[str, Tensor]]
    rate: float = 1.0


class Networks(Family, nn.Module):
    """A training objective and the networks it trains.

    Arguments:
        data: what it is trained on.
        setup: what the user asked for.

    Raises:
        ArgumentError: a setting is unknown or has no such value.
    """

    steps_share: tuple[float, ...] = (1.0,)  # of each phase of training

    @abstractmethod
    def __init__(self, data: GroupData, setup: Setup) -> None:
        """Read the settings; families build their networks after it."""
        super().__init__(data, setup)

    @abstractmethod
    def loss(self, batch: Batch) -> dict[str, Tensor]:
        """Return named terms in bits a row; their sum is minimised."""

    def turns(self) -> list[Turn]:
        """Return the players in the order of their turns; asked again for each phase."""
        return [Turn(list(self.parameters()), self.loss)]

    def fit(self) -> None:
        """Learn what is not learned by gradients, before the first phase."""

    def next_phase(self) -> None:
        """Turn to the next phase of training, where the family has several."""

    @abstractmethod
    def stages(self) -> list[TrainedStage]:
        """Return the decoder's networks, in the order they run."""
