"""Contexts without a network: a decision diagram over earlier codes, learned by counting.

A diagram takes a row from state to state by looking at one earlier column after the other. At each
step the column is taken that tells most about the target, on rows kept back; the cells of old state
and new column are then clustered by what the target does in them, so that states stay few however
many columns are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from rootae.codec.streams import runs
from rootae.training.diagrams.clusters import cluster, coarse_edges, smooth
from rootae.training.diagrams.states import in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rootae.training.data import GroupData

__all__ = ["PRICES", "Learner", "Source", "TrainedDiagram"]

Source = tuple[Literal["lane", "centre"], int]

# bits a value that a context must save for each further column that it has a reader decode
PRICES = {"fast": 0.3, "default": 0.15, "max": 0.001}
_TARGET_BINS, _FEW_BINS = 48, 12  # to cluster by, and to rate candidates by: few overfit less
_ROWS, _LEAST_ROWS = 262_144, 32_768  # to count
_VALUES = 1 << 24  # of all lanes together: a thousand columns take no longer than a hundred
_CANDIDATES, _PURSUED = 32, 12
_LEAST_GAIN = 0.01  # bits a value that a step must give on rows kept back
_CONTEXTS = (8, 16, 32, 64)


@dataclass(frozen=True)
class TrainedDiagram:
    """A diagram for one lane.

    Arguments:
        lane: which.
        sources: what is looked at in turn.
        edges: of each source's bins.
        tables: states after each step, (states before) x (edges + 1), row by row.
        nbytes: bytes of the measured rows' codes in these contexts.
    """

    lane: int
    sources: tuple[Source, ...]
    edges: tuple[NDArray[np.int64], ...]
    tables: tuple[NDArray[np.int64], ...]
    nbytes: int


class Learner:
    """Learns diagrams for the lanes of one group.

    Arguments:
        data: the group's rows, prepared.
        bins: of a source.
        states: at most so many after each step.
        steps: at most so many.
        price: bits a value that a step must give for each further value that it has a reader
            decode.
    """

    def __init__(
        self, data: GroupData, *, bins: int, states: int, steps: int, price: float = 0.0
    ) -> None:
        self._data = data
        self._bins, self._steps, self._price = bins, steps, price
        self.states = states
        rows = max(min(_ROWS, _VALUES // max(len(data.lanes), 1)), _LEAST_ROWS)
        self.fit = data.seen[:rows]  # rows to count
        self.check = data.held_out[: rows // 8]  # rows kept back
        self._looked: dict[Source, tuple[NDArray[np.int64], NDArray[np.intp]]] = {}
        self._ancestors: dict[int, frozenset[int]] = {}

    def learn(self, lane: int, candidates: Sequence[int]) -> TrainedDiagram | None:
        """Learn a lane's diagram, None if nothing tells anything about it.

        Arguments:
            lane: the lane.
            candidates: lanes that are decoded before it.
        """
        q = self._data.targets[lane]
        fine, few = (
            np.searchsorted(coarse_edges(q, bins), q, side="right")
            for bins in (_TARGET_BINS, _FEW_BINS)
        )
        found = _Growing(self, fine, few)
        sources: list[Source] = [("lane", i) for i in candidates[-_CANDIDATES:]]
        read = self._closure(self._data.plan.parents(lane))
        if lane in self._data.centres:
            sources.append(("centre", lane))
        while len(found.sources) < self._steps and sources:
            price = {s: self._price * self._weight(self._needs(s) - read) for s in sources}
            rated = sorted((found.bits(s) + price[s], s) for s in sources)
            best = rated[0][1]
            if not found.grow(best, _LEAST_GAIN + price[best]):
                break
            read |= self._needs(best)
            sources = [s for _, s in rated[1 : _PURSUED + 1]]
        self._ancestors[lane] = read
        return self._finished(lane, found) if found.sources else None

    def _needs(self, source: Source) -> frozenset[int]:
        """Return the lanes that have to be decoded before a source can be looked at."""
        kind, lane = source
        return self._closure((lane,) if kind == "lane" else self._data.plan.parents(lane))

    def _weight(self, lanes: frozenset[int]) -> float:
        """Return how many values a reader decodes of lanes for each of the group's own."""
        return sum(self._data.weights[lane] for lane in lanes)

    def _closure(self, lanes: Sequence[int]) -> frozenset[int]:
        """Return lanes and all that they are decoded from."""
        found = frozenset(lanes)
        for lane in lanes:
            if lane not in self._ancestors:
                self._ancestors[lane] = self._closure(self._data.plan.parents(lane))
            found |= self._ancestors[lane]
        return found

    def _finished(self, lane: int, found: _Growing) -> TrainedDiagram:
        """Merge the last states into as many contexts as measure smallest."""
        rows = self._data.measured_rows
        codes, best, nbytes = self._data.targets[lane][:rows], None, 0
        for most in _CONTEXTS:
            merged = found.merged(most)
            size = len(runs.encode(codes, merged[found.state[:rows]].astype(np.uint8)))
            if best is None or size < nbytes:
                best, nbytes = merged, size
        tables = list(found.tables)
        if best is not None:
            tables[-1] = best[tables[-1]]
        edges = tuple(self.looked(s)[0] for s in found.sources)
        tables = in_order(tables, [len(e) + 1 for e in edges])
        return TrainedDiagram(lane, tuple(found.sources), edges, tuple(tables), nbytes)

    def looked(self, source: Source) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
        """Return a source's edges and bins, worked out once."""
        if source not in self._looked:
            kind, lane = source
            q = self._data.centres[lane] if kind == "centre" else self._data.visible[lane]
            edges = coarse_edges(q[self.fit], self._bins)
            self._looked[source] = edges, np.searchsorted(edges, q, side="right")
        return self._looked[source]


