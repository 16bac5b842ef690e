"""A codec put together of its groups, without tables and networks that nothing points to."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from rootae.codec.codec import Codec
from rootae.codec.plan.contexts import Diagram, Encoder, Feature, Stage, Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from rootae.codec.plan.plan import GroupPlan, TreePlan

    Parts = tuple[GroupPlan, Sequence[NDArray[np.int64]], Sequence[bytes]]

__all__ = ["compact", "merged"]


def compact(
    plans: Any, tables: Sequence[NDArray[np.int64]], networks: Sequence[bytes]
) -> tuple[Any, list[NDArray[np.int64]], list[bytes]]:
    """Drop tables and networks that no plan points to, and renumber the rest.

    Arguments:
        plans: tree plans.
        tables, networks: what they point into.
    """
    packed = _Packed(tables, networks)
    trees = tuple(
        dataclasses.replace(t, groups=tuple(packed.group(g) for g in t.groups)) for t in plans
    )
    return trees, packed.tables, packed.networks


class _Packed:
    """The tables and networks that are used, in the order of their first use."""

    def __init__(self, tables: Sequence[NDArray[np.int64]], networks: Sequence[bytes]) -> None:
        self._all_tables, self._all_networks = tables, networks
        self.tables: list[NDArray[np.int64]] = []
        self.networks: list[bytes] = []
        self._table: dict[int, int] = {}
        self._network: dict[int, int] = {}

    def group(self, plan: GroupPlan) -> GroupPlan:
        lanes = tuple(
            dataclasses.replace(
                x,
                grid=x.grid
                | {k: self.table(x.grid[k]) for k in ("edges", "points") if k in x.grid},
            )
            for x in plan.lanes
        )
        encoder = plan.encoder
        if encoder is not None:
            inputs = tuple(self.feature(f) for f in encoder.inputs)
            encoder = Encoder(self.network(encoder.network), inputs, encoder.latents)
        stages = tuple(self.stage(s) for s in plan.stages)
        diagrams = tuple(
            Diagram(
                tuple(self.feature(f) for f in d.inputs), tuple(self.table(t) for t in d.tables)
            )
            for d in plan.diagrams
        )
        return dataclasses.replace(
            plan, lanes=lanes, stages=stages, encoder=encoder, diagrams=diagrams
        )

    def stage(self, stage: Stage) -> Stage:
        targets = tuple(
            Target(t.lane, self.table(t.location), self.table(t.scale)) if t.lane >= 0 else t
            for t in stage.targets
        )
        inputs = tuple(self.feature(f) for f in stage.inputs)
        return Stage(self.network(stage.network), inputs, targets)

    def feature(self, f: Feature) -> Feature:
        return dataclasses.replace(f, table=self.table(f.table)) if f.kind == "edges" else f

    def table(self, i: int) -> int:
        if i not in self._table:
            self._table[i] = len(self.tables)
            self.tables.append(self._all_tables[i])
        return self._table[i]

    def network(self, i: int) -> int:
        if i not in self._network:
            self._network[i] = len(self.networks)
            self.networks.append(self._all_networks[i])
        return self._network[i]


def merged(codec: Codec, chosen: Mapping[tuple[str, str], Parts]) -> Codec:
    """Put the groups' tables and networks behind one another and drop what nobody uses.

    Arguments:
        codec: the plain codec, whose tables come first.
        chosen: what became of groups, by tree and group: the plan, and the tables and networks
            that it points into, the codec's own tables first; others stay as they are.
    """
    tables: list[NDArray[np.int64]] = list(codec.tables)
    networks: list[bytes] = []
    trees = []
    for tree in codec.plan.trees:
        groups = []
        for group in tree.groups:
            found = chosen.get((tree.path, group.name))
            if found is None:
                groups.append(group)
                continue
            plan, own_tables, own_networks = found
            shared = len(codec.tables)
            by = len(tables) - shared
            groups.append(_moved(plan, shared, by, len(networks)))
            tables += own_tables[shared:]
            networks += own_networks
        trees.append(dataclasses.replace(tree, groups=tuple(groups)))
    kept: tuple[TreePlan, ...]
    kept, tables, networks = compact(trees, tables, networks)
    return Codec(dataclasses.replace(codec.plan, trees=kept), tables, networks)


def _moved(plan: GroupPlan, shared: int, tables: int, networks: int) -> GroupPlan:
    """Move a group's indices of tables beyond the shared ones, and of networks."""

    def table(i: int) -> int:
        return i + tables if i >= shared else i

    def inputs(stage: Any) -> Any:
        return tuple(dataclasses.replace(f, table=table(f.table)) for f in stage.inputs)

    stages = tuple(
        dataclasses.replace(
            s,
            network=s.network + networks,
            inputs=inputs(s),
            targets=tuple(
                dataclasses.replace(t, location=table(t.location), scale=table(t.scale))
                for t in s.targets
            ),
        )
        for s in plan.stages
    )
    diagrams = tuple(Diagram(inputs(d), tuple(map(table, d.tables))) for d in plan.diagrams)
    encoder = plan.encoder
    if encoder is not None:
        encoder = dataclasses.replace(
            encoder, network=encoder.network + networks, inputs=inputs(encoder)
        )
    return dataclasses.replace(plan, stages=stages, encoder=encoder, diagrams=diagrams)
