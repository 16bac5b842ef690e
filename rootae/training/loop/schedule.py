"""How the learning rate moves over a phase of training."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Schedule", "names"]

_WARM = 0.1  # share of a phase in which the rate rises
_LEAST = 0.001  # what a falling rate falls to
_PATIENCE, _CUT = 3, 0.3  # of `plateau`: checks without improvement, and what the rate falls by


def _one_cycle(progress: float) -> float:
    """Rise to 1 over the first tenth, then fall to nearly 0 along a cosine."""
    if progress < _WARM:
        return 0.05 + 0.95 * progress / _WARM
    return _fallen(math.pi * (progress - _WARM) / (1 - _WARM))


def _cosine(progress: float) -> float:
    return _fallen(math.pi * progress)


def _fallen(angle: float) -> float:
    return _LEAST + (1 - _LEAST) * (1 + math.cos(angle)) / 2


def _constant(_progress: float) -> float:
    return 1.0


_SHAPES: dict[str, Callable[[float], float]] = {
    "one-cycle": _one_cycle,
    "cosine": _cosine,
    "constant": _constant,
    "plateau": _constant,
}


def names() -> tuple[str, ...]:
    """Return the names of all schedules."""
    return tuple(_SHAPES)


class Schedule:
    """A factor on the learning rate.

    Arguments:
        name: ``one-cycle`` (up over a tenth, then down along a cosine), ``cosine`` (down from the
            start), ``constant``, or ``plateau`` (cut to 0.3 of itself whenever three checks on
            validation rows in a row brought nothing).

    References:
        Smith and Topin, *Super-convergence* (2017), arXiv:1708.07120; Loshchilov and Hutter,
        *SGDR* (2016), arXiv:1608.03983.

    Example:
        >>> round(Schedule("cosine").factor(0.5), 3)
        0.5
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.level = 1.0
        self.waited = 0

    @property
    def needs_checks(self) -> bool:
        """Say whether the schedule looks at validation rows."""
        return self.name == "plateau"

    def factor(self, progress: float) -> float:
        """Return the factor at a share of the phase."""
        return self.level * _SHAPES[self.name](min(progress, 1.0))

    def observe(self, *, improved: bool) -> None:
        """Be told of a check on validation rows."""
        self.waited = 0 if improved else self.waited + 1
        if self.needs_checks and self.waited >= _PATIENCE:
            self.level, self.waited = max(self.level * _CUT, _LEAST), 0
