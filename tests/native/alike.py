"""A block read by the native core and by rootae, in whatever order: the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from native.blocks import Native, NativeBlock

from rootae.codec.block_decoder import BlockDecoder
from rootae.codec.directory import Directory, directory
from rootae.codec.tree import TreeCoder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from rootae.codec.codec import Codec
    from rootae.schema.values import Values

__all__ = ["blocks_alike", "coded_alike", "python_decoder"]

TURNS = 12


def coded_alike(codec: Codec, *blocks: Mapping[str, Values], path: str = "t") -> None:
    """Hold that blocks are coded alike by the core and in Python, and read alike."""
    coder = codec.tree(path)
    plain = TreeCoder(coder.plan, codec.tables, codec.networks)
    for values in blocks:
        block = plain.encode(values)
        assert coder.encode(values) == block
        head = directory(block, codec.digest)
        blocks_alike(codec, path, head, b"".join(block.blobs))


def python_decoder(codec: Codec, path: str, head: bytes, blobs: bytes) -> BlockDecoder:
    """Return what decodes a block in Python."""
    coder = codec.tree(path)
    found = Directory.read(head, coder.layout, "here")
    starts = found.starts
    return BlockDecoder(coder, found, lambda ws: [blobs[starts[i] : starts[i + 1]] for i in ws])


def blocks_alike(codec: Codec, path: str, head: bytes, blobs: bytes) -> None:
    """Hold that a block is read alike: at once, and a few columns at a time."""
    native, rng = Native(codec.parts, path), np.random.default_rng(0)
    decoder = python_decoder(codec, path, head, blobs)
    layout, plan = codec.layout(path), codec.tree(path).plan
    wanted = {name: _bytes(values.flat) for name, values in decoder.columns(native.names).items()}
    _whole_alike(NativeBlock(native, head, blobs), wanted)
    block = NativeBlock(native, head, blobs)
    for _ in range(TURNS):
        size = int(rng.integers(1, 1 + min(len(native.names), rng.choice([1, 4, 10**6]))))
        names = [native.names[i] for i in rng.permutation(len(native.names))[:size]]
        inside = [n for n in names if rng.random() < 0.2]
        found = block.decode(names, keep=bool(rng.integers(2)), inside=inside)
        found |= {name: block.values(name) for name in inside}
        assert {n: _bytes(x) for n, x in found.items()} == {n: wanted[n] for n in names}
    for group in (g for g in plan.groups if g.encoder is not None):
        latents = decoder.latents(group.name)
        number = layout.groups[group.name]
        assert np.array_equal(block.latents(number, *latents.shape), latents)


def _whole_alike(block: NativeBlock, wanted: Mapping[str, bytes]) -> None:
    names = [*wanted]
    assert {n: _bytes(x) for n, x in block.decode(names).items()} == wanted
    assert {n: _bytes(x) for n, x in block.decode(names, keep=True).items()} == wanted
    assert block.needs(names) == []
    assert {n: _bytes(block.values(n)) for n in names} == wanted


def _bytes(values: NDArray[Any]) -> bytes:
    return values.tobytes()
