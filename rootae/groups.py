"""One group of one block: lanes in, blobs out, and back; stages give the contexts on both sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae import lanes, streams
from rootae.bounds import Bound
from rootae.errors import CorruptError
from rootae.grids import Grid, grid_from_json, through_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.network import Network
    from rootae.plan import Feature, GroupPlan, Stage, Target

__all__ = ["EncodedGroup", "GroupCoder", "GroupDecoder", "feature"]


def feature(spec: Feature, codes: NDArray[Any], tables: Sequence[NDArray[np.int64]]) -> NDArray[Any]:
    """Turn codes into one small integer a row for a network.

    Arguments:
        spec: which integer.
        codes: signed integers of shape (rows,).
        tables: the codec's tables.

    Returns:
        Integers of shape (rows,), at most 1024 or the digit's top.
    """
    if spec.kind == "raw":
        return codes
    if spec.kind == "edges":
        edges = tables[spec.table]
        return through_table(lambda q: np.searchsorted(edges, q, side="right"), codes)
    return through_table(lambda q: _digit(spec, q), codes)


def _digit(spec: Feature, q: NDArray[np.int64]) -> NDArray[np.int64]:
    top = spec.low + (spec.top << spec.shift)
    return (np.clip(q, spec.low, top) - spec.low) >> spec.shift


def location_and_scale(output: NDArray[Any], edges: NDArray[np.int64]) -> NDArray[np.intp]:
    """Count the edges at or below each of a network's whole outputs."""
    whole = output.astype(np.int64)
    return through_table(lambda q: np.searchsorted(edges, q, side="right"), whole)


def contexts_of(
    target: Target, location: NDArray[Any], scale: NDArray[Any], tables: Sequence[NDArray[np.int64]]
) -> NDArray[Any]:
    """Combine the bins of a target's two outputs into contexts (uint8 where they fit)."""
    bins = len(tables[target.location]) + 1
    context = location_and_scale(location, tables[target.location])
    if len(tables[target.scale]):
        context = context + bins * location_and_scale(scale, tables[target.scale])
    most = bins * (len(tables[target.scale]) + 1)
    return context.astype(np.uint8 if most <= 256 else np.uint16)


@dataclass(frozen=True)
class EncodedGroup:
    """A group's bytes.

    Arguments:
        latents: the joined streams of the latents.
        columns: each column's blob: the joined blobs of its lanes.
        modes: the mode of each lane, for the record.
        sizes: bytes of each lane.
    """

    latents: bytes
    columns: dict[str, bytes]
    modes: tuple[int, ...]
    sizes: tuple[int, ...]


