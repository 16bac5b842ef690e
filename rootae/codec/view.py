"""What is decoded of a block, and what the contexts and centres of a group may look at of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.relations.link import Places, follow, places
from rootae.codec.streams import stream
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from rootae.codec.compiled import CompiledTree

__all__ = ["Held", "View"]


class Held:
    """Lanes of a block by number: values, and codes of those that contexts look at."""

    def __init__(self) -> None:
        self.values: dict[int, NDArray[Any]] = {}
        self.codes: dict[int, NDArray[Any]] = {}
        self.nbytes = 0

    def add(self, lane: int, codes: NDArray[Any], values: NDArray[Any], *, looked_at: bool) -> None:
        """Keep a lane."""
        self.values[lane] = values
        self.nbytes += values.nbytes
        if looked_at:
            self.codes[lane] = codes
            self.nbytes += codes.nbytes

    def drop_codes(self, lane: int) -> None:
        """Let go of a lane's codes, if they are kept."""
        if lane in self.codes:
            self.nbytes -= self.codes.pop(lane).nbytes

    def drop(self, numbers: Collection[int]) -> None:
        """Let go of lanes."""
        for lane in numbers:
            self.drop_codes(lane)
            if lane in self.values:
                self.nbytes -= self.values.pop(lane).nbytes


class View:
    """What a group's contexts and centres may look at: its lanes, latents and links.

    Arguments:
        tree: the coder of the block's tree.
        number: of the group.
        rows: of the group.
        held: the block's lanes that are there; shared, not owned.
        counters: values of lanes that count rows, by number; those that are held, if not given.
    """

    def __init__(
        self,
        tree: CompiledTree,
        number: int,
        rows: int,
        held: Held,
        counters: Mapping[int, NDArray[Any]] | None = None,
    ) -> None:
        self.rows = rows
        self.stored_latents: bytes | None = None
        self._layout = tree.layout
        self._plan = tree.coders[number].plan
        self._first = tree.layout.first[number]
        self._held = held
        self._counters = held.values if counters is None else counters
        self._z: NDArray[Any] | None = None
        self._seen: dict[int, NDArray[Any]] = {}
        self._places: dict[tuple[int, str], Places] = {}

    def codes(self, i: int) -> NDArray[Any]:
        """Return the codes of an own lane."""
        return self._held.codes[self._first + i]

    def values(self, i: int) -> NDArray[Any]:
        """Return the values of an own lane, or of a linked one."""
        link = i - len(self._plan.lanes)
        if link < 0:
            return self._held.values[self._first + i]
        if link not in self._seen:
            self._seen[link] = self._follow(link)
        return self._seen[link]

    def _follow(self, number: int) -> NDArray[Any]:
        """Return another group's values as the rows of this one see them."""
        link, held = self._plan.links[number], self._held.values
        key = link.by, link.group
        if key not in self._places:
            counts = (self._layout.lanes_of(g)[0] for g in (self._plan.name, link.group))
            mine, theirs = (self._counters[n].astype(np.int64) for n in counts)
            self._places[key] = places(held[self._first + link.by], mine, theirs)
        return follow(self._places[key], held[self._layout.lanes_of(link.column)[link.element]])

    def take_latents(self, latents: NDArray[np.int64]) -> None:
        """Let latents be seen, shape (latents, rows)."""
        self._z = latents

    def latents(self) -> NDArray[Any]:
        """Return the latents, shape (latents, rows)."""
        if self._z is None:
            parts = stream.split(self.stored_latents or b"\0")
            encoder = self._plan.encoder
            if len(parts) != (encoder.latents if encoder else 0):
                msg = f"a block has {len(parts)} latents, its codec another number"
                raise CorruptError(msg)
            self._z = np.stack([stream.decode(p, self.rows).astype(np.int64) for p in parts])
        return self._z
