"""Where a value should lie by an almost exact relation: its code is stored less that centre's.

Energies of a jet's parts add up to the energy that its pt, eta and mass give; fractions add up to
one; the square of a momentum is the sum of its components' squares. After rounding, such a relation
no longer gives a value within its bound, but it says where the value lies to a few steps of its
grid. `rootae.planner.centres` finds the relations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rootae.codec.indices import SeenIndex
from rootae.errors import CorruptError
from rootae.kernels.arithmetic import add
from rootae.kernels.kinematics import component

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from rootae.codec.grids.registry import Grid

__all__ = ["Centre", "Term"]

_ROWS = 16_384  # at a time: intermediate results stay near the processor
_LANES = {"one": 0, "lane": 1}  # of a term; a component's are four


@dataclass(frozen=True)
class Term:
    """One addend of a centre.

    Arguments:
        kind: ``one`` (a constant), ``lane``, or a component of the four-vector in four lanes.
        lanes: none, one, or pt, eta, phi and mass.
        coefficient: what it is multiplied with.
    """

    kind: Literal["one", "lane", "px", "py", "pz", "energy"]
    lanes: tuple[SeenIndex, ...]
    coefficient: float

    def __post_init__(self) -> None:
        if len(self.lanes) != _LANES.get(self.kind, 4):
            msg = f"a term {self.kind!r} has {len(self.lanes)} lanes: the codec's plan is damaged"
            raise CorruptError(msg)

    def evaluate(
        self, values: Callable[[int], NDArray[Any]], rows: int, *, squared: bool
    ) -> NDArray[np.float64]:
        """Return the addend in float64, shape (rows,)."""
        if self.kind == "one":
            return np.full(rows, self.coefficient)
        columns = [values(i).astype(np.float64) for i in self.lanes]
        whole = columns[0] if self.kind == "lane" else component(self.kind, *columns)
        return (whole * whole if squared else whole) * self.coefficient

    def add_to(
        self, total: NDArray[np.float64], values: Callable[[int], NDArray[Any]], *, squared: bool
    ) -> None:
        """Add to sums in float64, shape (rows,)."""
        if self.kind == "lane" and not squared:
            add(total, values(self.lanes[0]), self.coefficient)
        else:
            total += self.evaluate(values, len(total), squared=squared)


@dataclass(frozen=True)
class Centre:
    """A lane lies near the sum of terms, added in order, or near the root of their squares' sum.

    Arguments:
        terms: the addends; under a root every term but ``one`` is squared before its coefficient.
        root: take the square root of the sum.
        low, high: codes that the centre is clipped to, so that a sum that went wrong does no harm.
    """

    terms: tuple[Term, ...]
    root: bool
    low: int
    high: int

    def __post_init__(self) -> None:
        if not self.sources or not -(2**63) <= self.low <= self.high < 2**63:
            msg = "a centre names no lane or has no range: the codec's plan is damaged"
            raise CorruptError(msg)

    @property
    def sources(self) -> tuple[int, ...]:
        """Return the lanes that have to be decoded first."""
        return tuple(dict.fromkeys(i for t in self.terms for i in t.lanes))

    def codes(
        self, values: Callable[[int], NDArray[Any]], rows: int, grid: Grid
    ) -> NDArray[np.int64]:
        """Return the centre's codes on the lane's grid.

        Arguments:
            values: gives a lane's decoded values, shape (rows,).
            rows: their number.
            grid: the grid of the lane that is centred.
        """
        sources = {i: values(i) for i in self.sources}
        q = np.empty(rows, np.int64)
        for a in range(0, rows, _ROWS):
            part = {i: x[a : a + _ROWS] for i, x in sources.items()}
            q[a : a + _ROWS] = self._some(part.__getitem__, min(_ROWS, rows - a), grid)
        return q

    def _some(
        self, values: Callable[[int], NDArray[Any]], rows: int, grid: Grid
    ) -> NDArray[np.int64]:
        total = np.zeros(rows)
        with np.errstate(all="ignore"):
            for term in self.terms:
                term.add_to(total, values, squared=self.root)
            total = np.sqrt(np.maximum(total, 0.0)) if self.root else total
            total = np.where(np.isfinite(total), total, 0.0)
            dtype = np.dtype(grid.dtype)
            if dtype.kind == "f":
                value = total.astype(dtype)
            else:
                info = np.iinfo(np.int32 if dtype.itemsize > 4 or dtype.kind == "b" else dtype)
                value = np.clip(np.rint(total), info.min, info.max).astype(np.int64)
        return np.clip(grid.forward(value), self.low, self.high)
