"""Files that announce more than any machine has are refused, in little time and memory."""

from __future__ import annotations

import dataclasses
import json
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import awkward as ak
import numpy as np
import pytest
import uproot
from forged import Parts, forge
from networks import contexts_codec, model
from onnx import helper

from rootae.codec.streams import stream, zstd
from rootae.source.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rootae.codec.block import Block

pytestmark = pytest.mark.slow
_MEMORY = 4 << 30  # bytes of address space that reading may take
_SECONDS = 100  # that it may take on the busiest machine
READ = """
import sys, awkward as ak, rootae
try:
    with rootae.open(sys.argv[1]) as file:
        for name in file["t"].keys():
            print(name, ak.count(file["t"][name].array()))
except rootae.RootaeError as error:
    print(type(error).__name__, error)
except MemoryError:  # of a file that says, perhaps rightly, that it holds more than fits
    print("MemoryError")
"""


def read(path: Path) -> str:
    """Return what a process of little memory says of a file; it may not die, nor take long."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", READ, str(path)],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY)),
    )
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout


@dataclasses.dataclass(frozen=True)
class Real:
    """A codec that is right, and a block of one entry: `nv`, three `v`, `a`, and `b` by `a`."""

    parts: Parts
    block: Block

    def with_plan(self, text: bytes, claimed: int | None = None) -> Parts:
        """Return the codec with another text of its plan."""
        return dataclasses.replace(self.parts, plan=text, claimed=claimed)

    def with_network(self, serialised: bytes) -> Parts:
        """Return the codec with another network."""
        joined = stream.join([serialised])
        packed = stream.varint(len(joined)) + zstd.compress(joined, 3)
        return dataclasses.replace(self.parts, networks=packed)

    def of_rows(self, rows: int) -> Block:
        """Return the block, with as many constants in `v`."""
        counter = b"\0\0" + stream.encode(np.array([rows]))
        blobs = (counter, *self.block.blobs[1:])
        return dataclasses.replace(
            self.block, rows=(1, rows), most=(0, min(rows, 2**31)), blobs=blobs
        )


COLUMNS = ("nv", "v", "a", "b")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Real:
    path = tmp_path_factory.mktemp("real") / "in.root"
    rng = np.random.default_rng(0)
    with uproot.recreate(path) as file:
        tree = file.mktree("t", {"v": "var * float64", "a": "int32", "b": "int32"})
        a = rng.integers(0, 16, 4000).astype("i4")
        tree.extend({"v": ak.Array([[1.0] * 3] * 4000), "a": a, "b": a + rng.integers(0, 2, 4000)})
    with Source.open(path) as source:
        source_tree = source.tree("t")
        values = source_tree.values(0, 4000)
        codec = contexts_codec(source_tree.schema, values, "a", "b")
        block = codec.tree("t").encode(source_tree.values(0, 1))
    return Real(Parts.of(codec), block)


def bomb(real: Real, inner: str, number: int) -> bytes:
    """Return the plan's text with many small values where it says how it was trained."""
    plan = json.loads(real.parts.plan) | {"training": {"a": "HERE"}}
    return json.dumps(plan).replace('"HERE"', f"[{','.join([inner] * number)}]").encode()


def doubling(times: int, *, constant: bool) -> bytes:
    """Return a network that doubles an array again and again."""
    nodes = [
        helper.make_node("Concat", [x, x], [f"c{i}"], axis=0)
        for i, x in enumerate(["w" if constant else "x", *(f"c{i}" for i in range(times - 1))])
    ]
    nodes.append(helper.make_node("Gather", [f"c{times - 1}", "i"], ["y"], axis=0))
    return model(nodes, {"w": [[1.0]]}, 1, 2, whole={"i": [0, 1]})


def chain(length: int) -> bytes:
    nodes = [
        helper.make_node("Relu", [x], [f"r{i}"])
        for i, x in enumerate(["x", *(f"r{i}" for i in range(length - 1))])
    ]
    last = f"r{length - 1}"
    return model([*nodes, helper.make_node("Concat", [last, last], ["y"], axis=0)], {}, 1, 2)


def nested(depth: int) -> bytes:
    """Return graphs that are attributes of nodes of graphs, in ONNX's own bytes."""
    inner = b""
    for _ in range(depth):
        attribute = b"\x32" + stream.varint(len(inner)) + inner
        node = b"\x2a" + stream.varint(len(attribute)) + attribute
        inner = b"\x0a" + stream.varint(len(node)) + node
    return b"\x3a" + stream.varint(len(inner)) + inner


def test_what_is_right_is_read(real: Real, tmp_path: Path) -> None:
    path = forge(tmp_path / "x.root", real.parts, [real.block], COLUMNS)
    assert read(path).split() == ["nv", "1", "v", "3", "a", "1", "b", "1"]


@pytest.mark.parametrize("rows", [(1 << 31) + 1, (1 << 63) - 1])
def test_rows_that_no_block_has_are_refused(real: Real, tmp_path: Path, rows: int) -> None:
    path = forge(tmp_path / "x.root", real.parts, [real.of_rows(rows)], COLUMNS)
    assert f"CorruptError {path}:t, block 0: it announces {rows} rows" in read(path)


@pytest.mark.parametrize(("rows", "blocks"), [(1 << 30, 1), ((1 << 31) - 1, 1), (1 << 26, 40)])
def test_rows_beyond_memory_do_not_kill(real: Real, tmp_path: Path, rows: int, blocks: int) -> None:
    path = forge(tmp_path / "x.root", real.parts, [real.of_rows(rows)] * blocks, COLUMNS)
    assert read(path) == f"nv {blocks}\nMemoryError\n"


PLANS: dict[str, Callable[[Real], Parts]] = {
    "30 MB of small values": lambda real: real.with_plan(bomb(real, "{}", 10_000_000)),
    "250 MB of small values": lambda real: real.with_plan(bomb(real, "{}", 83_000_000)),
    "a text that is shorter than announced": lambda r: r.with_plan(r.parts.plan, 1 << 26),
    "a text that announces too much": lambda r: r.with_plan(r.parts.plan, 1 << 28),
    "lists in lists": lambda r: r.with_plan(bomb(r, "[" * 100_000 + "]" * 100_000, 1)),
}


@pytest.mark.parametrize("name", PLANS)
def test_plans_that_grow_are_refused(real: Real, tmp_path: Path, name: str) -> None:
    said = read(forge(tmp_path / "x.root", PLANS[name](real), [real.block], COLUMNS))
    assert said.startswith("CorruptError")


NETWORKS: dict[str, bytes] = {
    "an array of 2^28 numbers a row": doubling(28, constant=False),
    "an array of 2^36 numbers a row": doubling(36, constant=False),
    "a constant of 2^30 numbers": doubling(30, constant=True),
    "20,000 nodes": chain(20_000),
    "graphs in graphs": nested(3000),
    "a graph that is not one": b"\x3a\x00",
    "nothing": b"",
}


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_that_grow_are_refused(real: Real, tmp_path: Path, name: str) -> None:
    parts = real.with_network(NETWORKS[name])
    said = read(forge(tmp_path / "x.root", parts, [real.block], COLUMNS))
    assert said.startswith("CorruptError")


def test_a_gigabyte_of_networks_is_refused(real: Real, tmp_path: Path) -> None:
    packed = stream.varint(1 << 30) + zstd.compress(b"\1" + bytes((1 << 30) - 1), 1)
    parts = dataclasses.replace(real.parts, networks=packed)
    said = read(forge(tmp_path / "x.root", parts, [real.block], COLUMNS))
    assert said.startswith("CorruptError")
