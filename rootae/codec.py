"""A codec: a plan, its tables and its networks; it turns blocks of entries into bytes and back."""

from __future__ import annotations

import copy
import functools
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae import streams, tables
from rootae.blocks import BlockDecoder
from rootae.bounds import Bound, deviation
from rootae.device import CPU
from rootae.errors import BoundError, CorruptError
from rootae.groups import GroupCoder
from rootae.links import follow, group_order
from rootae.network import Network, usable
from rootae.plan import Plan
from rootae.sound import check, encoders_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

    from numpy.typing import NDArray

    from rootae.groups import EncodedGroup
    from rootae.plan import TreePlan
    from rootae.schema import Values

__all__ = ["Block", "Codec", "TreeCoder", "entries_of", "held"]

_BYTES_AT_MOST = 1 << 26  # of networks


@dataclass(frozen=True)
class Block:
    """A whole number of entries of one tree, coded.

    Arguments:
        entries: how many.
        rows: rows of each group, by name.
        latents: each group's latents.
        columns: each column's blob.
        lanes: bytes and mode of each lane by group, for the record (empty when read back).
    """

    entries: int
    rows: dict[str, int]
    latents: dict[str, bytes]
    columns: dict[str, bytes]
    lanes: dict[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        """Return the bytes of all blobs."""
        return sum(map(len, self.latents.values())) + sum(map(len, self.columns.values()))


class Codec:
    """A trained compressor for one file schema.

    Arguments:
        plan: what it does.
        tables: int64 arrays that the plan points into.
        networks: serialised ONNX models that the plan points into.

    Example:
        >>> Codec(Plan(())).id[:8]
        'ac8e69d2'
    """

    def __init__(
        self,
        plan: Plan,
        tables: Sequence[NDArray[np.int64]] = (),
        networks: Sequence[bytes] = (),
    ) -> None:
        self.plan = plan
        self.tables = tuple(tables)
        encoders = encoders_of(plan)
        self.networks = tuple(Network(n, integer=i not in encoders) for i, n in enumerate(networks))
        self.device = CPU
        self._coders: dict[str, TreeCoder] = {}
        self._elsewhere: dict[str, Codec] = {}

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Codec:
        """Read the codec of a codec file or of a compressed file.

        Raises:
            FormatError: the file holds no codec.
        """
        from rootae.container import Container  # a codec is usable without any file

        return Container.open(path).only_codec()

    def on(self, device: str) -> Codec:
        """Return this codec with its networks on a device; contexts are the same on all.

        Arguments:
            device: ``cpu``, ``cuda`` or ``auto``, which takes CUDA where there is any.

        Raises:
            MissingDependency: CUDA is asked for and cannot be used.
        """
        where = usable(device)
        return self if where == self.device else self._moved(where)

    def _moved(self, device: str) -> Codec:
        """Return a copy on a device, made once: its sessions serve all files of the codec."""
        if device not in self._elsewhere:
            moved = copy.copy(self)
            moved.device = device
            moved.networks = tuple(n.on(device) for n in self.networks)
            moved._coders, moved._elsewhere = {}, {}
            self._elsewhere[device] = moved
        return self._elsewhere[device]

    @functools.cached_property
    def parts(self) -> tuple[bytes, bytes, bytes]:
        """Return plan, tables and networks as bytes, the last two compressed."""
        networks = streams.join(n.onnx for n in self.networks)
        packed = streams.varint(len(networks)) + streams.zstd(networks, 19)
        return self.plan.to_json().encode(), tables.pack(self.tables), packed

    @classmethod
    def from_parts(cls, plan: bytes, numbers: bytes, networks: bytes) -> Codec:
        """Rebuild a codec.

        Raises:
            CorruptError: the bytes are damaged.
            FormatError: a newer rootae wrote them.
        """
        parsed = Plan.from_json(plan.decode("utf-8", "replace"))
        arrays = tables.unpack(numbers)
        cursor = streams.Cursor(networks)
        size = cursor.varint()
        if size > _BYTES_AT_MOST:
            msg = f"a codec announces {size} bytes of networks: the file is damaged"
            raise CorruptError(msg)
        codec = cls(parsed, arrays, streams.split(streams.unzstd(cursor.rest(), size)))
        codec.__dict__["parts"] = plan, numbers, networks  # its id is that of what was read
        return codec

    @functools.cached_property
    def digest(self) -> bytes:
        """Return the sha256 of plan, tables and networks."""
        return hashlib.sha256(streams.join(self.parts)).digest()

    @property
    def id(self) -> str:
        """Return the digest in hexadecimal."""
        return self.digest.hex()

    def tree(self, path: str) -> TreeCoder:
        """Return the coder of one tree, made once."""
        if path not in self._coders:
            plan = self.plan.tree(path)
            if plan is None:
                msg = f"codec {self.id[:8]} knows no tree {path!r}: the file is damaged"
                raise CorruptError(msg)
            self._coders[path] = TreeCoder(plan, self.tables, self.networks)
        return self._coders[path]

    def __repr__(self) -> str:
        trees = ", ".join(f"{t.path}: {len(t.columns)} columns" for t in self.plan.trees)
        return f"Codec({self.id[:8]}, {trees or 'no trees'})"


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


def entries_of(data: Mapping[str, Values]) -> int:
    """Return the number of entries that columns span."""
    for values in data.values():
        return len(values.flat) if values.counts is None else len(values.counts)
    return 0


def held(original: Values, returned: Values, bound: Bound, where: tuple[str, str]) -> float:
    """Return the largest error of a column, or raise if a value or a count is off."""
    if original.counts is None or returned.counts is None:
        same_counts = original.counts is returned.counts
    else:
        same_counts = np.array_equal(original.counts, returned.counts)
    if not same_counts or original.flat.shape != returned.flat.shape:
        msg = f"{where[0]}: column {where[1]} came back with other counts; report this as a bug"
        raise BoundError(msg)
    largest, wrong = deviation(original.flat, returned.flat, bound)
    if wrong.any():
        at = np.argwhere(wrong)[0]
        x, y = original.flat[tuple(at)], returned.flat[tuple(at)]
        msg = (
            f"{where[0]}: column {where[1]}: {int(wrong.sum())} values break {bound}, the first "
            f"at row {int(at[0])}: {x!r} came back as {y!r}; report this as a bug"
        )
        raise BoundError(msg)
    return largest
