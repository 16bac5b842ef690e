"""No latents and no network: each column's contexts are a decision diagram over earlier columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.training import family
from rootae.training.diagrams.learner import PRICES, Learner

if TYPE_CHECKING:
    from rootae.training.data import GroupData
    from rootae.training.diagrams.learner import TrainedDiagram

__all__ = ["Family"]

_SIZES = {"fast": (16, 32, 3), "default": (16, 64, 8), "max": (16, 64, 12)}  # bins, states, steps


class Family(family.Counted):
    """Decision diagrams, learned by counting rather than by gradients.

    A reader follows a diagram by two look-ups for each column that it looks at, which is far less
    than the smallest network; the columns are few, and picked by what they tell.

    Arguments:
        data: the group's rows.
        setup: its effort says how many bins are looked at, how many states and steps a diagram has
            at most, and how dear ancestors are.

    References:
        Slonim and Tishby, *Agglomerative information bottleneck*, NIPS 1999.
    """

    def __init__(self, data: GroupData, setup: family.Setup) -> None:
        super().__init__(data, setup)
        bins, states, steps = _SIZES[setup.effort]
        price = PRICES[setup.effort]
        self._data = data
        self._learner = Learner(data, bins=bins, states=states, steps=steps, price=price)
        self._found: list[TrainedDiagram] = []

    def fit(self) -> None:
        """Learn every lane's diagram."""
        found = (self._learner.learn(x, self._data.before(x)) for x in self._data.lanes)
        self._found = [d for d in found if d is not None]

    def rates(self) -> dict[str, float]:
        """Return the measured rate of the codes, bits a row."""
        sizes = {i: float(self._data.plain[i]) for i in self._data.lanes}
        sizes |= {d.lane: min(sizes[d.lane], d.nbytes) for d in self._found}
        return {"codes": sum(sizes.values()) * 8 / self._data.measured_rows}

    def diagrams(self) -> list[TrainedDiagram]:
        """Return the diagrams of the lanes that have one."""
        return self._found
