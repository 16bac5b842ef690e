"""What all tables and all networks of a codec may ask for together is the same to all readers.

Packed, such a codec has some hundred bytes.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from native.blocks import CORRUPT, Native, Refused
from reference.codec import Codec as Second
from reference.damage import Damaged

from rootae.codec import packed
from rootae.codec.codec import Codec
from rootae.codec.plan.plan import Plan, TreePlan
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from onnx import NodeProto

networks = pytest.importorskip("networks", reason="onnx is not installed")
node = networks.helper.make_node

PLAN = Plan((TreePlan("t", "", (), (), ()),))
UNITS, WORK, NODES = 1 << 16, 1 << 24, 4096  # of an array that is made, of a network
ALL_WORK, ALL_NODES, ALL_NETWORKS, ALL_TABLES = 1 << 25, 1 << 17, 1 << 15, 1 << 20


def taken(nets: list[bytes], tables: list[bytes] | None = None) -> bool:
    """Hold that all three readers take a codec, or none does."""
    parts = PLAN.to_json().encode(), packed.pack(tables or []), packed.pack(nets)
    found = [reads(*parts) for reads in (native, first, second)]
    assert len({*found}) == 1, found
    return found[0]


def native(*parts: bytes) -> bool:
    try:
        Native((parts[0], parts[1], parts[2]))
    except Refused as error:
        return error.kind != CORRUPT
    return True


def first(*parts: bytes) -> bool:
    try:
        Codec.from_parts(*parts)
    except CorruptError:
        return False
    return True


def second(*parts: bytes) -> bool:
    try:
        Second(*parts)
    except Damaged:
        return False
    return True


def relus(count: int) -> bytes:
    """Return a network of so many nodes, each of which makes one number a row."""
    names = ["x", *(f"r{i}" for i in range(1, count)), "y"]
    return made([node("Relu", [a], [b]) for a, b in itertools.pairwise(names)])


def constants(work: int) -> bytes:
    """Return a network that makes so many numbers in all, the most of them of a constant."""
    nodes = [
        node("Relu", ["x"], ["y"]),
        node("Concat", ["1"] * 256, ["256"], axis=0),
        node("Concat", ["256"] * 256, [f"{UNITS}"], axis=0),
    ]
    left = work - 1 - 256 - UNITS
    for size in (UNITS, 256, 1):
        nodes += [node("Relu", [f"{size}"], [f"{size} {i}"]) for i in range(left // size)]
        left %= size
    return made(nodes)


def made(nodes: list[NodeProto]) -> bytes:
    return bytes(networks.model(nodes, {"1": np.ones((1, 1))}, 1, 1))


def test_networks_that_ask_for_much_together() -> None:
    assert taken([constants(WORK)])
    assert not taken([constants(WORK + 1)])
    assert taken([constants(WORK)] * (ALL_WORK // WORK))
    assert not taken([constants(WORK)] * (ALL_WORK // WORK) + [relus(1)])


@pytest.mark.slow
def test_networks_of_many_nodes_together() -> None:
    most = [relus(NODES)] * (ALL_NODES // NODES)
    assert taken(most)
    assert not taken([*most, relus(1)])


@pytest.mark.slow
def test_many_networks() -> None:
    assert taken([relus(1)] * ALL_NETWORKS)
    assert not taken([relus(1)] * (ALL_NETWORKS + 1))


@pytest.mark.slow
def test_many_tables() -> None:
    assert taken([], [b"\1"] * ALL_TABLES)
    assert not taken([], [b"\1"] * (ALL_TABLES + 1))
