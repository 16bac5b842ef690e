"""What contexts are made of, as frozen data: networks, diagrams, and what they look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rootae.errors import CorruptError

__all__ = ["Diagram", "Encoder", "Feature", "Stage", "Target"]


@dataclass(frozen=True)
class Feature:
    """One integer that a network sees.

    Arguments:
        source: ``lane`` (codes decoded earlier), ``centre`` (the codes that a lane is centred on)
            or ``latent`` (a latent code as it is).
        index: which lane of the group, or which latent.
        kind: ``edges``: how many edges of the table lie at or below the code;
            ``digit``: clip((code - low) >> shift, 0, top); ``raw``: the code itself.
        table: index of the table of edges (``edges`` only).
        low, shift, top: of a digit.
    """

    source: Literal["lane", "centre", "latent"]
    index: int
    kind: Literal["edges", "digit", "raw"]
    table: int = -1
    low: int = 0
    shift: int = 0
    top: int = 0


@dataclass(frozen=True)
class Target:
    """A lane that a stage gives contexts for.

    The network's outputs 2t and 2t+1 of the t-th target are the location and the scale; the
    context is the location's bin plus the number of location bins times the scale's bin.

    Arguments:
        lane: index of the lane.
        location, scale: tables of edges of the two outputs; a lane without a bound takes its
            code from the location's table of edges directly.
    """

    lane: int
    location: int
    scale: int


@dataclass(frozen=True)
class Stage:
    """One decoder network: what it sees and what it gives contexts for."""

    network: int
    inputs: tuple[Feature, ...]
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Diagram:
    """Contexts by looking at one code after the other: a decision diagram, as tables.

    A row is in state 0 at first; after each input it is in the state that the input's table names
    for the state that it was in and what the input says. The last state is the context.

    Arguments:
        inputs: what is looked at, features of the kind ``edges``.
        tables: one for each input: (states before) x (edges + 1) states, row by row; the last
            one's are 0 .. 255.
    """

    inputs: tuple[Feature, ...]
    tables: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse a diagram that cannot be followed."""
        if len(self.inputs) != len(self.tables) or any(f.kind != "edges" for f in self.inputs):
            msg = "a diagram has other inputs than tables: the codec's plan is damaged"
            raise CorruptError(msg)


@dataclass(frozen=True)
class Encoder:
    """The network that makes the latents; only the writer runs it."""

    network: int
    inputs: tuple[Feature, ...]
    latents: int
