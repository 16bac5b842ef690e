"""What every family is: a loss to train, and float networks to take out of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from torch import nn

from rootae.train.settings import NoSettings, read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor

    from rootae.train.data import Batch, GroupData
    from rootae.train.diagrams import TrainedDiagram
    from rootae.train.quantise import Layer

__all__ = ["Family", "Setup", "TrainedEncoder", "TrainedStage", "Turn"]


@dataclass(frozen=True)
class Setup:
    """What the user asked of a family.

    Arguments:
        latents: number of latents, or None for the family's own choice.
        effort: ``fast``, ``default`` or ``max``.
        net: architecture of the networks, one of `rootae.options.NETS`.
        settings: the family's own settings by name, as text; unknown ones are refused.
    """

    latents: int | None = None
    effort: str = "default"
    net: str = "dense"
    settings: Mapping[str, str] = field(default_factory=dict)


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


@dataclass(frozen=True)
class TrainedStage:
    """A decoder network in float.

    Arguments:
        layers: the first is dense; outputs are location and log-scale of each target in turn.
        features: which features of the data it sees, empty if it sees the latents: these as they
            are, but of a discrete one, for each category but the first, whether it is reached.
        targets: positions in the data's list of lanes.
    """

    layers: Sequence[Layer]
    features: tuple[int, ...]
    targets: tuple[int, ...]


@dataclass(frozen=True)
class TrainedEncoder:
    """The encoder in float.

    Arguments:
        layers: the last is dense.
        features: which features of the data it sees; those of codes, not of centres.
        latents: how many latents are stored.
        top: a latent is 0 .. top, a rounded output.
        discrete: how many latents, the last ones, are categories; the network has an output for
            each category, and the largest one's number is the latent.
        categories: of each discrete latent.
    """

    layers: Sequence[Layer]
    features: tuple[int, ...]
    latents: int
    top: int
    discrete: int = 0
    categories: int = 0


class Family(nn.Module, ABC):
    """A training objective and the networks it trains.

    A family is known by its file's name. Its settings are the dataclass `Settings`.

    Arguments:
        data: what it is trained on.
        setup: what the user asked for.

    Raises:
        ArgumentError: a setting is unknown or has no such value.
    """

    Settings: type[Any] = NoSettings
    steps_share: tuple[float, ...] = (1.0,)  # of each phase of training

    @abstractmethod
    def __init__(self, data: GroupData, setup: Setup) -> None:
        """Read the settings; families build their networks after it."""
        super().__init__()
        self.name = type(self).__module__.rpartition(".")[2]
        self.settings = read(type(self).Settings, setup.settings, self.name)

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

    def encoder(self) -> TrainedEncoder | None:
        """Return the encoder, None for a family without latents."""
        return None

    @abstractmethod
    def stages(self) -> list[TrainedStage]:
        """Return the decoder's networks, in the order they run."""

    def diagrams(self) -> list[TrainedDiagram]:
        """Return decision diagrams, none for most families."""
        return []
