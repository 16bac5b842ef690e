"""How gradients are followed."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Recipe"]


@dataclass(frozen=True)
class Recipe:
    """How gradients are followed.

    Arguments:
        rate: the highest learning rate.
        batch_size: rows a step.
        schedule: one of `rootae.training.loop.schedule.names`.
        patience: a phase ends after that many checks without improvement; None for no such end.
            Where it is given, the best weights that a check saw are taken, not the last ones.
    """

    rate: float = 6e-3
    batch_size: int = 2048
    schedule: str = "one-cycle"
    patience: int | None = None
