"""What every family is: something to learn, and what a plan takes from it. No torch here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rootae.training.settings import NoSettings, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rootae.training.data import GroupData
    from rootae.training.diagrams.learner import TrainedDiagram
    from rootae.training.freeze.quantise import Layer

__all__ = ["Counted", "Family", "Setup", "Trained", "TrainedEncoder", "TrainedStage"]


@dataclass(frozen=True)
class Setup:
    """What the user asked of a family.

    Arguments:
        latents: number of latents, or None for the family's own choice.
        effort: ``fast``, ``default`` or ``max``.
        net: architecture of the networks, one of `rootae.training.options.NETS`.
        settings: the family's own settings by name, as text; unknown ones are refused.
    """

    latents: int | None = None
    effort: str = "default"
    net: str = "dense"
    settings: Mapping[str, str] = field(default_factory=dict)


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


@dataclass
class Trained:
    """What training did, in bits a row on rows kept back.

    Arguments:
        steps: steps of each phase; none where nothing is learned by steps.
        start, end: named terms before and after.
    """

    steps: list[int] = field(default_factory=list)
    start: dict[str, float] = field(default_factory=dict)
    end: dict[str, float] = field(default_factory=dict)


class Family(ABC):
    """What is learned of a group, and what of it goes into a plan.

    A family is known by its file's name. Its settings are the dataclass `Settings`.

    Arguments:
        data: what it is trained on.
        setup: what the user asked for.

    Raises:
        ArgumentError: a setting is unknown or has no such value.
    """

    Settings: type[Any] = NoSettings

    @abstractmethod
    def __init__(self, data: GroupData, setup: Setup) -> None:
        """Read the settings; families build what they train after it."""
        super().__init__()
        self.name = type(self).__module__.rpartition(".")[2].removeprefix("rootae_own_family_")
        self.settings = read(type(self).Settings, setup.settings, self.name)

    def encoder(self) -> TrainedEncoder | None:
        """Return the encoder, None for a family without latents."""
        return None

    def stages(self) -> list[TrainedStage]:
        """Return the decoder's networks, in the order they run."""
        return []

    def diagrams(self) -> list[TrainedDiagram]:
        """Return decision diagrams, none for most families."""
        return []


class Counted(Family):
    """A family that is learned at once, by counting."""

    @abstractmethod
    def fit(self) -> None:
        """Learn."""

    @abstractmethod
    def rates(self) -> dict[str, float]:
        """Return what the codes come to before and after, named terms in bits a row."""

    def learned(self) -> Trained:
        """Learn, and say what that did."""
        before = self.rates()
        self.fit()
        return Trained([], before, self.rates())
