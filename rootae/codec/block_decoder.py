"""A block of one tree on its way back: columns from blobs, each at most once and only if asked."""

from __future__ import annotations

import functools
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.group_decoder import GroupDecoder
from rootae.codec.relations.link import follow
from rootae.errors import CorruptError
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from rootae.codec.group import GroupCoder
    from rootae.codec.plan.plan import TreePlan

__all__ = ["BlockDecoder"]


class BlockDecoder:
    """Decodes one block, each lane at most once and only those that are asked for.

    Arguments:
        plan: the tree's plan.
        groups: the coders of its groups.
        entries: the number of entries.
        rows: rows of each group.
        read: gives a column's blob.
        read_latents: gives a group's latents.
    """

    def __init__(
        self,
        plan: TreePlan,
        groups: Mapping[str, GroupCoder],
        entries: int,
        rows: Mapping[str, int],
        read: Callable[[str], bytes],
        read_latents: Callable[[str], bytes],
    ) -> None:
        self.entries = entries
        self._plan = plan
        me = weakref.proxy(self)  # no circle: a block's memory is free as soon as it is dropped
        self._groups = {
            name: GroupDecoder(
                group,
                rows[name],
                read,
                functools.partial(read_latents, name),
                functools.partial(BlockDecoder._linked, me, name),
            )
            for name, group in groups.items()
        }
        self._values: dict[str, Values] = {}
        self._held = 0

    def values(self, name: str, *, keep: bool = True) -> Values:
        """Return one column's values.

        Arguments:
            name: which column.
            keep: have them at hand for the next call, not only for what is made of them.

        Raises:
            CorruptError: the block is damaged.
        """
        known = self._values.get(name)
        if known is None:
            column = self._plan.column(name)
            flat = self._groups[column.group].column(name, column.inner_shape, keep=keep)
            lists = None if column.counter is None else self.values(column.counter)
            known = Values(flat, None if lists is None else lists.sums())
            self._check(name, known, lists)
            if keep:
                self._values[name] = known
                self._held += flat.nbytes
        return known

    def latents(self, group: str) -> NDArray[Any]:
        """Return a group's latents, shape (latents, rows).

        Raises:
            CorruptError: the block is damaged.
        """
        return self._groups[group].latents()

    def _linked(self, group: str, number: int) -> NDArray[Any]:
        """Return another group's values as the rows of one see them."""
        link = self._plan.group(group).links[number]
        other = self._plan.led_to(link)
        by = self._groups[group].lane(link.by).values
        mine, theirs = (self.values(n).flat.astype(np.int64) for n in (group, link.group))
        return follow(by, mine, theirs, self._groups[link.group].lane(other).values)

    def _check(self, name: str, values: Values, lists: Values | None) -> None:
        flat, counts = values.flat, values.counts
        entries = len(flat) if counts is None else len(counts)
        total = len(flat) if counts is None else int(counts.sum())
        odd = lists is not None and bool(((lists.flat < 0) | (lists.flat > len(flat))).any())
        if entries != self.entries or total != len(flat) or odd:
            msg = f"column {name} has another number of values than its block: the file is damaged"
            raise CorruptError(msg)

    @property
    def nbytes(self) -> int:
        """Return the bytes of decoded values that are kept."""
        return self._held + sum(g.nbytes for g in self._groups.values())
