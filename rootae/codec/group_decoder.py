"""One group of one block on its way back: each lane at most once, and only those asked for."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec import lane as lanes
from rootae.codec.contexts.contexts import StageContexts
from rootae.codec.streams import stream
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from rootae.codec.group import GroupCoder, Linked

__all__ = ["GroupDecoder"]


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
    _looked_at: dict[int, NDArray[Any]] = field(default_factory=dict)  # codes of lanes given away
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
            lambda i: me._codes(i),  # noqa: SLF001  itself
            lambda i: me._values(i),  # noqa: SLF001  itself
            lambda: me.latents(),
            self.rows,
        )

    def _codes(self, i: int) -> NDArray[Any]:
        """Return the codes of a lane."""
        codes = self._looked_at.get(i)
        return self.lane(i).codes if codes is None else codes

    def _values(self, i: int) -> NDArray[Any]:
        """Return the values of a lane or of a linked one."""
        own = len(self.coder.plan.lanes)
        if i < own:
            return self.lane(i).values
        if i - own not in self._seen:
            self._seen[i - own] = self.linked(i - own)
            self._held += self._seen[i - own].nbytes
        return self._seen[i - own]

    def column(self, name: str, inner_shape: tuple[int, ...], *, keep: bool = True) -> NDArray[Any]:
        """Return a column's values, shape (rows, *inner_shape).

        Arguments:
            name, inner_shape: which column.
            keep: have them at hand for the next call, not only for what is made of them.
        """
        lanes = self.coder.plan.lanes_of(name)
        parts = [self.lane(i).values if keep else self._given(i) for i in lanes]
        if not inner_shape:
            return parts[0]
        return np.stack(parts, axis=1).reshape(self.rows, *inner_shape)

    def _given(self, i: int) -> NDArray[Any]:
        """Return a lane's values, and forget them unless other lanes are made of them."""
        found = self.lane(i)
        if i in self.coder.lent:
            return found.values
        del self._lanes[i]
        self._held -= found.values.nbytes
        if i in self.coder.looked_at:
            self._looked_at[i] = found.codes
        return found.values

    def latents(self) -> NDArray[Any]:
        """Return the latents, shape (latents, rows)."""
        if self._z is None:
            parts = stream.split(self.read_latents())
            encoder = self.coder.plan.encoder
            if len(parts) != (encoder.latents if encoder else 0):
                msg = f"a block has {len(parts)} latents, its codec another number"
                raise CorruptError(msg)
            self._z = np.stack([stream.decode(p, self.rows).astype(np.int64) for p in parts])
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
            self._held += found.values.nbytes
            self._held += 0 if i in self._looked_at else found.codes.nbytes
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
            blobs = self._blobs[lane.column] = stream.split(self.read(lane.column))
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
