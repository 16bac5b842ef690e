"""rootae and the second reader take the same for damage, and read the same from all else.

Codecs and blocks are changed at random, with checksums that are right: what one of them lets
through the other lets through too, bit for bit. So no rule of the text is in one of them only.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from following import COLUMNS, coded_by
from planned import changes
from reference.block import block_groups, column
from reference.codec import Codec as Second
from reference.damage import Damaged
from reference.networks import Network as Reference
from related import planned, related
from rounds import rounds
from tables import table

from rootae.codec.block_decoder import BlockDecoder
from rootae.codec.codec import Codec
from rootae.codec.contexts.network import Network
from rootae.codec.directory import Directory, directory
from rootae.errors import RootaeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rootae.codec.block import Block

Parts = tuple[bytes, bytes, bytes]  # of a codec
Read = tuple[dict[str, bytes] | None, str]

KINDS = ["diagram", "lane", "latent", "centre"]
ID = bytes(32)


@functools.cache
def coded(kind: str) -> tuple[Parts, Block]:
    """Return a codec's parts, and a block."""
    columns = {k: x[:600] for k, x in COLUMNS.items()}
    if kind == "diagram":
        codec, values = coded_by(columns, {"c": ("a", "b"), "b": ("a",)})
    elif kind == "centre":
        codec, (_, values) = planned(related(3000), "rel:1e-3"), table(related(200, 1))
    else:
        networks = pytest.importorskip("networks", reason="onnx is not installed")
        schema, values = table(columns)
        codec = networks.contexts_codec(schema, values, "a", "c", latent=kind == "latent")
    return codec.parts, codec.tree("t").encode(values)


def first(parts: Parts, block: Block) -> Read:
    """Read a block as rootae does: bytes by column, nothing of damage, and what is wrong."""
    head, blobs = directory(block, ID), b"".join(block.blobs)
    try:
        coder = Codec.from_parts(*parts).tree("t")
        found = Directory.read(head, coder.layout, "here")
        starts = found.starts

        def fetch(wanted: Sequence[int]) -> list[bytes]:
            return [blobs[starts[i] : starts[i + 1]] for i in wanted]

        decoder = BlockDecoder(coder, found, fetch)
        values = {c.name: decoder.values(c.name) for c in coder.plan.columns}
    except RootaeError as error:
        return None, str(error)
    return {n: v.flat.tobytes() for n, v in values.items()}, "taken"


def second(parts: Parts, block: Block) -> Read:
    """Read a block as the second reader does."""
    head, blobs = directory(block, ID), b"".join(block.blobs)
    try:
        codec = Second(*parts)
        tree = codec.tree("t")
        groups = block_groups(codec, tree, head, blobs)
        names = [c["name"] for c in tree["columns"]]
        values = {name: column(tree, groups, name) for name in names}
    except Damaged as error:
        return None, str(error)
    return {n: v.flat.tobytes() for n, v in values.items()}, "taken"


def agreed(parts: Parts, block: Block, what: str) -> bool:
    """Hold that both read the same, and say whether they read anything."""
    (ours, why), (theirs, why_too) = first(parts, block), second(parts, block)
    assert ours == theirs, f"{what}: {why} | {why_too}"
    return ours is not None


@pytest.mark.parametrize("kind", KINDS)
@rounds(100, 1500)
def test_any_change_of_a_plan_is_damage_to_both_or_to_neither(
    kind: str, seed: int, rounds: int
) -> None:
    rng = np.random.default_rng(seed)
    (text, tables, nets), block = coded(kind)
    bad = changes(text, rng, rounds)
    assert 0 < sum(agreed((plan, tables, nets), block, what) for plan, what in bad) < rounds


def changed(block: Block, rng: np.random.Generator) -> Block:
    """Change a lane's mode, a number of rows, or bytes of a blob; mostly first ones."""
    blobs, modes = list(map(bytearray, block.blobs)), bytearray(block.modes)
    rows, most = [*block.rows], [*block.most]
    blob = blobs[rng.integers(len(blobs))]
    match rng.integers(9):
        case 0:
            modes[rng.integers(len(modes))] = rng.integers(7)
        case 1:
            rows[rng.integers(len(rows))] += int(rng.integers(-2, 3))
        case 2:
            blob += bytes(rng.integers(1, 3))
        case 8:
            most[rng.integers(len(most))] += int(rng.integers(3))
        case 3:
            del blob[rng.integers(len(blob) + 1) :]
        case kind:
            at = rng.integers(min(len(blob), 12 if kind < 7 else 10**9))
            blob[at] = rng.integers(256) if kind % 2 else blob[at] ^ 1 << rng.integers(8)
    return dataclasses.replace(
        block,
        blobs=tuple(map(bytes, blobs)),
        modes=bytes(modes),
        rows=tuple(max(n, 0) for n in rows),
        most=tuple(most),
    )


@pytest.mark.parametrize("kind", KINDS)
@rounds(100, 1500)
def test_any_change_of_a_block_is_damage_to_both_or_to_neither(
    kind: str, seed: int, rounds: int
) -> None:
    rng = np.random.default_rng(seed)
    parts, block = coded(kind)
    bad = [changed(block, rng) for _ in range(rounds)]
    assert 0 < sum(agreed(parts, b, str(b)[:300]) for b in bad) < rounds


@rounds(1000, 20_000)
def test_any_change_of_a_network_is_damage_to_both_or_to_neither(seed: int, rounds: int) -> None:
    networks = pytest.importorskip("networks", reason="onnx is not installed")
    rng, made = np.random.default_rng(seed), networks.every_operator()
    taken = 0
    for _ in range(rounds):
        data = bytearray(made)
        at, kind = rng.integers(len(data)), rng.integers(3)
        data[at : at + int(kind > 0)] = bytes([rng.integers(256)] * int(kind < 2))
        for decoder in (True, False):
            ours, theirs = (
                reads(Network, data, integer=decoder),
                reads(Reference, data, decoder=decoder),
            )
            assert ours == theirs, f"{at}: {made[at]} -> {data[at : at + 1].hex()}"
            taken += ours
    assert 0 < taken < 2 * rounds


def reads(network: Callable[..., object], data: bytearray, **how: Any) -> bool:
    try:
        network(bytes(data), **how)
    except (RootaeError, Damaged):
        return False
    return True


def test_every_cut_of_tables_and_networks_is_damage_to_both() -> None:
    parts, block = coded("lane")
    for which in (1, 2):
        data = parts[which]
        for bad in [*(data[:i] for i in range(len(data))), data + b"\0", b"\0" + data]:
            changed = list(parts)
            changed[which] = bad
            assert not agreed((changed[0], changed[1], changed[2]), block, bad.hex())
