"""One group of one block: lanes in, blobs out, and back; stages run on both sides."""

from __future__ import annotations

import functools
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rootae import lanes, streams
from rootae.bounds import Bound
from rootae.errors import CorruptError
from rootae.grids import Grid, grid_from_json
from rootae.order import in_order, milestones
from rootae.stages import StageContexts, feature

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from rootae.network import Network
    from rootae.plan import GroupPlan

__all__ = ["EncodedGroup", "GroupCoder", "GroupDecoder", "feature"]


Linked: TypeAlias = "Callable[[int], NDArray[Any]]"


@dataclass(frozen=True)
class EncodedGroup:
    """A group's bytes.

    Arguments:
        latents: the joined streams of the latents.
        columns: each column's blob: the joined blobs of its lanes.
        modes: the mode of each lane, for the record.
        sizes: bytes of each lane.
        decoded: gives a lane's values as its reader will see them.
    """

    latents: bytes
    columns: dict[str, bytes]
    modes: tuple[int, ...]
    sizes: tuple[int, ...]
    decoded: Callable[[int], NDArray[Any]]


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
        self.linked_grids: list[Grid] = [grid_from_json(x.grid) for x in plan.links]
        self.bounds = [Bound.parse(x.bound) for x in plan.lanes]
        inputs = [*(x.inputs for x in plan.stages), *(x.inputs for x in plan.diagrams)]
        self.looked_at = frozenset(f.index for fs in inputs for f in fs if f.source == "lane")

    @functools.cached_property
    def _order(self) -> tuple[int, ...]:
        return tuple(in_order(self.plan))

    @functools.cached_property
    def milestones(self) -> dict[int, tuple[int, ...]]:
        """Return the lanes to decode first of those that lie far behind others."""
        return milestones(self.plan)

    def _with_tables(self, grid: dict[str, Any]) -> dict[str, Any]:
        if grid.get("kind") != "rank":
            return grid
        return grid | {k: self.tables[grid[k]].view(np.float64) for k in ("edges", "points")}

    def codes(self, values: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Put every lane's values on its grid."""
        return [grid.forward(x) for grid, x in zip(self.grids, values, strict=True)]

    def encode(self, values: Sequence[NDArray[Any]], linked: Linked | None = None) -> EncodedGroup:
        """Code one block.

        Arguments:
            values: each lane's values, shape (rows,), the column's dtype.
            linked: gives the values of a link, by its number.
        """
        linked = linked or _nothing
        rows = len(values[0]) if values else 0
        codes = self.codes(values)
        latents = self.latents(codes, rows)
        encoded: dict[int, lanes.Encoded] = {}

        @functools.cache
        def decoded(i: int) -> NDArray[Any]:
            own = len(self.plan.lanes)
            return linked(i - own) if i >= own else self._decoded(i, encoded[i], decoded)

        seen = (lambda i: encoded[i].codes), decoded, (lambda: latents)
        contexts = StageContexts(self, *seen, rows)
        for i in self._order:
            encoded[i] = self._encode_lane(i, values, codes, decoded, contexts)
        stored = streams.join(streams.encode(z) for z in latents)
        columns = dict.fromkeys(lane.column for lane in self.plan.lanes)
        blobs = {c: streams.join(encoded[i].blob for i in self.plan.lanes_of(c)) for c in columns}
        ordered = [encoded[i] for i in range(len(codes))]
        modes = tuple(e.mode for e in ordered)
        return EncodedGroup(stored, blobs, modes, tuple(len(e.blob) for e in ordered), decoded)

    def latents(self, codes: Sequence[NDArray[Any]], rows: int) -> NDArray[np.int64]:
        """Run the encoder: whole numbers of shape (latents, rows)."""
        encoder = self.plan.encoder
        if encoder is None or not rows:
            return np.zeros((encoder.latents if encoder else 0, rows), np.int64)
        inputs = [feature(f, codes[f.index], self.tables) for f in encoder.inputs]
        z: NDArray[np.int64] = np.rint(self.networks[encoder.network].run(inputs)).astype(np.int64)
        return z

    def _encode_lane(
        self,
        i: int,
        values: Sequence[NDArray[Any]],
        codes: Sequence[NDArray[Any]],
        decoded: Callable[[int], NDArray[Any]],
        contexts: StageContexts,
    ) -> lanes.Encoded:
        lane, grid, bound = self.plan.lanes[i], self.grids[i], self.bounds[i]
        if bound.kind == "none" and lane.stage >= 0:
            return lanes.encode_predicted(len(codes[i]))
        if lane.derived is not None:
            sources = [decoded(j) for j, _ in lane.derived.terms]
            value = lane.derived.evaluate(sources, grid.dtype)
            return lanes.encode_derived(values[i], value, codes[i], grid, bound)
        if not len(codes[i]):
            return lanes.encode(values[i], codes[i], grid, bound)
        context = contexts.of(i) if lane.has_contexts else None
        return lanes.encode(values[i], codes[i], grid, bound, context, contexts.centre(i))

    def _decoded(
        self, i: int, encoded: lanes.Encoded, decoded: Callable[[int], NDArray[Any]]
    ) -> NDArray[Any]:
        """Return a lane's values as the reader will see them, escapes included."""
        rows, rule = len(encoded.codes), self.plan.lanes[i].derived
        if encoded.mode in (lanes.PLAIN, lanes.CONTEXTS, lanes.CENTRED):
            return lanes.with_escapes(encoded.blob, self.grids[i].inverse(encoded.codes))

        def derived() -> NDArray[Any]:
            if rule is None:
                return _never()
            return rule.evaluate([decoded(j) for j, _ in rule.terms], self.grids[i].dtype)

        return lanes.decode(encoded.blob, rows, self.grids[i], _never, derived).values


def _nothing(link: int) -> NDArray[Any]:
    msg = f"link {link} leads nowhere: the plan is damaged"
    raise CorruptError(msg)


def _never() -> NDArray[Any]:
    msg = "a lane that others are made of has no values yet: the plan is damaged"
    raise CorruptError(msg)


@dataclass
class GroupDecoder:
    """Decodes one group of one block, each lane at most once and only those that are asked for.

    Arguments:
        coder: the group's coder.
        rows: the number of rows.
        read: gives a column's blob.
        read_latents: gives the latents' blob.
        linked: gives the values of a link, by its number.
    """

    coder: GroupCoder
    rows: int
    read: Callable[[str], bytes]
    read_latents: Callable[[], bytes]
    linked: Linked
    _lanes: dict[int, lanes.Decoded] = field(default_factory=dict)
    _blobs: dict[str, list[bytes]] = field(default_factory=dict)
    _seen: dict[int, NDArray[Any]] = field(default_factory=dict)
    _held: int = 0  # bytes; added up here, as a cache asks before every column
    _z: NDArray[Any] | None = None
    _contexts: StageContexts | None = None

    def __post_init__(self) -> None:
        """Tie the stages to this block's codes and latents."""
        me = weakref.proxy(self)  # no circle: a block's memory is free as soon as it is dropped
        self._contexts = StageContexts(
            self.coder,
            lambda i: me.lane(i).codes,
            lambda i: me._values(i),
            lambda: me.latents(),
            self.rows,
        )

    def _values(self, i: int) -> NDArray[Any]:
        """Return the values of a lane or of a linked one."""
        own = len(self.coder.plan.lanes)
        if i < own:
            return self.lane(i).values
        if i - own not in self._seen:
            self._seen[i - own] = self.linked(i - own)
            self._held += self._seen[i - own].nbytes
        return self._seen[i - own]

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
            for milestone in self.coder.milestones.get(i, ()):
                self.lane(milestone)
            found = self._decode(i)
            if i not in self.coder.looked_at:  # nobody will ask for the codes
                found = lanes.Decoded(found.codes[:0].copy(), found.values)
            self._lanes[i] = found
            self._held += found.values.nbytes + found.codes.nbytes
        return self._lanes[i]

    @property
    def nbytes(self) -> int:
        """Return the bytes of decoded lanes."""
        return self._held + (self._contexts.nbytes if self._contexts is not None else 0)

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
            lambda: contexts.centre(i),
        )

    def _derive(self, i: int) -> NDArray[Any]:
        rule = self.coder.plan.lanes[i].derived
        if rule is None:
            msg = f"lane {i} has no rule to follow from others: the block is damaged"
            raise CorruptError(msg)
        sources = [self.lane(j).values for j, _ in rule.terms]
        return rule.evaluate(sources, self.coder.grids[i].dtype)
