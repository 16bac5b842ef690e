"""Plans that point astray are refused before anything is decoded: bytes come from strangers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.codec.grids.exact import ExactInteger
from rootae.codec.grids.grid import INTEGERS
from rootae.codec.grids.rank import RankTables
from rootae.codec.indices import pointed, pointers
from rootae.codec.plan.contexts import Diagram, Digit, Edges, OfLane, OfLatent, Stage
from rootae.codec.plan.order import in_order
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from rootae.codec.indices import Pointee
    from rootae.codec.plan.contexts import Feature
    from rootae.codec.plan.plan import GroupPlan, Lane, Plan, TreePlan
    from rootae.codec.relations.centre import Centre
    from rootae.schema.column import Column

__all__ = ["check", "check_networks", "encoders_of"]

_CONTEXTS = 256  # that a diagram may tell apart
_PAIRS = 2**16  # of a location's and a scale's bins: contexts that a stage may tell apart
_DIGIT = 2**24  # beyond it a network's input would be rounded
_LATENTS = 2**16
_WHOLE = 2.0**53  # beyond it a coefficient is no whole number that floats tell from the next


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
    _hold([*groups] == sorted(groups), "groups are in another order than their names")
    _hold(len(set(plan.carried)) == len(plan.carried), "carriers repeat")
    for name in [*plan.carried, *filter(None, groups)]:
        _hold(name in names, "there is no column {}", name)
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


def check_networks(plan: TreePlan, ends: Sequence[tuple[int, int]]) -> None:
    """Hold a tree's networks against what the plan wants of them.

    Arguments:
        plan: the tree's plan, which points to no others.
        ends: inputs and outputs of each network.

    Raises:
        CorruptError: one takes or gives another number.
    """
    for group in plan.groups:
        wanted = [(s.network, len(s.inputs), 2 * len(s.targets)) for s in group.stages]
        if group.encoder is not None:
            encoder = group.encoder
            wanted.append((encoder.network, len(encoder.inputs), encoder.latents))
        for network, inputs, outputs in wanted:
            right = ends[network] == (inputs, outputs)
            _hold(right, "network {} is not of {} inputs and {} outputs", network, inputs, outputs)


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
    if counter is None or not counter.is_counter:
        return False
    if counter.inner_shape or "int" not in counter.dtype:
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
        self._ascending: dict[int, bool] = {}  # by the number of a table of edges

    def check(self) -> None:
        plan = self.plan
        found = pointers(plan)
        for of, count in self._counts().items():
            for i in found.get(of, ()):
                _hold(0 <= i < count, "there is no {} {}", of, i)
        for i in found.get("centre", ()):
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
            else:
                self._check_stage(contexts)
        if plan.encoder is not None:
            _hold(0 < plan.encoder.latents <= _LATENTS, "an encoder has no latents, or too many")
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
        lane.grid.with_tables(self.tables)
        if lane.centre is not None:
            self._check_centre(lane, lane.centre)
        if lane.derived is None:
            return
        _hold(bool(lane.derived.terms), "the rule of {} names no lane", lane.column)
        for i, coefficient in lane.derived.terms:
            source = self.plan.lanes[i]
            _hold(source.derived is None, "{} follows from what follows itself", lane.column)
            if lane.grid.dtype in INTEGERS:
                whole = coefficient.is_integer() and abs(coefficient) < _WHOLE
                whole = whole and source.grid.dtype in INTEGERS
                _hold(whole, "{} follows from what is not whole", lane.column)

    def _check_centre(self, lane: Lane, centre: Centre) -> None:
        own = [self.plan.lanes[i] for i in centre.sources if i < len(self.plan.lanes)]
        for one in (lane, *own):
            right = one.derived is None and not isinstance(one.grid, RankTables)
            _hold(right, "the centre of {} is of {}", lane.column, one.column)

    def _check_features(self, inputs: Iterable[Feature]) -> None:
        for f in inputs:
            if isinstance(f.by, Digit):
                digit = f.by
                right = 0 <= digit.shift < 64 and 0 <= digit.top < _DIGIT
                _hold(right and -(2**63) <= digit.low < 2**63, "a digit is out of range")
            if isinstance(f.by, Edges):
                self._edges(f.by.table)
            if isinstance(f.of, OfLane) and f.of.index < len(self.plan.lanes):
                lane = self.plan.lanes[f.of.index]
                _hold(lane.derived is None, "{}, which has no codes, is looked at", lane.column)

    def _check_stage(self, stage: Stage) -> None:
        aims = [t.lane for t in stage.targets if t.lane is not None]
        _hold(len(set(aims)) == len(aims), "a stage aims at a lane twice")
        for target in stage.targets:
            bins = [len(self._edges(i)) + 1 for i in (target.location, target.scale)]
            coded = target.lane is not None and self.plan.lanes[target.lane].bound.promises
            _hold(not coded or bins[0] * bins[1] <= _PAIRS, "a stage has too many contexts")

    def _edges(self, number: int) -> NDArray[np.int64]:
        """Return a table of edges, which is ascending."""
        table = self.tables[number]
        if number not in self._ascending:
            self._ascending[number] = bool((table[1:] >= table[:-1]).all())
        _hold(self._ascending[number], "table {} of edges is not ascending", number)
        return table

    def _check_diagram(self, diagram: Diagram) -> None:
        states = 1
        for edges, number in zip(diagram.edges, diagram.tables, strict=True):
            table = self.tables[number]
            right = len(table) >= states * (len(self._edges(edges)) + 1) and int(table.min()) >= 0
            _hold(right, "a diagram's table is too small or has negative states")
            states = int(table.max()) + 1
        _hold(states <= _CONTEXTS, "a diagram has too many contexts")
