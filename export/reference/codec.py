"""Sections 2.3 and 3: codecs, each with the id that is the hash of its bytes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from reference.byte_strings import Cursor, frame, join, parts
from reference.damage import Damaged, hold
from reference.plan import parsed
from reference.pointers import check_networks, check_tree, encoders_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["Codec", "whole_codecs"]

_BYTES_AT_MOST = 1 << 26  # of text, of tables and of networks
_TABLES_AT_MOST, _NUMBERS_AT_MOST = 1 << 20, 1 << 24  # of all tables
_NETWORKS_AT_MOST, _NODES_AT_MOST, _WORK_AT_MOST = 1 << 15, 1 << 17, 1 << 25
_OUTPUTS = 1024


class Codec:
    """A codec: its plan, tables and networks, checked.

    Arguments:
        plan: the plan's text.
        tables, networks: as they are stored.
        how: networks are evaluated, see `Network`.
    """

    def __init__(self, plan: bytes, tables: bytes, networks: bytes, **how: Any) -> None:
        self.plan = parsed(plan)
        self.tables = _tables(tables)
        stored = _framed(networks, "networks", _NETWORKS_AT_MOST)
        encoders = encoders_of(self.plan)
        paths = [tree["path"] for tree in self.plan["trees"]]
        hold(len({*paths}) == len(paths), "two plans of one tree")
        for tree in self.plan["trees"]:
            check_tree(tree, self.tables, len(stored))
        self.networks: list[Any] = []
        if stored:
            from reference.networks import Network

            nodes, work = 0, 0
            for i, x in enumerate(stored):
                network = Network(x, decoder=i not in encoders, **how)
                nodes, work = nodes + network.nodes, work + network.work
                much = nodes > _NODES_AT_MOST or work > _WORK_AT_MOST
                hold(not much, "networks that ask for too much together")
                self.networks.append(network)
        check_networks(self.plan, self.networks)

    def run(self, index: int, x: NDArray[Any]) -> NDArray[Any]:
        """Return a decoder network's outputs, shape (outputs, rows)."""
        y: NDArray[Any] = self.networks[index](x)
        right = ((y >= 0) & (y < _OUTPUTS) & (y == np.floor(y))).all()
        hold(right, f"network {index} says other than whole numbers from 0 to {_OUTPUTS - 1}")
        return y

    def tree(self, path: str) -> dict[str, Any]:
        """Return a tree's plan."""
        found = [tree for tree in self.plan["trees"] if tree["path"] == path]
        hold(found, f"a codec that does not know the tree {path}")
        return dict(found[0])


def _framed(data: bytes, what: str, most: int) -> list[bytes]:
    cursor = Cursor(data)
    size = cursor.varint()
    hold(size <= _BYTES_AT_MOST, f"{size} bytes of {what}")
    found = parts(frame(cursor.rest(), size))
    hold(len(found) <= most, f"{len(found)} {what}")
    return found


def _tables(data: bytes) -> list[NDArray[np.int64]]:
    found, left = [], _NUMBERS_AT_MOST
    for part in _framed(data, "tables", _TABLES_AT_MOST):
        width = part[0] if part else 0
        hold(width in (1, 2, 4, 8) and len(part) % width == 1 % width, "a table of no numbers")
        numbers = np.frombuffer(part, f"<i{width}", offset=1).astype(np.int64)
        left -= len(numbers)
        hold(left >= 0, f"tables of more than {_NUMBERS_AT_MOST} numbers")
        found.append(numbers)
    return found


def whole_codecs(rows: Iterable[bytes], **how: Any) -> dict[bytes, Codec]:
    """Return the codecs that are whole, by id.

    Arguments:
        rows: of `rootae/codecs` and `rootae/copies`.
        how: networks are evaluated.

    Raises:
        Damaged: a codec that has its id is not as the format says.
    """
    found: dict[bytes, Codec] = {}
    for row in rows:
        try:
            identity, three = _unpacked(row)
        except Damaged:  # its copy may be whole
            continue
        if identity not in found and hashlib.sha256(join(three)).digest() == identity:
            found[identity] = Codec(*three, **how)
    return found


def _unpacked(row: bytes) -> tuple[bytes, list[bytes]]:
    cursor = Cursor(row)
    identity, size = cursor.take(32), cursor.varint()
    hold(size <= _BYTES_AT_MOST, f"a plan of {size} bytes")
    three = parts(cursor.rest())
    hold(len(three) == 3, f"a codec of {len(three)} parts")
    return identity, [frame(three[0], size), *three[1:]]
