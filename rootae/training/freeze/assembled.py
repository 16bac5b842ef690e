"""A group's plan with what it measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rootae.codec.plan.contexts import Stage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rootae.codec.plan.plan import GroupPlan
    from rootae.training.data import GroupData

__all__ = ["Assembled", "plain"]


@dataclass(frozen=True)
class Assembled:
    """A group's plan with networks, and what it measured.

    Arguments:
        plan: the plan; indices of tables and networks are into the two lists.
        tables: all tables.
        networks: serialised networks.
        lanes: measured bytes of each lane's codes, shape (lanes,).
        latents: measured bytes of the latents.
        fixed: bytes that the networks and tables add to a file, about.
    """

    plan: GroupPlan
    tables: list[NDArray[np.int64]]
    networks: list[bytes]
    lanes: NDArray[np.float64]
    latents: int
    fixed: int

    @property
    def guessed(self) -> bool:
        """Say whether columns come back from latents alone, which no plain coding compares with."""
        return any(
            not x.bound.promises and isinstance(self.plan.contexts_of(i), Stage)
            for i, x in enumerate(self.plan.lanes)
        )

    def total(self, scale: float) -> float:
        """Return the bytes of a file that has `scale` times the measured rows."""
        return float((self.lanes.sum() + self.latents) * scale + self.fixed)


def plain(data: GroupData) -> Assembled:
    """Return the group without networks."""
    sizes = data.plain.copy()
    sizes[[i for i, x in enumerate(data.plan.lanes) if x.derived is not None]] = 1.0
    return Assembled(data.plan, data.tables, [], sizes, 0, 0)
