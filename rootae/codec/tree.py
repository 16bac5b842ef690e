"""Blocks of one tree: coded, decoded and verified."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.block import Block
from rootae.codec.block_decoder import BlockDecoder
from rootae.codec.compiled import CompiledTree
from rootae.codec.directory import ID, Directory, directory
from rootae.codec.grids.special import SpecialGrid
from rootae.codec.group_encoder import encode
from rootae.codec.native_decoder import NativeDecoder
from rootae.codec.native_drafts import NativeBlock, NativeDrafts
from rootae.codec.plain_drafts import PlainDrafts
from rootae.codec.view import Held
from rootae.errors import BoundError
from rootae.schema.bounds.deviation import held
from rootae.schema.column import EVENT
from rootae.schema.values import Values, entries_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from rootae.codec.contexts.network import Network
    from rootae.codec.decoder import Decoder
    from rootae.codec.drafts import Drafts
    from rootae.codec.group_encoder import EncodedGroup
    from rootae.codec.native_codec import NativeTree
    from rootae.codec.plan.plan import TreePlan
    from rootae.schema.bounds.bound import Bound

__all__ = ["TreeCoder"]


class TreeCoder(CompiledTree):
    """Codes and decodes blocks of one tree.

    Arguments:
        plan: the tree's plan.
        tables: the codec's tables.
        networks: the codec's networks.
        native: gives the tree of a path as the native core has it, None where that is not used.

    Raises:
        CorruptError: the plan points astray.
    """

    def __init__(
        self,
        plan: TreePlan,
        tables: Sequence[NDArray[np.int64]],
        networks: Sequence[Network],
        native: Callable[[str], NativeTree | None] | None = None,
    ) -> None:
        super().__init__(plan, tables, networks)
        self.native = native

    @functools.cached_property
    def bounds(self) -> dict[str, Bound]:
        """Return each column's bound."""
        return {x.column: x.bound for g in self.plan.groups for x in g.lanes}

    def encode(self, data: Mapping[str, Values], later: Executor | None = None) -> Block:
        """Code one block.

        Arguments:
            data: every column's values over the block's entries.
            later: makes lanes' bytes, on which nothing else hangs, beside what is done here.
        """
        groups = self.layout.groups
        lanes = [[data[x.column].lane(x.element) for x in c.plan.lanes] for c in self.coders]
        rows = tuple(len(values[0]) for values in lanes)
        drafts = self._drafts(data, rows)
        done: dict[str, EncodedGroup] = {}
        for name in self.order:
            i = groups[name]
            done[name] = encode(self.coders[i], drafts(i), lanes[i], later)
        blobs, modes = list[bytes](), b""
        for group in self.plan.groups:
            blobs += [done[group.name].latents] * (group.encoder is not None)
            encoded = done[group.name].whole()
            blobs += [x.blob for x in encoded]
            modes += bytes(x.mode for x in encoded)
        entries = (rows[groups[EVENT]] if EVENT in groups else 0) or entries_of(data)
        most = tuple(int(data[n].flat.max(initial=0)) if n else 0 for n in groups)
        return Block(entries, rows, most, tuple(blobs), modes)

    def encoder_inputs(self, group: str, values: Mapping[str, NDArray[Any]]) -> NDArray[np.float32]:
        """Return what a group's ``encoder.onnx`` takes, from values in their own units.

        Arguments:
            group: the group's name: its counter's, or nothing for the event.
            values: of every column of the group, shape (rows,) or (rows, inner...).

        Returns:
            Small whole numbers, shape (inputs, rows).

        Raises:
            KeyError: there is no such group, or a column is missing.

        Example:
            >>> inputs = codec.tree("Events").encoder_inputs("nJet", jets)  # doctest: +SKIP
            >>> session.run(None, {session.get_inputs()[0].name: inputs})  # doctest: +SKIP
        """
        coder = self.coder(group)
        lanes = coder.plan.lanes
        codes = coder.codes([Values(values[x.column]).lane(x.element) for x in lanes])
        return np.array(coder.inputs(dict(enumerate(codes))), np.float32)

    def _drafts(self, data: Mapping[str, Values], rows: tuple[int, ...]) -> Callable[[int], Drafts]:
        """Return what gives the drafts of a group of a block by the group's number."""
        linked = {n for g in self.plan.groups for x in g.links for n in (g.name, x.group)}
        counters = {self.layout.lanes_of(n)[0]: data[n].flat for n in linked}
        native = self._native_tree()
        if native is None:
            held = Held()
            return lambda i: PlainDrafts(self, i, rows[i], held, counters)
        return functools.partial(NativeDrafts, NativeBlock(native, self, rows, counters))

    def _native_tree(self) -> NativeTree | None:
        return None if self.native is None else self.native(self.plan.path)

    def decoder(self, block: Block) -> Decoder:
        """Return a decoder of a block that is in memory."""
        head = directory(block, bytes(ID))
        found = Directory.read(head, self.layout, "a block")

        def fetch(wanted: Sequence[int]) -> list[bytes]:
            return [block.blobs[i] for i in wanted]

        native = self._native_tree()
        if native is None:
            return BlockDecoder(self, found, fetch)
        return NativeDecoder(native, self.plan, self.layout, found, head, "", fetch)

    def verify(self, block: Block, data: Mapping[str, Values], where: str) -> dict[str, float]:
        """Decode a block as a reader would, hold every value against its bound, and special ones.

        Arguments:
            block: the coded block.
            data: the original values.
            where: file, tree and entries, for the message.

        Returns:
            The largest error of every column.

        Raises:
            BoundError: a value is outside its bound, a special one is changed, or a count is wrong.
        """
        names = [c.name for c in self.plan.columns]
        returned = self.decoder(block).columns(names)
        errors = {
            name: held(data[name], returned[name], self.bounds[name], (where, name))
            for name in names
        }
        self._hold_special(data, returned, where)
        return errors

    def _hold_special(
        self, data: Mapping[str, Values], returned: Mapping[str, Values], where: str
    ) -> None:
        """Refuse special values of grids that did not come back bit for bit."""
        lanes = ((x, g) for c in self.coders for x, g in zip(c.plan.lanes, c.grids, strict=True))
        for lane, grid in lanes:
            if not isinstance(grid, SpecialGrid):
                continue
            pair = (values[lane.column].lane(lane.element) for values in (data, returned))
            if grid.changed(*pair).any():
                msg = f"{where}: column {lane.column}: special values changed; report this as a bug"
                raise BoundError(msg)
