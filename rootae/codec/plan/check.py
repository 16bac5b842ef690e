"""Plans that point astray are refused before anything is decoded: bytes come from strangers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rootae.codec.plan.order import in_order
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from rootae.codec.plan.contexts import Diagram, Feature, Stage
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
            there = 0 <= link.element < len(lanes) and link.grid.get("kind") != "rank"
            there = there and link.grid.get("dtype") == names[link.column].dtype
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
    same = all(lane.grid.get("dtype") == column.dtype for lane in lanes)
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
        self.latents = plan.encoder.latents if plan.encoder is not None else 0

    def check(self) -> None:
        plan = self.plan
        for link in plan.links:
            self._lanes([link.by])
            whole = plan.lanes[link.by].grid.get("kind") == "integer"
            _hold(whole, "{} is no column of indices", plan.lanes[link.by].column)
        for lane in plan.lanes:
            self._check_lane(lane)
        for stage in plan.stages:
            self._check_stage(stage)
        for diagram in plan.diagrams:
            self._check_diagram(diagram)
        if plan.encoder is not None:
            self._indices([plan.encoder.network], self.networks, "network")
            _hold(plan.encoder.latents > 0, "an encoder has no latents")
            self._features(plan.encoder.inputs)
        for i, lane in enumerate(plan.lanes):
            if lane.stage >= 0:
                aims = [t.lane for t in plan.stages[lane.stage].targets]
                _hold(i in aims, "the stage of {} is not for it", lane.column)
        in_order(plan)

    def _indices(self, found: Iterable[Any], count: int, what: str) -> None:
        for i in found:
            _hold(type(i) is int and 0 <= i < count, "there is no {} {}", what, i)

    def _lanes(self, found: Iterable[int], *, linked: bool = False) -> None:
        self._indices(found, len(self.plan.lanes) + linked * len(self.plan.links), "lane")

    def _check_lane(self, lane: Lane) -> None:
        _hold(lane.stage < 0 or lane.diagram < 0, "{} has a stage and a diagram", lane.column)
        for i, of, what in (
            (lane.stage, self.plan.stages, "stage"),
            (lane.diagram, self.plan.diagrams, "diagram"),
        ):
            if i != -1:
                self._indices([i], len(of), what)
        if lane.derived is not None:
            self._lanes(i for i, _ in lane.derived.terms)
            _hold(bool(lane.derived.terms), "the rule of {} names no lane", lane.column)
        if lane.centre is not None:
            self._lanes(lane.centre.sources, linked=True)
        if lane.grid.get("kind") == "rank":
            both = [lane.grid.get(k) for k in ("edges", "points")]
            self._indices(both, len(self.tables), "table")
            _hold(len(self.tables[lane.grid["points"]]) > 0, "{} has no points", lane.column)

    def _features(self, inputs: Iterable[Feature]) -> None:
        for f in inputs:
            if f.source == "latent":
                self._indices([f.index], self.latents, "latent")
            else:
                self._lanes([f.index], linked=f.source == "lane")
            if f.source == "centre":
                _hold(self.plan.lanes[f.index].centre is not None, "there is no such centre")
            if f.kind == "edges":
                self._indices([f.table], len(self.tables), "table")
            if f.kind == "digit":
                right = 0 <= f.shift < 64 and 0 <= f.top < _DIGIT and -(2**63) <= f.low < 2**63
                _hold(right, "a digit is out of range")

    def _check_stage(self, stage: Stage) -> None:
        self._indices([stage.network], self.networks, "network")
        self._features(stage.inputs)
        _hold(bool(stage.inputs), "a stage sees nothing")
        for target in stage.targets:
            if target.lane != -1:
                self._lanes([target.lane])
                self._indices([target.location, target.scale], len(self.tables), "table")

    def _check_diagram(self, diagram: Diagram) -> None:
        self._features(diagram.inputs)
        self._indices(diagram.tables, len(self.tables), "table")
        states = 1
        for f, number in zip(diagram.inputs, diagram.tables, strict=True):
            table = self.tables[number]
            right = len(table) >= states * (len(self.tables[f.table]) + 1) and int(table.min()) >= 0
            _hold(right, "a diagram's table is too small or has negative states")
            states = int(table.max()) + 1
        _hold(states <= _CONTEXTS, "a diagram has too many contexts")
