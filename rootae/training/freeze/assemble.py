"""From trained float networks to a group's plan: integers, contexts, and only what pays."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.contexts.network import Network
from rootae.codec.plan.contexts import (
    Diagram,
    Edges,
    Encoder,
    Feature,
    OfCentre,
    OfLane,
    OfLatent,
    Stage,
    Target,
)
from rootae.codec.plan.order import in_order
from rootae.codec.streams import stream, zstd
from rootae.training.freeze import edges as bins
from rootae.training.freeze.assembled import Assembled, plain
from rootae.training.freeze.quantise import quantise
from rootae.training.freeze.seen import seen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from rootae.training.data import GroupData
    from rootae.training.diagrams.learner import Source, TrainedDiagram
    from rootae.training.family import Family, TrainedEncoder, TrainedStage

__all__ = ["assemble"]

_FINE: Any = {"dtype": "float64", "hidden_bits": 20}  # where the latents alone say what comes back
_OVERHEAD = 120  # bytes that a stage adds to the plan's JSON, about


def assemble(
    model: Family,
    family: str,
    data: GroupData,
    scale: float,
    *,
    base: Assembled | None = None,
    least: float = 0.0,
    price: float = 0.0,
    whole: bool = False,
) -> Assembled:
    """Quantise a trained family's networks, find contexts, and drop what does not pay.

    Arguments:
        model: the trained family.
        family: its name.
        data: the group's rows.
        scale: how many times the measured rows the file has.
        base: what the family's networks and diagrams are added to, where they are better.
        least, price: bits a value that a network must save beyond the base, and for each further
            column that a reader has to decode: what their time is worth.
        whole: where nothing of the family pays, take what costs least.

    Returns:
        The base with what was kept; latents may make it larger than the base.
    """
    draft = _Draft(data, scale, base or plain(data), least, price)
    trained = model.encoder()
    if trained is not None:
        draft.add_encoder(trained)
    for diagram in model.diagrams():
        draft.add_diagram(diagram)
    for stage in model.stages():
        draft.add_stage(stage)
    if whole:
        draft.add_least()
    return draft.finish(family)


class _Draft:
    """A group's plan under way."""

    def __init__(
        self, data: GroupData, scale: float, base: Assembled, least: float, price: float
    ) -> None:
        self.data = data
        self.scale = scale
        self.tables = list(base.tables)
        self.networks = list(base.networks)
        self.stages = list(base.plan.stages)
        self.diagram_of = {
            i: found
            for i in range(len(base.plan.lanes))
            if isinstance(found := base.plan.contexts_of(i), Diagram)
        }
        self.encoder = base.plan.encoder
        self.sizes = base.lanes.copy()
        self.fixed = base.fixed
        self.codes = data.measured()
        self._before, self._prices = base.plan, (least, price)
        self._latents: tuple[TrainedEncoder, NDArray[np.int64]] | None = None
        self._counted = {i for d in base.plan.diagrams for i in d.edges}
        self._edges: dict[Source, int] = {}
        self._refused: list[tuple[float, Callable[[], None]]] = []
        self._kept = False

    def add_least(self) -> None:
        """Add what costs least of what did not pay, unless something did."""
        if not self._kept and self._refused:
            min(self._refused, key=lambda x: x[0])[1]()

    def add_encoder(self, trained: TrainedEncoder) -> None:
        """Export the encoder and compute the latents of the measured rows."""
        which = list(trained.features)
        from rootae.training.freeze.onnx import encoder_onnx

        onnx = encoder_onnx(trained, self.data.mean[which], self.data.spread[which])
        inputs = tuple(self.data.features[k] for k in which)
        self.encoder = Encoder(len(self.networks), inputs, trained.latents)
        self.networks.append(onnx)
        self.fixed += _weight(onnx) + sum(self._table_cost(f) for f in inputs)
        x = self.data.inputs(which, slice(self.data.measured_rows))
        z = np.rint(Network(onnx, integer=False).run(x)).astype(np.int64)
        self._latents = trained, z

    def add_stage(self, trained: TrainedStage) -> None:
        """Export a decoder network and keep it if its contexts save more than it costs."""
        lanes = [self.data.lanes[t] for t in trained.targets]
        from_latents = self._latents is not None and not trained.features
        inputs, x, scales = seen(trained, self.data, self._latents, self.tables)
        loose = from_latents and any(self._is_loose(i) for i in lanes)
        from rootae.training.freeze.onnx import decoder_onnx

        network = quantise(trained.layers, *scales, **(_FINE if loose else {}))
        onnx = decoder_onnx(network)
        y = Network(onnx).run(x).astype(np.int64)
        found = [self._bins(i, y[2 * t], y[2 * t + 1], from_latents) for t, i in enumerate(lanes)]
        self._keep(onnx, inputs, lanes, found)

    def add_diagram(self, trained: TrainedDiagram) -> None:
        """Keep a diagram if its contexts save more than it costs."""
        tables = [*self._new_edges(trained).values(), *trained.tables]
        cost = sum(len(stream.encode(t)) for t in tables) + _OVERHEAD
        loss = cost - (self.sizes[trained.lane] - trained.nbytes) * self.scale
        self._offer(loss, functools.partial(self._take_diagram, trained, cost))

    def _offer(self, loss: float, take: Callable[[], None]) -> None:
        """Take what pays at once, and remember what does not."""
        if loss < 0:
            take()
            self._kept = True
        else:
            self._refused.append((loss, take))

    def _new_edges(self, trained: TrainedDiagram) -> dict[Source, NDArray[np.int64]]:
        both = zip(trained.sources, trained.edges, strict=True)
        return {s: e for s, e in both if s not in self._edges}

    def _take_diagram(self, trained: TrainedDiagram, cost: int) -> None:
        for source, edges in self._new_edges(trained).items():
            self._edges[source] = len(self.tables)
            self.tables.append(edges)
        inputs = tuple(
            Feature(OfCentre(i) if k == "centre" else OfLane(i), Edges(self._edges[k, i]))
            for k, i in trained.sources
        )
        first = len(self.tables)
        self.tables += trained.tables
        self.diagram_of[trained.lane] = Diagram(inputs, tuple(range(first, len(self.tables))))
        self.sizes[trained.lane] = trained.nbytes
        self.fixed += cost

    def _is_loose(self, lane: int) -> bool:
        return not self.data.plan.lanes[lane].bound.promises

    def _bins(
        self, lane: int, location: NDArray[Any], scale: NDArray[Any], from_latents: bool
    ) -> bins.Bins:
        """Find a lane's contexts; one without a bound takes its codes from the latents."""
        if not self._is_loose(lane):
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
            (self.sizes[i] - b.nbytes - self._least(i, inputs)) * self.scale - b.fixed
            for i, b in zip(lanes, found, strict=True)
        ]
        least = min(0.0, max(saved))  # nothing pays: the lane that costs least
        taken = [s > least or s == max(saved) for s in saved]
        take = functools.partial(self._take_stage, onnx, inputs, lanes, found, taken)
        self._offer(cost - sum(max(s, 0) for s in saved), take)

    def _no_edges(self) -> int:
        """Return the number of an empty table: a target of no lane has edges, too."""
        empty = next((i for i, table in enumerate(self.tables) if not len(table)), None)
        if empty is None:
            empty = len(self.tables)
            self.tables.append(np.zeros(0, np.int64))
        return empty

    def _take_stage(
        self,
        onnx: bytes,
        inputs: tuple[Feature, ...],
        lanes: Sequence[int],
        found: Sequence[bins.Bins],
        taken: Sequence[bool],
    ) -> None:
        targets = []
        for i, b, is_taken in zip(lanes, found, taken, strict=True):
            if not is_taken:
                targets.append(Target(None, *[self._no_edges()] * 2))
                continue
            self.diagram_of.pop(i, None)
            targets.append(Target(i, len(self.tables), len(self.tables) + 1))
            self.tables += [b.location, b.scale]
            self.sizes[i] = b.nbytes
            self.fixed += b.fixed
        self.fixed += _weight(onnx) + _OVERHEAD + sum(self._table_cost(f) for f in inputs)
        self.stages.append(Stage(len(self.networks), inputs, tuple(targets)))
        self.networks.append(onnx)

    def _least(self, lane: int, inputs: Sequence[Feature]) -> float:
        """Return the bytes that a network must save on a lane: what reading it costs."""
        (least, price), plan = self._prices, self._before
        now, then = (set(in_order(plan, x)) for x in ([lane], plan.seen(inputs)))
        return (least + price * len(then - now)) * self.data.measured_rows / 8

    def _table_cost(self, f: Feature, *, count: bool = True) -> int:
        """Return the bytes of a feature's table the first time it is used."""
        table = f.by.table if isinstance(f.by, Edges) else None
        if table is None or table in self._counted:
            return 0
        if count:
            self._counted.add(table)
        return len(stream.encode(self.tables[table]))

    def finish(self, family: str) -> Assembled:
        """Return the plan with what was kept."""
        used = list(dict.fromkeys(self.diagram_of.values()))
        of = {t.lane: s for s, stage in enumerate(self.stages) for t in stage.targets}
        of |= {i: len(self.stages) + used.index(d) for i, d in self.diagram_of.items()}
        lanes = tuple(
            dataclasses.replace(x, contexts=of.get(i)) for i, x in enumerate(self.data.plan.lanes)
        )
        uses = any(isinstance(f.of, OfLatent) for s in self.stages for f in s.inputs)
        encoder = self.encoder if uses else None
        nbytes = 0
        if encoder is not None and self._latents is not None:
            nbytes = sum(len(stream.encode(z)) for z in self._latents[1])
        plan = dataclasses.replace(
            self.data.plan,
            lanes=lanes,
            contexts=(*self.stages, *used),
            encoder=encoder,
            family=self._name(family),
        )
        return Assembled(plan, self.tables, self.networks, self.sizes, nbytes, self.fixed)

    def _name(self, family: str) -> str:
        """Say for the record which families gave what was kept."""
        given = [("diagram", self.diagram_of), (family, self.stages)]
        return "+".join(name for name, kept in given if kept) or "plain"


def _weight(onnx: bytes) -> int:
    """Return what a network adds to a file, about: all are compressed together."""
    return len(zstd.compress(onnx, 19))
