"""What a codec knows, as frozen data: one JSON text, versioned, with every table outside it."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rootae.codec.grids.registry import AnyGrid
from rootae.codec.indices import ContextIndex
from rootae.codec.plan.contexts import (
    Contexts,
    Diagram,
    Encoder,
    Feature,
    OfCentre,
    OfLane,
    Stage,
)
from rootae.codec.plan.parse import checked, written
from rootae.codec.plan.text import TEXT_AT_MOST, is_number, is_record, read
from rootae.codec.relations.centre import Centre
from rootae.codec.relations.derived import Derived
from rootae.codec.relations.link import Link
from rootae.errors import CorruptError, FormatError
from rootae.schema.bounds.bound import Bound
from rootae.schema.column import Branch, Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["FORMAT", "TEXT_AT_MOST", "GroupPlan", "Lane", "Plan", "TreePlan"]

FORMAT = 2


@dataclass(frozen=True)
class Lane:
    """One integer column of a group's matrix.

    Arguments:
        column: the branch it belongs to.
        element: which element of the branch's fixed inner dimensions, in C order.
        grid: values to codes.
        bound: what is promised.
        why: where the bound comes from.
        derived: the rule if the lane follows from others.
        contexts: which of the group's contexts are the lane's, None for none.
        centre: where its codes are centred, if they are.
    """

    column: str
    element: int
    grid: AnyGrid
    bound: Bound
    why: str
    derived: Derived | None = None
    contexts: ContextIndex | None = None
    centre: Centre | None = None


@dataclass(frozen=True)
class GroupPlan:
    """How one group is coded.

    Arguments:
        name: the column that counts its rows, empty for event scalars.
        lanes: its columns, element by element.
        contexts: what gives lanes their contexts.
        encoder: what makes the latents, if there are any.
        family: what the contexts come from.
        links: what is seen of other groups, numbered behind the lanes.
    """

    name: str
    lanes: tuple[Lane, ...]
    contexts: tuple[Contexts, ...] = ()
    encoder: Encoder | None = None
    family: str = "plain"
    links: tuple[Link, ...] = ()

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Return the contexts that networks give."""
        return tuple(c for c in self.contexts if isinstance(c, Stage))

    @property
    def diagrams(self) -> tuple[Diagram, ...]:
        """Return the contexts that diagrams give."""
        return tuple(c for c in self.contexts if isinstance(c, Diagram))

    def contexts_of(self, lane: int) -> Contexts | None:
        """Return what gives a lane its contexts."""
        number = self.lanes[lane].contexts
        return None if number is None else self.contexts[number]

    def looks_at(self, lane: int) -> tuple[Feature, ...]:
        """Return what a lane's contexts are made of."""
        contexts = self.contexts_of(lane)
        return () if contexts is None else contexts.inputs

    def parents(self, lane: int) -> tuple[int, ...]:
        """Return the own lanes that have to be decoded before one, or before a linked one."""
        return self._own((lane,) if lane >= len(self.lanes) else self.sources(lane))

    def seen(self, inputs: Iterable[Feature]) -> tuple[int, ...]:
        """Return the own lanes that have to be decoded before something is looked at."""
        return self._own(self.looked_at(inputs))

    def _own(self, lanes: Iterable[int]) -> tuple[int, ...]:
        own = (self.links[i - len(self.lanes)].by if i >= len(self.lanes) else i for i in lanes)
        return tuple(dict.fromkeys(own))

    def linked(self, lane: int) -> tuple[Link, ...]:
        """Return the other groups' lanes that have to be decoded before one."""
        return tuple(
            self.links[i - len(self.lanes)] for i in self.sources(lane) if i >= len(self.lanes)
        )

    def sources(self, lane: int) -> tuple[int, ...]:
        """Return what a lane is decoded from: own lanes, and linked ones behind them."""
        plan, found = self.lanes[lane], list[int]()
        if plan.derived is not None:
            found += [i for i, _ in plan.derived.terms]
        if plan.centre is not None:
            found += plan.centre.sources
        return tuple(dict.fromkeys([*found, *self.looked_at(self.looks_at(lane))]))

    def looked_at(self, inputs: Iterable[Feature]) -> list[int]:
        """Return the lanes that features are of: own ones, and linked ones behind them."""
        found = list[int]()
        for f in inputs:
            match f.of:
                case OfLane(lane):
                    found.append(lane)
                case OfCentre(lane):
                    centre = self.lanes[lane].centre
                    found += centre.sources if centre is not None else ()
        return found

    def lanes_of(self, column: str) -> tuple[int, ...]:
        """Return the lanes of a column, in the order of its elements."""
        return self._lanes_of.get(column, ())

    @functools.cached_property
    def _lanes_of(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for i, lane in enumerate(self.lanes):
            found[lane.column] = (*found.get(lane.column, ()), i)
        return found


@dataclass(frozen=True)
class TreePlan:
    """How one tree is coded, and what the original looked like.

    Arguments:
        path: the tree's path.
        title: its title.
        columns: the coded columns, in the tree's order.
        branches: all branches in the original's order.
        groups: one plan a group.
    """

    path: str
    title: str
    columns: tuple[Column, ...]
    branches: tuple[Branch, ...]
    groups: tuple[GroupPlan, ...]

    def column(self, name: str) -> Column:
        """Return a coded column."""
        return self._columns[name]

    @functools.cached_property
    def _columns(self) -> dict[str, Column]:
        return {c.name: c for c in self.columns}

    def counters_of(self, column: Column) -> Iterator[Column]:
        """Yield what counts a column, and what counts that."""
        while column.counter is not None:
            column = self.column(column.counter)
            yield column

    def group(self, name: str) -> GroupPlan:
        """Return a group's plan."""
        return self._groups[name]

    @functools.cached_property
    def _groups(self) -> dict[str, GroupPlan]:
        return {g.name: g for g in self.groups}

    def led_to(self, link: Link) -> int:
        """Return the number of the lane, in its group, that a link leads to."""
        return self.group(link.group).lanes_of(link.column)[link.element]

    @property
    def carried(self) -> tuple[str, ...]:
        """Return the names of columns that stand in the tree as carriers, in order."""
        return tuple(b.name for b in self.branches if b.coded)


@dataclass(frozen=True)
class Plan:
    """A codec's plan: all trees, and how they were trained.

    Example:
        >>> Plan.from_json(Plan((), {"seed": 1}).to_json())
        Plan(trees=(), training={'seed': 1}, tables=(), format=2)
    """

    trees: tuple[TreePlan, ...]
    training: dict[str, Any] = field(default_factory=dict)
    tables: tuple[int, ...] = ()
    format: int = FORMAT

    def tree(self, path: str) -> TreePlan | None:
        """Return the plan of the tree at that path, or None."""
        return next((t for t in self.trees if t.path == path), None)

    def to_json(self) -> str:
        """Write the plan as compact JSON with sorted keys: equal plans, equal text."""
        return json.dumps(written(self), sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Read a plan, checking every name and type.

        Raises:
            FormatError: the plan is of a newer format, or of one that was given up.
            CorruptError: the text is not a plan.
        """
        data = read(text)
        if not isinstance(data, dict) or not is_number(data.get("format")):
            msg = "the codec's plan has no format number: the file is damaged"
            raise CorruptError(msg)
        if data["format"] > FORMAT:
            msg = (
                f"the file has format {data['format']}, this rootae reads up to {FORMAT}: "
                "upgrade with pip install -U rootae"
            )
            raise FormatError(msg)
        if data["format"] < FORMAT:
            msg = f"the file has format {data['format']}, which this rootae does not read"
            raise FormatError(msg)
        plan: Plan = checked(cls, data, "plan")
        twice = len({t.path for t in plan.trees}) != len(plan.trees)
        if twice or plan.tables or not is_record(plan.training):
            msg = "the codec's plan has a tree twice, or records that no plan has: it is damaged"
            raise CorruptError(msg)
        return plan
