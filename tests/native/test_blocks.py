"""Blocks by the native core are those of rootae, bit for bit, and refused where rootae refuses."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from following import COLUMNS
from native.blocks import CORRUPT, FORMAT, Native, NativeBlock, Refused
from native.test_coded_blocks import linked, nested, shaped, without_bound
from planned import changes
from promises import test_two_readers as two
from promises.test_two_readers import ID, changed, first
from rounds import rounds
from tables import table

from rootae.codec.codec import Codec
from rootae.codec.directory import directory

if TYPE_CHECKING:
    from promises.test_two_readers import Parts, Read

    from rootae.codec.block import Block


KINDS = [*two.KINDS, "links", "nested", "shaped", "none"]


@functools.cache
def coded(kind: str) -> tuple[Parts, Block]:
    """Return a codec's parts, and a block."""
    if kind == "none":
        codec = without_bound(Codec.from_parts(*two.coded("lane")[0]), "c")
        values = table({k: x[:600] for k, x in COLUMNS.items()})[1]
    elif kind == "links":
        codec, values, _ = linked("rel:1e-3", entries=200)
    elif kind in ("nested", "shaped"):
        codec, values = {"nested": nested, "shaped": shaped}[kind](150)
    else:
        return two.coded(kind)
    return codec.parts, codec.tree("t").encode(values)


def native(parts: Parts, block: Block) -> Read:
    """Read a block as `first` does: column by column, all that is kept."""
    head, blobs = directory(block, ID), b"".join(block.blobs)
    try:
        codec = Native(parts)
        opened = NativeBlock(codec, head, blobs)
        values = {n: opened.decode([n], keep=True)[n].tobytes() for n in codec.names}
        whole = NativeBlock(codec, head, blobs).decode(codec.names)
    except Refused as error:
        kind, why = error.kind, str(error)
    else:
        assert values == {n: v.tobytes() for n, v in whole.items()}
        return values, "taken"
    assert kind in (CORRUPT, FORMAT), why
    return None, why


def agreed(parts: Parts, block: Block, what: str) -> bool:
    """Hold that both read the same, and say whether they read anything."""
    (theirs, why), (ours, why_too) = first(parts, block), native(parts, block)
    assert ours == theirs, f"{what}: {why} | {why_too}"
    return ours is not None


@pytest.mark.parametrize("kind", KINDS)
def test_blocks_are_read_alike(kind: str) -> None:
    assert agreed(*coded(kind), kind)


@pytest.mark.parametrize("kind", KINDS)
@rounds(100, 1500)
def test_any_change_of_a_plan_is_damage_to_both_or_to_neither(
    kind: str, seed: int, rounds: int
) -> None:
    rng = np.random.default_rng(seed)
    (text, tables, nets), block = coded(kind)
    bad = changes(text, rng, rounds)
    assert 0 < sum(agreed((plan, tables, nets), block, what) for plan, what in bad) < rounds


@pytest.mark.parametrize("kind", KINDS)
@rounds(100, 1500)
def test_any_change_of_a_block_is_damage_to_both_or_to_neither(
    kind: str, seed: int, rounds: int
) -> None:
    rng = np.random.default_rng(seed)
    parts, block = coded(kind)
    bad = [changed(block, rng) for _ in range(rounds)]
    assert 0 < sum(agreed(parts, b, str(b)[:300]) for b in bad) < rounds
