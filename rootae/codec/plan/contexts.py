"""What contexts are made of, as frozen data: networks, diagrams, and what they look at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from rootae.codec.indices import (
    CentreIndex,
    LaneIndex,
    LatentIndex,
    NetworkIndex,
    SeenIndex,
    TableIndex,
)
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Contexts",
    "Diagram",
    "Digit",
    "Edges",
    "Encoder",
    "Feature",
    "OfCentre",
    "OfLane",
    "OfLatent",
    "Raw",
    "Stage",
    "Target",
]


@dataclass(frozen=True)
class OfLane:
    """Codes of a lane that is decoded earlier, or of a linked one behind the group's own."""

    index: SeenIndex
    kind: Literal["lane"] = "lane"


@dataclass(frozen=True)
class OfCentre:
    """The codes that a lane's codes are centred on."""

    index: CentreIndex
    kind: Literal["centre"] = "centre"


@dataclass(frozen=True)
class OfLatent:
    """A latent code."""

    index: LatentIndex
    kind: Literal["latent"] = "latent"


@dataclass(frozen=True)
class Edges:
    """How many edges of a table lie at or below the code."""

    table: TableIndex
    kind: Literal["edges"] = "edges"


@dataclass(frozen=True)
class Digit:
    """clip((code - low) >> shift, 0, top)."""

    low: int
    shift: int
    top: int
    kind: Literal["digit"] = "digit"


@dataclass(frozen=True)
class Raw:
    """The code itself."""

    kind: Literal["raw"] = "raw"


@dataclass(frozen=True)
class Feature:
    """One integer that a network or a diagram sees.

    Arguments:
        of: whose codes.
        by: which integer of a code.
    """

    of: OfLane | OfCentre | OfLatent
    by: Edges | Digit | Raw


@dataclass(frozen=True)
class Target:
    """A lane that a stage gives contexts for.

    The network's outputs 2t and 2t+1 of the t-th target are the location and the scale; the
    context is the location's bin plus the number of location bins times the scale's bin.

    Arguments:
        lane: index of the lane; none where the file lacks the column.
        location, scale: tables of edges of the two outputs; a lane without a bound takes its
            code from the location's table of edges directly.
    """

    lane: LaneIndex | None
    location: TableIndex
    scale: TableIndex


@dataclass(frozen=True)
class Stage:
    """One decoder network: what it sees and what it gives contexts for."""

    network: NetworkIndex
    inputs: tuple[Feature, ...]
    targets: tuple[Target, ...]
    kind: Literal["stage"] = "stage"

    def count(self, tables: Sequence[NDArray[np.int64]], lane: int, /) -> int:
        """Return how many contexts the values of a lane may have."""
        target = next(t for t in self.targets if t.lane == lane)
        return math.prod(len(tables[k]) + 1 for k in (target.location, target.scale))


@dataclass(frozen=True)
class Diagram:
    """Contexts by looking at one code after the other: a decision diagram, as tables.

    A row is in state 0 at first; after each input it is in the state that the input's table names
    for the state that it was in and what the input says. The last state is the context.

    Arguments:
        inputs: what is looked at, features by edges.
        tables: one for each input: (states before) x (edges + 1) states, row by row; the last
            one's are 0 .. 255.
    """

    inputs: tuple[Feature, ...]
    tables: tuple[TableIndex, ...]
    kind: Literal["diagram"] = "diagram"

    def __post_init__(self) -> None:
        """Refuse a diagram that cannot be followed."""
        by_edges = all(isinstance(f.by, Edges) for f in self.inputs)
        if len(self.inputs) != len(self.tables) or not by_edges:
            msg = "a diagram has other inputs than tables: the codec's plan is damaged"
            raise CorruptError(msg)

    @property
    def edges(self) -> tuple[int, ...]:
        """Return the table of edges of each input."""
        return tuple(f.by.table for f in self.inputs if isinstance(f.by, Edges))

    def count(self, tables: Sequence[NDArray[np.int64]], _lane: int, /) -> int:
        """Return how many contexts the values of a lane may have, whichever it is."""
        return int(tables[self.tables[-1]].max()) + 1


# What may give lanes their contexts: a new kind is a class, a row here, and how it is followed in
# `StageContexts.of`.
Contexts: TypeAlias = Stage | Diagram


@dataclass(frozen=True)
class Encoder:
    """The network that makes the latents; only the writer runs it."""

    network: NetworkIndex
    inputs: tuple[Feature, ...]
    latents: int
