"""How long to train."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Budget"]

_CHECKS = 50  # of a phase that is not counted in epochs


@dataclass(frozen=True)
class Budget:
    """How long to train: a number of steps, which repeats exactly, or seconds, which does not.

    Arguments:
        steps: number of steps.
        seconds: of wall time, where no steps are given.
        epochs: how many epochs the steps are, where they were counted so.

    Example:
        >>> Budget(steps=100).of(0.25).steps
        25
    """

    steps: int | None = None
    seconds: float = 0.0
    epochs: float | None = None

    @classmethod
    def in_epochs(cls, epochs: float, rows: int, batch_size: int) -> Budget:
        """Return the steps in which training sees as many rows as there are, `epochs` times.

        Example:
            >>> Budget.in_epochs(2, rows=1000, batch_size=300).steps
            7
        """
        return cls(max(math.ceil(epochs * rows / batch_size), 1), epochs=epochs)

    def of(self, share: float) -> Budget:
        """Return a part of the budget."""
        steps = None if self.steps is None else max(round(self.steps * share), 1)
        epochs = None if self.epochs is None else self.epochs * share
        return Budget(steps, self.seconds * share, epochs)

    def progress(self, step: int, seconds: float) -> float:
        """Return the share that is used up after some steps and seconds, 1 at the end."""
        if self.steps is not None:
            return step / self.steps
        return seconds / max(self.seconds, 1e-9)

    def checks(self, progress: float) -> int:
        """Return how many checks on validation rows are due by now: one an epoch, else 50 in all.

        Example:
            >>> Budget(steps=100).checks(0.5), Budget.in_epochs(4, 1000, 10).checks(0.5)
            (25, 2)
        """
        every = _CHECKS if self.epochs is None else max(self.epochs, 1.0)
        return int(progress * every + 1e-9)
