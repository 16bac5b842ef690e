"""A block by several threads of the native core: the bytes and the errors of one thread."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from following import COLUMNS, coded_by
from native.blocks import ARGUMENT, Native, NativeBlock, Refused
from native.test_coded_blocks import linked, nested, shaped, without_bound
from promises.test_two_readers import ID, changed
from related import planned, related
from rounds import rounds
from tables import table

from rootae.codec.directory import directory
from rootae.schema.values import Values

if TYPE_CHECKING:
    from promises.test_two_readers import Parts

    from rootae.codec.block import Block

ROWS = 20_000  # so that it is worth while to start threads
KINDS = ("diagram", "latent", "none", "centre", "links", "nested", "shaped")
THREADS = (1, 2, 5)


@functools.cache
def large(kind: str) -> tuple[Parts, Block]:
    """Return a codec's parts, and a block of many rows."""
    columns = {name: np.resize(x, ROWS) for name, x in COLUMNS.items()}
    if kind == "diagram":
        codec, values = coded_by(columns, {"c": ("a", "b"), "b": ("a",), "d": ("a", "c", "b")})
    elif kind == "centre":
        codec, (_, values) = planned(related(3000), "rel:1e-3"), table(related(ROWS, 1))
    elif kind == "links":
        codec, few, _ = linked("rel:1e-3")
        values = {name: repeated(x, 8) for name, x in few.items()}
    elif kind in ("nested", "shaped"):
        codec, values = {"nested": nested, "shaped": shaped}[kind](ROWS // 2)
    else:
        networks = pytest.importorskip("networks", reason="onnx is not installed")
        schema, values = table(columns)
        codec = networks.contexts_codec(schema, values, "a", "c", latent=kind == "latent")
        codec = without_bound(codec, "c") if kind == "none" else codec
    return codec.parts, codec.tree("t").encode(values)


def repeated(values: Values, times: int) -> Values:
    """Return the same entries several times."""
    counts = None if values.counts is None else np.tile(values.counts, times)
    return Values(np.concatenate([values.flat] * times), counts)


def read(codec: Native, block: Block, threads: int) -> Any:
    """Return the bytes of all columns, or what is wrong."""
    try:
        opened = NativeBlock(codec, directory(block, ID), b"".join(block.blobs))
        found = opened.decode(codec.names, threads=threads)
    except Refused as error:
        return error.kind, str(error)
    return {name: values.tobytes() for name, values in found.items()}


@pytest.mark.parametrize("kind", KINDS)
@rounds(5, 100)
def test_any_number_of_threads_gives_the_same(kind: str, seed: int, rounds: int) -> None:
    parts, block = large(kind)
    wanted = read(Native(parts), block, 1)
    assert isinstance(wanted, dict), wanted
    for _ in range(rounds):
        codec = Native(parts)  # what is made as somebody first asks is made by several threads
        assert all(read(codec, block, threads) == wanted for threads in THREADS[1:])


@pytest.mark.parametrize("kind", KINDS)
@rounds(30, 500)
def test_errors_are_those_of_one_thread(kind: str, seed: int, rounds: int) -> None:
    rng = np.random.default_rng(seed)
    parts, block = large(kind)
    codec, refused = Native(parts), 0
    for _ in range(rounds):
        bad = changed(block, rng)
        first, *others = (read(codec, bad, threads) for threads in THREADS)
        assert all(other == first for other in others)
        refused += isinstance(first, tuple)
    assert refused > 0


def test_some_columns_by_several_threads() -> None:
    parts, block = large("links")
    codec, rng = Native(parts), np.random.default_rng(0)
    wanted = read(codec, block, 1)
    opened = NativeBlock(codec, directory(block, ID), b"".join(block.blobs))
    for _ in range(20):
        some = rng.permutation(codec.names)[: rng.integers(1, len(codec.names))].tolist()
        found = opened.decode(some, keep=bool(rng.integers(2)), threads=int(rng.choice(THREADS)))
        assert {n: x.tobytes() for n, x in found.items()} == {n: wanted[n] for n in some}


def test_no_thread_at_all_is_refused() -> None:
    parts, block = large("diagram")
    assert read(Native(parts), block, 0)[0] == ARGUMENT
