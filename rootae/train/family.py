"""What every family is: a loss to train, and float networks to take out of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from rootae.train.data import Batch, GroupData
    from rootae.train.diagrams import TrainedDiagram
    from rootae.train.quantise import Layer

__all__ = ["Family", "TrainedEncoder", "TrainedStage"]


@dataclass(frozen=True)
class TrainedStage:
    """A decoder network in float.

    Arguments:
        layers: dense layers; outputs are location and log-scale of each target in turn.
        features: which features of the data it sees, empty if it sees the latents.
        targets: positions in the data's list of lanes.
    """

    layers: Sequence[Layer]
    features: tuple[int, ...]
    targets: tuple[int, ...]


@dataclass(frozen=True)
class TrainedEncoder:
    """The encoder in float.

    Arguments:
        layers: dense layers.
        features: which features of the data it sees; those of codes, not of centres.
        latents: number of outputs.
        top: rounded outputs are 0 .. top.
    """

    layers: Sequence[Layer]
    features: tuple[int, ...]
    latents: int
    top: int


class Family(nn.Module, ABC):
    """A training objective and the networks it trains.

    Arguments:
        data: what it is trained on.
        latents: number of latents, or None for the family's own choice.
        effort: ``fast``, ``default`` or ``max``.
    """

    steps_share: tuple[float, ...] = (1.0,)  # of each phase of training

    @abstractmethod
    def __init__(self, data: GroupData, latents: int | None, effort: str) -> None:
        """Build the networks."""
        super().__init__()

    @abstractmethod
    def loss(self, batch: Batch) -> dict[str, Tensor]:
        """Return named terms in bits a row; their sum is minimised."""

    def fit(self) -> None:
        """Learn what is not learned by gradients, before the first phase."""

    def next_phase(self) -> None:
        """Turn to the next phase of training, where the family has several."""

    def encoder(self) -> TrainedEncoder | None:
        """Return the encoder, None for a family without latents."""
        return None

    @abstractmethod
    def stages(self) -> list[TrainedStage]:
        """Return the decoder's networks, in the order they run."""

    def diagrams(self) -> list[TrainedDiagram]:
        """Return decision diagrams, none for most families."""
        return []
