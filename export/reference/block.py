"""Sections 2.2 and 7: blocks by their directories, and columns from their lanes."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from reference.byte_strings import Cursor
from reference.damage import hold
from reference.group import Group

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reference.codec import Codec

__all__ = ["Beginning", "Values", "block_groups", "column"]

_ENTRIES, _ROWS = 1 << 40, 1 << 31
_ID = 32


class Values(NamedTuple):
    """A column's values.

    Arguments:
        flat: one row behind the other, shape (rows, *inner dimensions).
        counts: of a column that has a value an entry nothing; else how many each entry has, and of
            a vector of vectors how many each of these has.
    """

    flat: NDArray[Any]
    counts: tuple[NDArray[Any], ...] = ()


class Beginning(NamedTuple):
    """What a directory begins with: the codec's id and the number of entries; the block's id."""

    codec: bytes
    entries: int
    block: int

    @classmethod
    def of(cls, head: bytes) -> Beginning:
        """Read a directory's beginning."""
        cursor = Cursor(head)
        codec, entries = cursor.take(_ID), int.from_bytes(cursor.take(8), "little")
        hold(entries < _ENTRIES, f"a block of {entries} entries")
        number = int.from_bytes(hashlib.sha256(head).digest()[:4], "little")
        return cls(codec, entries, number or 1)


def block_groups(codec: Codec, tree: dict[str, Any], head: bytes, blobs: bytes) -> dict[str, Group]:
    """Return a block's groups by name.

    Arguments:
        codec: the block's codec.
        tree: the tree's plan.
        head: the block's directory.
        blobs: its blobs.
    """
    hold(zlib.crc32(head[:-4]).to_bytes(4, "little") == head[-4:], "a damaged directory")
    table, rest = Cursor(head[:-4]), Cursor(blobs)
    table.take(_ID)

    def numbers(count: int, size: int) -> list[int]:
        return [int.from_bytes(table.take(size), "little") for _ in range(count)]

    plans = tree["groups"]
    lanes = [len(g["lanes"]) for g in plans]
    count = sum(lanes) + sum(g["encoder"] is not None for g in plans)
    (entries,), rows = numbers(1, 8), numbers(len(plans), 8)
    most = numbers(len(plans), 4)
    hold(max(rows, default=0) <= _ROWS, f"{max(rows, default=0)} rows in a block")
    sizes, sums = numbers(count, 4), numbers(count, 4)
    modes = Cursor(table.take(sum(lanes)))
    (passing,) = numbers(1, 4)
    table.take(8 * passing)  # checksums of content, for programs that check files
    hold(not table.rest(), "a directory of another length than its plan gives")
    found = [rest.take(n) for n in sizes]
    hold([zlib.crc32(b) for b in found] == sums, "a damaged blob")
    groups: dict[str, Group] = {}
    for plan, some, largest, n in zip(plans, rows, most, lanes, strict=True):
        hold(plan["name"] or some == entries, f"{some} rows for {entries} entries")
        latents = found.pop(0) if plan["encoder"] is not None else b"\0"
        groups[plan["name"]] = Group(codec, plan, some, latents, found[:n], modes.take(n))
        groups[plan["name"]].most = largest
        del found[:n]
    for group in groups.values():
        group.others = groups
    return groups


def column(tree: dict[str, Any], groups: dict[str, Group], name: str) -> Values:
    """Return a column of a block.

    Arguments:
        tree: the tree's plan.
        groups: the block's, by name.
        name: the column.
    """
    about = next(c for c in tree["columns"] if c["name"] == name)
    group = groups[about["counter"] or ""]
    elements = range(int(np.prod(about["inner_shape"], dtype=np.int64)))
    flat = np.stack([group.of(name, i)[1] for i in elements], axis=1)
    flat = flat.reshape(group.rows, *about["inner_shape"])
    if about["counter"] is None:
        return Values(flat)
    counter, *outer = column(tree, groups, about["counter"])
    numbers = counter.tolist()
    right = min(numbers, default=0) >= 0 and sum(numbers) == group.rows
    right = right and max(numbers, default=0) == group.most
    hold(right, f"column {name} has other rows than {about['counter']} counts")
    return Values(flat, (*outer[0], counter))
