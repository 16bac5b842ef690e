"""From trained float networks to a group's plan: integers, contexts, and only what pays."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae import streams
from rootae.network import Network
from rootae.plan import Encoder, Feature, GroupPlan, Stage, Target
from rootae.train import bins
from rootae.train.onnx import decoder_onnx, encoder_onnx
from rootae.train.quantise import quantise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rootae.train.data import GroupData
    from rootae.train.family import Family, TrainedEncoder, TrainedStage

__all__ = ["Assembled", "assemble"]

_OVERHEAD = 120  # bytes that a stage adds to the plan's JSON, about


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

    def total(self, scale: float) -> float:
        """Return the bytes of a file that has `scale` times the measured rows."""
        return float((self.lanes.sum() + self.latents) * scale + self.fixed)


def plain(data: GroupData) -> Assembled:
    """Return the group without networks."""
    return Assembled(data.plan, data.tables, [], _without_derived(data), 0, 0)


def _without_derived(data: GroupData) -> NDArray[np.float64]:
    sizes = data.plain.copy()
    sizes[[i for i, x in enumerate(data.plan.lanes) if x.derived is not None]] = 1.0
    return sizes


def assemble(model: Family, family: str, data: GroupData, scale: float) -> Assembled:
    """Quantise a trained family's networks, find contexts, and drop what does not pay.

    Arguments:
        model: the trained family.
        family: its name.
        data: the group's rows.
        scale: how many times the measured rows the file has.
    """
    draft = _Draft(data, scale)
    trained = model.encoder()
    latents = draft.add_encoder(trained) if trained is not None else None
    for stage in model.stages():
        draft.add_stage(stage, latents, trained.top if trained else 0)
    found = draft.finish(family, latents)
    fallback = plain(data)
    return found if found.total(scale) < fallback.total(scale) else fallback


class _Draft:
    """A group's plan under way."""

    def __init__(self, data: GroupData, scale: float) -> None:
        self.data = data
        self.scale = scale
        self.tables = list(data.tables)
        self.networks: list[bytes] = []
        self.stages: list[Stage] = []
        self.encoder: Encoder | None = None
        self.sizes = _without_derived(data)
        self.fixed = 0
        self.codes = data.measured()
        self._counted: set[int] = set()

    def add_encoder(self, trained: TrainedEncoder) -> NDArray[np.int64]:
        """Export the encoder and return the latents of the measured rows."""
        which = list(trained.features)
        mean, spread = self.data.mean[which], self.data.spread[which]
        onnx = encoder_onnx(trained.layers, mean, spread, trained.top)
        inputs = tuple(self.data.features[k] for k in which)
        self.encoder = Encoder(len(self.networks), inputs, trained.latents)
        self.networks.append(onnx)
        self.fixed += _weight(onnx) + sum(self._table_cost(f) for f in inputs)
        x = self.data.inputs(which, slice(self.data.measured_rows))
        latents: NDArray[np.int64] = np.rint(Network(onnx, integer=False).run(x)).astype(np.int64)
        return latents

    def add_stage(self, trained: TrainedStage, latents: NDArray[np.int64] | None, top: int) -> None:
        """Export a decoder network and keep it if its contexts save more than it costs."""
        which, rows = list(trained.features), slice(self.data.measured_rows)
        if latents is not None and not which:
            inputs = tuple(Feature("latent", i, "raw") for i in range(len(latents)))
            x, largest = latents.astype(np.float64), np.full(len(latents), float(top))
            mean, spread = np.zeros(len(latents)), np.ones(len(latents))
        else:
            inputs = tuple(self.data.features[k] for k in which)
            x, largest = self.data.inputs(which, rows), self.data.top(which)
            mean, spread = (
                np.asarray(a, np.float64)[which] for a in (self.data.mean, self.data.spread)
            )
        onnx = decoder_onnx(quantise(trained.layers, mean, spread, largest))
        y = Network(onnx).run(x).astype(np.int64)
        lanes = [self.data.lanes[t] for t in trained.targets]
        from_latents = latents is not None and not which
        found = [self._bins(i, y[2 * t], y[2 * t + 1], from_latents) for t, i in enumerate(lanes)]
        self._keep(onnx, inputs, lanes, found)

    def _bins(
        self, lane: int, location: NDArray[Any], scale: NDArray[Any], from_latents: bool
    ) -> bins.Bins:
        """Find a lane's contexts; one without a bound takes its codes from the latents."""
        if self.data.plan.lanes[lane].bound != "none":
            return bins.choose(self.codes[lane], location, scale)
        if from_latents:
            return bins.predicted(self.data.codes[lane])
        return bins.Bins(np.zeros(0, np.int64), np.zeros(0, np.int64), int(self.sizes[lane]))

    def _keep(
        self,
        onnx: bytes,
        inputs: tuple[Feature, ...],
        lanes: Sequence[int],
        found: Sequence[bins.Bins],
    ) -> None:
        """Add a stage if what its contexts save is more than what it costs."""
        cost = _weight(onnx) + _OVERHEAD + sum(self._table_cost(f, count=False) for f in inputs)
        saved = [
            (self.sizes[i] - b.nbytes) * self.scale - _edges_cost(b)
            for i, b in zip(lanes, found, strict=True)
        ]
        if sum(max(s, 0) for s in saved) <= cost:
            return
        targets = []
        for i, b, gain in zip(lanes, found, saved, strict=True):
            if gain <= 0:
                targets.append(Target(-1, 0, 0))
                continue
            targets.append(Target(i, len(self.tables), len(self.tables) + 1))
            self.tables += [b.location, b.scale]
            self.sizes[i] = b.nbytes
            self.fixed += _edges_cost(b)
        self.fixed += _weight(onnx) + _OVERHEAD + sum(self._table_cost(f) for f in inputs)
        self.stages.append(Stage(len(self.networks), inputs, tuple(targets)))
        self.networks.append(onnx)

    def _table_cost(self, f: Feature, *, count: bool = True) -> int:
        """Return the bytes of a feature's table the first time it is used."""
        if f.kind != "edges" or f.table in self._counted:
            return 0
        if count:
            self._counted.add(f.table)
        return len(streams.encode(self.tables[f.table]))

    def finish(self, family: str, latents: NDArray[np.int64] | None) -> Assembled:
        """Return the plan with what was kept."""
        of = {t.lane: s for s, stage in enumerate(self.stages) for t in stage.targets}
        lanes = tuple(
            dataclasses.replace(x, stage=of.get(i, -1)) for i, x in enumerate(self.data.plan.lanes)
        )
        uses = any(f.source == "latent" for s in self.stages for f in s.inputs)
        encoder = self.encoder if uses else None
        nbytes = 0
        if encoder is not None and latents is not None:
            nbytes = sum(len(streams.encode(z)) for z in latents)
        plan = GroupPlan(
            self.data.plan.name, lanes, tuple(self.stages), encoder,
            family if self.stages else "plain",
        )  # fmt: skip
        return Assembled(plan, self.tables, self.networks, self.sizes, nbytes, self.fixed)


def _weight(onnx: bytes) -> int:
    """Return what a network adds to a file, about: all are compressed together."""
    return len(streams.zstd(onnx, 19))


def _edges_cost(found: bins.Bins) -> int:
    return len(streams.encode(found.location)) + len(streams.encode(found.scale))


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
        return dataclasses.replace(plan, lanes=lanes, stages=stages, encoder=encoder)

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
