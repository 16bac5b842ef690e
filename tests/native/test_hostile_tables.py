"""A large table that a plan names many times costs no more than once: it packs to some bytes."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
from following import COLUMNS, coded_by
from native.blocks import Native, NativeBlock

from rootae.codec import packed, tables
from rootae.codec.block import Block
from rootae.codec.directory import directory
from rootae.codec.grids.rank import RankTables
from rootae.codec.plan.contexts import Diagram, Edges, Feature, OfLane
from rootae.codec.plan.plan import GroupPlan, Lane, Plan, TreePlan
from rootae.codec.streams import stream
from rootae.schema.bounds.bound import Bound
from rootae.schema.column import Column

NUMBERS, MANY = 1 << 22, 3000
SECONDS = 6  # of the processor; it takes a tenth of it, and took twenty


def plan_of(group: GroupPlan, dtype: str) -> Plan:
    columns = tuple(Column(lane.column, dtype) for lane in group.lanes)
    return Plan((TreePlan("t", "", columns, (), (group,)),))


def read(plan: Plan, modes: bytes, *blobs: bytes) -> None:
    """Decode the last column of one entry in little time."""
    numbers = [np.zeros(0, np.int64), np.zeros(NUMBERS, np.int64)]
    parts = plan.to_json().encode(), tables.pack(numbers), packed.pack([])
    block = Block(1, (1,), (0,), blobs, modes)
    begun = time.process_time()
    codec = Native(parts)
    name = codec.names[-1]
    found = NativeBlock(codec, directory(block, bytes(32)), b"".join(blobs)).decode([name])
    assert found[name].tolist() == [0]
    assert time.process_time() - begun < SECONDS


def test_grids_of_ranks() -> None:
    lanes = tuple(
        Lane(f"x{i}", 0, RankTables("float32", 0, 1), Bound("none", 0.0), "") for i in range(MANY)
    )
    plain = b"\0\0" + stream.encode(np.zeros(1, np.int64))
    read(plan_of(GroupPlan("", lanes), "float32"), bytes(MANY), *[plain] * MANY)


def test_inputs_of_diagrams() -> None:
    group = (
        coded_by({k: x[:9] for k, x in COLUMNS.items()}, {"d": ("a",)})[0].plan.trees[0].groups[0]
    )
    inputs = (Feature(OfLane(0), Edges(0)),) * MANY
    group = dataclasses.replace(group, contexts=(Diagram(inputs, (1,) * MANY),))
    zero = stream.encode(np.zeros(1, np.int64))
    runs = b"\0\0\0" + stream.join([zero])
    read(plan_of(group, "int32"), b"\0\0\0\1", *[b"\0\0" + zero] * 3, runs)
