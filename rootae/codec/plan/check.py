"""Plans that point astray are refused before anything is decoded: bytes come from strangers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.codec.grids.exact import ExactInteger
from rootae.codec.indices import pointed
from rootae.codec.plan.contexts import Diagram, Digit, OfLatent, Stage
from rootae.codec.plan.order import in_order
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from rootae.codec.indices import Pointee
    from rootae.codec.plan.contexts import Feature
    from rootae.codec.plan.plan import GroupPlan, Lane, Plan, TreePlan
    from rootae.schema.column import Column

__all__ = ["check", "encoders_of"]

_CONTEXTS = 256  # that a diagram may tell apart
_DIGIT = 2**24  # beyond it a network's input would be rounded


def check(plan: TreePlan, tables: Sequence[NDArray[np.int64]], networks: int) -> None:
    """Hold that everything a tree's plan points to exists, and that no column rests on itself.

    Arguments:
        plan: the tree's plan.
        tables: the codec's tables.
        networks: how many networks the codec has.

    Raises:
        CorruptError: something is not as it has to be.
    """
    names = {c.name: c for c in plan.columns}
    groups = {g.name: g for g in plan.groups}
    _hold(len(groups) == len(plan.groups) and len(names) == len(plan.columns), "names repeat")
    found: dict[str, list[Lane]] = {}
    for group in plan.groups:
        for lane in group.lanes:
            _hold(lane.column in names, "a lane is of no column: {}", lane.column)
            _hold(names[lane.column].group == group.name, "{} is in another group", lane.column)
            found.setdefault(lane.column, []).append(lane)
    for column in plan.columns:
        _check_column(column, found.get(column.name, []), names)
    for group in plan.groups:
        _Group(group, tables, networks).check()
        for link in group.links:
            other = groups.get(link.group) if group.name and link.group else None
            lanes = other.lanes_of(link.column) if other is not None else ()
            there = 0 <= link.element < len(lanes) and not pointed(link.grid, "table")
            there = there and link.grid.dtype == names[link.column].dtype
            there = there and all(names[g].counter is None for g in (group.name, link.group))
            _hold(there, "{} sees no {}", group.name, link.column)


def encoders_of(plan: Plan) -> set[int]:
    """Return the numbers of networks that are encoders, which only a writer runs.

    Raises:
        CorruptError: one of them is a stage's too: a reader would run what it is not to run.
    """
    groups = [g for t in plan.trees for g in t.groups]
    encoders = {g.encoder.network for g in groups if g.encoder is not None}
    both = encoders & {s.network for g in groups for s in g.stages}
    _hold(not both, "network {} is an encoder's and a stage's", min(both, default=0))
    return encoders


def _check_column(column: Column, lanes: Sequence[Lane], names: Mapping[str, Column]) -> None:
    elements = [lane.element for lane in lanes]
    whole = all(n > 0 for n in column.inner_shape) and len(lanes) == column.lanes
    _hold(whole and elements == list(range(len(lanes))), "{} lacks elements", column.name)
    same = all(lane.grid.dtype == column.dtype for lane in lanes)
    _hold(same, "{} is of several types", column.name)
    if column.counter is not None:
        counter = names.get(column.counter)
        _hold(_counts(counter, names), "{} has no counter {}", column.name, column.counter)
        nested = counter is not None and counter.counter is not None
        right = nested == column.is_nested and all(
            size.name in names and names[size.name].counter == size.counter
            for size in column.sizes()
        )
        _hold(right, "the sizes of {} are of something else", column.name)


def _counts(counter: Column | None, names: Mapping[str, Column]) -> bool:
    """Say whether a column can count others: by entry, or by vector where another counts these."""
    if counter is None or counter.inner_shape or "int" not in counter.dtype:
        return False
    outer = None if counter.counter is None else names.get(counter.counter)
    return counter.counter is None or (
        outer is not None and outer.counter is None and _counts(outer, names)
    )


def _hold(right: bool, otherwise: str, *names: object) -> None:
    if not right:
        shown = otherwise.format(*(str(n)[:40] for n in names))
        msg = f"{shown}: the codec's plan is damaged"
        raise CorruptError(msg)


class _Group:
    """One group's plan and what it may point to."""

    def __init__(self, plan: GroupPlan, tables: Sequence[NDArray[np.int64]], networks: int) -> None:
        self.plan, self.tables, self.networks = plan, tables, networks

    def check(self) -> None:
        plan = self.plan
        for of, count in self._counts().items():
            for i in pointed(plan, of):
                _hold(0 <= i < count, "there is no {} {}", of, i)
        for i in pointed(plan, "centre"):
            there = 0 <= i < len(plan.lanes) and plan.lanes[i].centre is not None
            _hold(there, "there is no such centre")
        for link in plan.links:
            whole = isinstance(plan.lanes[link.by].grid, ExactInteger)
            _hold(whole, "{} is no column of indices", plan.lanes[link.by].column)
        for lane in plan.lanes:
            self._check_lane(lane)
        for contexts in plan.contexts:
            _hold(bool(contexts.inputs), "contexts look at nothing")
            self._check_features(contexts.inputs)
            if isinstance(contexts, Diagram):
                self._check_diagram(contexts)
        if plan.encoder is not None:
            _hold(plan.encoder.latents > 0, "an encoder has no latents")
            _hold(not self._seen_beyond(plan.encoder.inputs), "an encoder sees latents or links")
            self._check_features(plan.encoder.inputs)
        for i, lane in enumerate(plan.lanes):
            stage = plan.contexts_of(i)
            if isinstance(stage, Stage):
                aims = [t.lane for t in stage.targets]
                _hold(i in aims, "the stage of {} is not for it", lane.column)
        in_order(plan)

    def _counts(self) -> dict[Pointee, int]:
        plan = self.plan
        latents = plan.encoder.latents if plan.encoder is not None else 0
        return {
            "table": len(self.tables),
            "network": self.networks,
            "lane": len(plan.lanes),
            "seen": len(plan.lanes) + len(plan.links),
            "context": len(plan.contexts),
            "latent": latents,
        }

    def _seen_beyond(self, inputs: Iterable[Feature]) -> bool:
        """Say whether anything but own lanes and their centres is looked at."""
        lanes = [i for f in inputs for i in pointed(f, "seen")]
        latents = any(isinstance(f.of, OfLatent) for f in inputs)
        return latents or any(i >= len(self.plan.lanes) for i in lanes)

    def _check_lane(self, lane: Lane) -> None:
        if lane.derived is not None:
            _hold(bool(lane.derived.terms), "the rule of {} names no lane", lane.column)
        lane.grid.with_tables(self.tables)

    def _check_features(self, inputs: Iterable[Feature]) -> None:
        for digit in (f.by for f in inputs if isinstance(f.by, Digit)):
            right = 0 <= digit.shift < 64 and 0 <= digit.top < _DIGIT
            _hold(right and -(2**63) <= digit.low < 2**63, "a digit is out of range")

    def _check_diagram(self, diagram: Diagram) -> None:
        states = 1
        for f, number in zip(diagram.inputs, diagram.tables, strict=True):
            (edges,) = pointed(f, "table")
            table = self.tables[number]
            right = len(table) >= states * (len(self.tables[edges]) + 1) and int(table.min()) >= 0
            _hold(right, "a diagram's table is too small or has negative states")
            states = int(table.max()) + 1
        _hold(states <= _CONTEXTS, "a diagram has too many contexts")
