"""What a group's contexts are learned from: codes, features and rank scales of sampled rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rootae.codec import lane as lanes
from rootae.codec.contexts.contexts import feature
from rootae.codec.grids.codes import codes_of
from rootae.codec.grids.exact import ExactFloat
from rootae.codec.group import GroupCoder
from rootae.codec.plan.contexts import Digit, Edges, Feature, OfCentre, OfLane
from rootae.codec.plan.order import in_order
from rootae.codec.streams import stream
from rootae.planner import references
from rootae.training.scale import CodeScale, RankScale

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.codec.plan.plan import GroupPlan
    from rootae.schema.values import Values

__all__ = ["LEAST_ROWS", "GroupData", "split"]

LEAST_ROWS = 2_000
_EDGES = 127
_FAR = 7.0  # in logits: edges span the quantiles from 0.1% to 99.9%
_DIGITS = 1023
_MEASURED_ROWS = 131_072
_VALIDATION = 0.1


def split(
    rows: int, counts: NDArray[np.int64] | None, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw a tenth of the entries for validation; rows of one entry stay together.

    Objects of one event tell of each other, so that a row whose neighbours were trained on would
    be no honest test.

    Arguments:
        rows: number of rows.
        counts: rows of each entry; None where an entry is a row. Where fewer than two entries have
            rows, rows are drawn one by one.
        seed: of the draw.

    Returns:
        Indices of the rows kept back and of those to train on, int64.

    Example:
        >>> held_out, seen = split(6, np.array([3, 0, 3]), seed=0)
        >>> sorted(held_out.tolist()) in ([0, 1, 2], [3, 4, 5]), len(seen)
        (True, 3)
    """
    generator = np.random.default_rng(seed)
    least = max(int(rows * _VALIDATION), 1)
    filled = None if counts is None else np.flatnonzero(counts)
    if counts is None or filled is None or len(filled) < 2:
        order = generator.permutation(rows)
        return order[:least], order[least:]
    drawn = generator.permutation(len(filled))
    rank = np.argsort(drawn)
    by_entry = np.argsort(np.repeat(rank, counts[filled]), kind="stable")
    ends = np.cumsum(counts[filled[drawn]])
    cut = int(ends[min(int(np.searchsorted(ends, least)), len(ends) - 2)])
    return by_entry[:cut], by_entry[cut:]


