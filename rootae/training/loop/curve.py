"""Points of a learning curve: named terms on training and on validation rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RATES", "Means", "Point", "rate_of", "words"]

RATES = ("codes", "values", "latents", "kl")  # bits of a file, or what stands for them


@dataclass(frozen=True)
class Point:
    """One check on validation rows.

    Arguments:
        phase, step: where training stood.
        rate: the learning rate.
        training: means of the terms over the steps since the last check, bits a row.
        validation: the terms on validation rows, bits a row.
    """

    phase: int
    step: int
    rate: float
    training: dict[str, float]
    validation: dict[str, float]


@dataclass
class Means:
    """Means of named terms over steps."""

    steps: int = 0
    sums: dict[str, float] = field(default_factory=dict)

    def add(self, terms: Mapping[str, float]) -> None:
        """Add one step's terms."""
        self.steps += 1
        for name, value in terms.items():
            self.sums[name] = self.sums.get(name, 0.0) + value

    def taken(self) -> dict[str, float]:
        """Return the means and begin anew."""
        means = {name: total / self.steps for name, total in self.sums.items()}
        self.steps, self.sums = 0, {}
        return means


def rate_of(terms: Mapping[str, float]) -> float:
    """Return the bits a row that terms stand for; where none is a rate, the sum of all.

    Penalties and what players of a game win from each other are left out: only rates say whether
    a later state of training is a better one.

    Example:
        >>> rate_of({"codes": 80.0, "latents": 2.0, "adversarial": 0.7})
        82.0
    """
    rates = [v for name, v in terms.items() if name in RATES]
    return sum(rates) if rates else sum(terms.values())


def words(terms: Mapping[str, float], values: int) -> str:
    """Say what terms come to.

    Arguments:
        terms: bits a row.
        values: values a row.

    Example:
        >>> words({"codes": 80.0, "latents": 2.0}, 20)
        'codes 80.00, latents 2.00 bits/row: 4.10 bits/value'
    """
    if not terms:
        return ""
    told = ", ".join(f"{name} {value:.2f}" for name, value in terms.items())
    return f"{told} bits/row: {rate_of(terms) / max(values, 1):.2f} bits/value"