class GroupCoder:
    """Codes and decodes blocks of one group.

    Arguments:
        plan: how.
        tables: the codec's tables.
        networks: the codec's networks.
    """

    def __init__(
        self, plan: GroupPlan, tables: Sequence[NDArray[np.int64]], networks: Sequence[Network]
    ) -> None:
        self.plan = plan
        self.tables = tables
        self.networks = networks
        self.grids: list[Grid] = [grid_from_json(self._with_tables(x.grid)) for x in plan.lanes]
        self.bounds = [Bound.parse(x.bound) for x in plan.lanes]

    def _with_tables(self, grid: dict[str, Any]) -> dict[str, Any]:
        if grid.get("kind") != "rank":
            return grid
        return grid | {k: self.tables[grid[k]].view(np.float64) for k in ("edges", "points")}

    def codes(self, values: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Put every lane's values on its grid."""
        return [grid.forward(x) for grid, x in zip(self.grids, values, strict=True)]

    def encode(self, values: Sequence[NDArray[Any]]) -> EncodedGroup:
        """Code one block.

        Arguments:
            values: each lane's values, shape (rows,), the column's dtype.
        """
        rows = len(values[0]) if values else 0
        codes = self.codes(values)
        latents = self.latents(codes, rows)
        encoded: dict[int, lanes.Encoded] = {}
        contexts = StageContexts(self, lambda i: encoded[i].codes, lambda: latents)
        for i in self._order():
            encoded[i] = self._encode_lane(i, values, codes, encoded, contexts)
        stored = streams.join(streams.encode(z) for z in latents)
        columns = dict.fromkeys(lane.column for lane in self.plan.lanes)
        blobs = {
            c: streams.join(encoded[i].blob for i in self.plan.lanes_of(c)) for c in columns
        }
        ordered = [encoded[i] for i in range(len(codes))]
        modes = tuple(e.mode for e in ordered)
        return EncodedGroup(stored, blobs, modes, tuple(len(e.blob) for e in ordered))

    def latents(self, codes: Sequence[NDArray[Any]], rows: int) -> NDArray[np.int64]:
        """Run the encoder: whole numbers of shape (latents, rows)."""
        encoder = self.plan.encoder
        if encoder is None or not rows:
            return np.zeros((encoder.latents if encoder else 0, rows), np.int64)
        inputs = [feature(f, codes[f.index], self.tables) for f in encoder.inputs]
        z = np.rint(self.networks[encoder.network].run(np.stack(inputs)))
        return z.astype(np.int64)

    def _order(self) -> list[int]:
        """Return the lanes so that those without a rule come before those that follow from them."""
        lanes_ = self.plan.lanes
        staged = [t.lane for s in self.plan.stages for t in s.targets]
        rest = [i for i in range(len(lanes_)) if i not in set(staged)]
        first = [i for i in rest if lanes_[i].derived is None]
        return first + staged + [i for i in rest if lanes_[i].derived is not None]

    def _encode_lane(
        self,
        i: int,
        values: Sequence[NDArray[Any]],
        codes: Sequence[NDArray[Any]],
        encoded: Mapping[int, lanes.Encoded],
        contexts: StageContexts,
    ) -> lanes.Encoded:
        lane, grid, bound = self.plan.lanes[i], self.grids[i], self.bounds[i]
        if bound.kind == "none" and lane.stage >= 0:
            return lanes.encode_predicted(len(codes[i]))
        if lane.derived is not None:
            sources = [self._decoded(j, encoded[j]) for j, _ in lane.derived.terms]
            value = lane.derived.evaluate(sources, grid.dtype)
            return lanes.encode_derived(values[i], value, codes[i], grid, bound)
        context = contexts.of(i) if lane.stage >= 0 and len(codes[i]) else None
        return lanes.encode(values[i], codes[i], grid, bound, context)

    def _decoded(self, i: int, encoded: lanes.Encoded) -> NDArray[Any]:
        """Return a lane's values as the reader will see them, escapes included."""
        rows = len(encoded.codes)
        if encoded.mode in (lanes.PLAIN, lanes.CONTEXTS):
            return lanes.with_escapes(encoded.blob, self.grids[i].inverse(encoded.codes))
        return lanes.decode(encoded.blob, rows, self.grids[i], _never, _never).values


def _never() -> NDArray[Any]:
    msg = "a derived lane's source follows from another lane: the plan is damaged"
    raise CorruptError(msg)


class StageContexts:
    """Runs stages once each and hands out the contexts of their lanes.

    Arguments:
        coder: the group's coder.
        codes: gives the codes of an earlier lane.
        latents: gives the latents, shape (latents, rows).
    """

    def __init__(
        self,
        coder: GroupCoder,
        codes: Callable[[int], NDArray[Any]],
        latents: Callable[[], NDArray[Any]],
    ) -> None:
        self._coder = coder
        self._codes = codes
        self._latents = latents
        self._done: dict[int, NDArray[Any]] = {}

    def of(self, lane: int) -> NDArray[Any]:
        """Return a lane's contexts, or its codes if it has no bound."""
        if lane not in self._done:
            self._run(self._coder.plan.stages[self._coder.plan.lanes[lane].stage])
        return self._done[lane]

    def _run(self, stage: Stage) -> None:
        coder = self._coder
        inputs = []
        for f in stage.inputs:
            codes = self._latents()[f.index] if f.source == "latent" else self._codes(f.index)
            inputs.append(feature(f, codes, coder.tables))
        y = coder.networks[stage.network].run(np.stack(inputs))
        if y.shape[0] != 2 * len(stage.targets):
            msg = f"a network has {y.shape[0]} outputs for {len(stage.targets)} lanes"
            raise CorruptError(msg)
        for t, target in enumerate(stage.targets):
            if target.lane < 0:  # a column that this file does not have
                continue
            if coder.bounds[target.lane].kind == "none":
                self._done[target.lane] = location_and_scale(
                    y[2 * t], coder.tables[target.location]
                )
            else:
                pair = y[2 * t], y[2 * t + 1]
                self._done[target.lane] = contexts_of(target, *pair, coder.tables)


@dataclass
class GroupDecoder:
    """Decodes one group of one block, each lane at most once and only those that are asked for.

    Arguments:
        coder: the group's coder.
        rows: the number of rows.
        read: gives a column's blob.
        read_latents: gives the latents' blob.
    """

    coder: GroupCoder
    rows: int
    read: Callable[[str], bytes]
    read_latents: Callable[[], bytes]
    _lanes: dict[int, lanes.Decoded] = field(default_factory=dict)
    _blobs: dict[str, list[bytes]] = field(default_factory=dict)
    _z: NDArray[Any] | None = None
    _contexts: StageContexts | None = None

    def __post_init__(self) -> None:
        """Tie the stages to this block's codes and latents."""
        self._contexts = StageContexts(self.coder, lambda i: self.lane(i).codes, self.latents)

    def column(self, name: str, inner_shape: tuple[int, ...]) -> NDArray[Any]:
        """Return a column's values, shape (rows, *inner_shape)."""
        parts = [self.lane(i).values for i in self.coder.plan.lanes_of(name)]
        if not inner_shape:
            return parts[0]
        return np.stack(parts, axis=1).reshape(self.rows, *inner_shape)

    def latents(self) -> NDArray[Any]:
        """Return the latents, shape (latents, rows)."""
        if self._z is None:
            parts = streams.split(self.read_latents())
            encoder = self.coder.plan.encoder
            if len(parts) != (encoder.latents if encoder else 0):
                msg = f"a block has {len(parts)} latents, its codec another number"
                raise CorruptError(msg)
            self._z = np.stack([streams.decode(p, self.rows).astype(np.int64) for p in parts])
        return self._z

    def lane(self, i: int) -> lanes.Decoded:
        """Return a decoded lane."""
        if i not in self._lanes:
            self._lanes[i] = self._decode(i)
        return self._lanes[i]

    def _decode(self, i: int) -> lanes.Decoded:
        plan = self.coder.plan
        lane = plan.lanes[i]
        blobs = self._blobs.get(lane.column)
        if blobs is None:
            blobs = self._blobs[lane.column] = streams.split(self.read(lane.column))
        if len(blobs) != len(plan.lanes_of(lane.column)):
            msg = f"column {lane.column} has {len(blobs)} lanes, its codec another number"
            raise CorruptError(msg)
        contexts = self._contexts
        if contexts is None:
            raise CorruptError(lane.column)
        return lanes.decode(
            blobs[lane.element],
            self.rows,
            self.coder.grids[i],
            lambda: contexts.of(i),
            lambda: self._derive(i),
        )

    def _derive(self, i: int) -> NDArray[Any]:
        rule = self.coder.plan.lanes[i].derived
        if rule is None:
            msg = f"lane {i} has no rule to follow from others: the block is damaged"
            raise CorruptError(msg)
        sources = [self.lane(j).values for j, _ in rule.terms]
        return rule.evaluate(sources, self.coder.grids[i].dtype)