class _Growing:
    """A diagram under way, and the state of every row.

    Arguments:
        learner: what it looks at.
        target, few: the target's bin in every row, finely and coarsely.
    """

    def __init__(self, learner: Learner, target: NDArray[np.intp], few: NDArray[np.intp]) -> None:
        self._learner = learner
        self._target, self._few = target, few
        self.sources: list[Source] = []
        self.tables: list[NDArray[np.int64]] = []
        self.state = np.zeros(len(target), np.int64)
        self._states = 1
        self._rate = self._bits(self.state, 1, 1)

    def bits(self, source: Source) -> float:
        """Return the coarse target's bits on rows kept back if a source were looked at next."""
        cell, width = self._cells(source)
        return self._bits(cell, self._states, width)

    def grow(self, source: Source, least: float) -> bool:
        """Look at a source next, unless that gains less than so many bits a value."""
        cell, width = self._cells(source)
        counts = self._count(cell, self._states * width, self._target)
        table = cluster(smooth(counts, width), counts.sum(1), self._learner.states)
        states, state = int(table.max()) + 1, table[cell]
        rate = self._bits(state, 1, states)
        if self._rate - rate < least:
            return False
        self._states, self.state, self._rate = states, state, rate
        self.sources.append(source)
        self.tables.append(table)
        return True

    def merged(self, most: int) -> NDArray[np.int64]:
        """Return the contexts of the states, at most so many."""
        counts = self._count(self.state, self._states, self._target)
        return cluster(smooth(counts, self._states), counts.sum(1), most)

    def _cells(self, source: Source) -> tuple[NDArray[np.int64], int]:
        edges, seen = self._learner.looked(source)
        width = len(edges) + 1
        return self.state * width + seen, width

    def _count(
        self, cell: NDArray[np.int64], cells: int, target: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """Return how often each cell meets each bin of the target, shape (cells, bins)."""
        rows, bins = self._learner.fit, int(target.max(initial=0)) + 1
        counts = np.bincount(cell[rows] * bins + target[rows], minlength=cells * bins)
        return counts.reshape(cells, bins).astype(np.float64)

    def _bits(self, cell: NDArray[np.int64], states: int, width: int) -> float:
        share = smooth(self._count(cell, states * width, self._few), width)
        rows = self._learner.check
        return float(-np.log2(share[cell[rows], self._few[rows]]).mean())
