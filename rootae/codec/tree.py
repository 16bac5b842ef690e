"""Blocks of one tree: coded, decoded and verified."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.block import Block
from rootae.codec.block_decoder import BlockDecoder
from rootae.codec.group import GroupCoder
from rootae.codec.plan.check import check
from rootae.codec.plan.order import group_order
from rootae.codec.relations.link import follow
from rootae.schema.bounds import Bound, held
from rootae.schema.values import entries_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.codec.contexts.network import Network
    from rootae.codec.group import EncodedGroup
    from rootae.codec.plan.plan import TreePlan
    from rootae.schema.values import Values

__all__ = ["TreeCoder"]


class TreeCoder:
    """Codes and decodes blocks of one tree."""

    def __init__(
        self, plan: TreePlan, tables: Sequence[NDArray[np.int64]], networks: Sequence[Network]
    ) -> None:
        check(plan, tables, len(networks))
        self.plan = plan
        self.groups = {g.name: GroupCoder(g, tables, networks) for g in plan.groups}
        for link in (link for g in plan.groups for link in g.links):
            self.groups[link.group].lent.add(plan.led_to(link))
        self._order = group_order({g.name: g.links for g in plan.groups})

    @functools.cached_property
    def bounds(self) -> dict[str, Bound]:
        """Return each column's bound."""
        return {x.column: Bound.parse(x.bound) for g in self.plan.groups for x in g.lanes}

    def encode(self, data: Mapping[str, Values]) -> Block:
        """Code one block.

        Arguments:
            data: every column's values over the block's entries.
        """
        rows: dict[str, int] = {}
        latents: dict[str, bytes] = {}
        columns: dict[str, bytes] = {}
        record: dict[str, tuple[tuple[int, int], ...]] = {}
        entries = 0
        done: dict[str, EncodedGroup] = {}
        for name in self._order:
            coder = self.groups[name]
            values = [data[x.column].lane(x.element) for x in coder.plan.lanes]
            linked = functools.partial(self._linked, data, done, name, values)
            encoded = done[name] = coder.encode(values, linked)
            rows[name] = len(values[0])
            entries = rows[name] if not name else entries
            latents[name] = encoded.latents
            columns |= encoded.columns
            record[name] = tuple(zip(encoded.sizes, encoded.modes, strict=True))
        done.clear()  # what was decoded and what it is linked to hold each other
        return Block(entries or entries_of(data), rows, latents, columns, record)

    def _linked(
        self,
        data: Mapping[str, Values],
        done: Mapping[str, EncodedGroup],
        group: str,
        values: Sequence[NDArray[Any]],
        number: int,
    ) -> NDArray[Any]:
        """Return what a reader will see of another group."""
        link = self.groups[group].plan.links[number]
        other = self.plan.led_to(link)
        mine, theirs = (data[n].flat.astype(np.int64) for n in (group, link.group))
        return follow(values[link.by], mine, theirs, done[link.group].decoded(other))

    def decoder(self, block: Block) -> BlockDecoder:
        """Return a decoder of a block that is in memory."""
        return BlockDecoder(
            self.plan,
            self.groups,
            block.entries,
            block.rows,
            block.columns.__getitem__,
            block.latents.__getitem__,
        )

    def verify(self, block: Block, data: Mapping[str, Values], where: str) -> dict[str, float]:
        """Decode a block as a reader would and hold every value against its bound.

        Arguments:
            block: the coded block.
            data: the original values.
            where: file, tree and entries, for the message.

        Returns:
            The largest error of every column.

        Raises:
            BoundError: a value is outside its bound, or a count is wrong.
        """
        decoder = self.decoder(block)
        largest = {}
        for column in self.plan.columns:
            returned, original = decoder.values(column.name), data[column.name]
            place = where, column.name
            largest[column.name] = held(original, returned, self.bounds[column.name], place)
        return largest