class GroupData:
    """Sampled rows of one group, ready for training.

    Once prepared, `x` has normalised features, shape (rows, features), and `low` and `high` the
    ends of the codes' cells on their rank scales, shape (rows, lanes), all float32.

    Arguments:
        plan: the group's plain plan.
        values: sampled values by column.
        tables: the codec's tables; edges of features are appended.
        seed: of the split into training and validation entries.
    """

    def __init__(
        self,
        plan: GroupPlan,
        values: Mapping[str, Values],
        tables: list[NDArray[np.int64]],
        seed: int,
    ) -> None:
        self.plan = plan
        self.tables = tables
        coder = GroupCoder(plan, tables, ())
        columns = [values[x.column].lane(x.element) for x in plan.lanes]
        self.codes = [np.asarray(q, np.int64) for q in coder.codes(columns)]
        self.rows = len(self.codes[0]) if self.codes else 0
        self.measured_rows = min(self.rows, _MEASURED_ROWS)
        decoded = [g.inverse(q) for g, q in zip(coder.grids, self.codes, strict=True)]
        decoded += [references.seen(link, plan, values) for link in plan.links]
        # what is looked at: own codes, then linked ones
        self.visible = [
            *self.codes,
            *(
                codes_of(g, x)
                for g, x in zip(coder.linked_grids, decoded[len(self.codes) :], strict=True)
            ),
        ]
        # values that a reader decodes for each of the group's own, to see one
        self.weights = [1.0] * len(self.codes)
        self.weights += [references.weight(plan, link, values) for link in plan.links]
        self.centres = {
            i: x.centre.codes(decoded.__getitem__, self.rows, coder.grids[i])
            for i, x in enumerate(plan.lanes)
            if x.centre is not None
        }
        self.targets = [self._target(i) for i in range(len(self.codes))]
        self.untouched = self._sizes(self.codes)
        self.plain = self._sizes(self.targets)
        self.lanes = self._ordered([i for i in range(len(self.codes)) if self._worth(i)])
        counts = values[plan.lanes[0].column].counts if plan.lanes else None
        self.held_out, self.seen = split(self.rows, counts, seed)

    def _target(self, lane: int) -> NDArray[np.int64]:
        """Return what is coded of a lane: its codes, less the centre's and without unused bits."""
        if lane not in self.centres:
            return self.codes[lane]
        shift = isinstance(self.plan.lanes[lane].grid, ExactFloat) and lanes.shift_of(
            self.codes[lane]
        )
        return (self.codes[lane] >> shift) - (self.centres[lane] >> shift)

    def _sizes(self, codes: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
        """Measure lanes coded plainly."""
        return np.array([len(stream.encode(q[: self.measured_rows])) for q in codes], float)

    def _ordered(self, lanes_: list[int]) -> list[int]:
        """Keep lanes in their order but put what others are seen through or made of first."""
        found = in_order(self.plan, (*(x.by for x in self.plan.links), *lanes_))
        return [lane for lane in found if lane in set(lanes_)]

    def before(self, lane: int) -> list[int]:
        """Return the lanes that are decoded before one, linked ones among them."""
        own = self.lanes[: self.lanes.index(lane)]
        plain = {i for i, x in enumerate(self.plan.lanes) if x.derived is None and x.centre is None}
        known, first = {*own, *(plain - set(self.lanes))}, len(self.plan.lanes)
        return own + [first + k for k, link in enumerate(self.plan.links) if link.by in known]

    def _worth(self, lane: int) -> bool:
        """Say whether contexts could save anything on a lane."""
        if self.plan.lanes[lane].derived is not None or self.rows < LEAST_ROWS:
            return False
        return bool(self.plain[lane] * 8 > 0.02 * self.measured_rows)

    def prepare(self) -> None:
        """Compute features and scales (left out until the group is trained)."""
        self.features: list[Feature] = []
        for i in self.lanes:
            self.features += self._features_of(OfLane(i), self.codes[i])
        for i in self.lanes:
            if i in self.centres:
                self.features += self._features_of(OfCentre(i), self.centres[i])
        columns = [feature(f, self._seen(f), self.tables) for f in self.features]
        raw = np.stack(columns, axis=1).astype(np.float32)
        self.mean = raw.mean(axis=0)
        self.spread = raw.std(axis=0) + 1e-6
        ends = [self._ends(i) for i in self.lanes]
        self.x = (raw - self.mean) / self.spread
        self.low, self.high = (np.stack([e[k] for e in ends], axis=1) for k in (0, 1))

    def _ends(self, lane: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return both ends of each code's cell on the lane's scale."""
        scale = RankScale if self.plan.lanes[lane].bound.promises else CodeScale
        return scale(self.targets[lane]).interval(self.targets[lane])

    def _seen(self, f: Feature) -> NDArray[np.int64]:
        """Return the codes that a feature looks at."""
        return (self.centres if isinstance(f.of, OfCentre) else self.codes)[f.of.index]

    def _features_of(self, of: OfLane | OfCentre, q: NDArray[np.int64]) -> list[Feature]:
        """Return features of codes: their rank in even steps of the logit, and their value."""
        codes = np.unique(q)
        if len(codes) <= _EDGES + 1:
            edges = codes[1:]
        else:
            share = 1 / (1 + np.exp(-np.linspace(-_FAR, _FAR, _EDGES)))
            edges = np.unique(np.quantile(q, share, method="nearest"))
        self.tables.append(edges.astype(np.int64))
        found = [Feature(of, Edges(len(self.tables) - 1))]
        low, high = (int(v) for v in np.quantile(q, [0.001, 0.999], method="nearest"))
        shift = max((high - low).bit_length() - _DIGITS.bit_length(), 0)
        if len(codes) > 2:
            top = min(max((high - low) >> shift, 1), _DIGITS)
            found.append(Feature(of, Digit(low, shift, top)))
        return found

    def by_lane(self, source: Literal["lane", "centre"]) -> list[list[int]]:
        """Return which features are made of each lane's codes, or of its centre."""
        found: list[list[int]] = [[] for _ in self.lanes]
        for k, f in enumerate(self.features):
            if f.of.kind == source:
                found[self.lanes.index(f.of.index)].append(k)
        return found

    def measured(self) -> list[NDArray[np.int64]]:
        """Return what is coded of each lane on the first rows, on which sizes are measured."""
        return [q[: self.measured_rows] for q in self.targets]

    def inputs(self, which: Sequence[int], rows: slice) -> NDArray[Any]:
        """Return features as a reader computes them, shape (features, rows)."""
        chosen = [self.features[k] for k in which]
        return np.stack([feature(f, self._seen(f)[rows], self.tables) for f in chosen])

    def top(self, which: Sequence[int]) -> NDArray[np.float64]:
        """Return the largest value that each feature can take."""
        return np.array([self._top(self.features[k]) for k in which], float)

    def _top(self, f: Feature) -> int:
        match f.by:
            case Edges(table):
                return len(self.tables[table])
            case Digit(top=top):
                return top
        msg = "codes are not seen raw"
        raise TypeError(msg)
