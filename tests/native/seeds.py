"""What fuzzers of the native core begin with: sound inputs of every kind, made anew each time.

`python -m native.seeds FOLDER` writes a folder for each of `native/fuzz/fuzz_*.cpp`.
"""

from __future__ import annotations

import dataclasses
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

import networks
import numpy as np
from following import COLUMNS, coded_by
from related import planned, related, wild
from tables import table

from native import test_coded_blocks as made
from rootae.codec import lane, lane_encoder, packed
from rootae.codec.codec import Codec
from rootae.codec.plan.contexts import Digit, Feature, Stage
from rootae.codec.plan.plan import Plan
from rootae.codec.streams import runs, stream, zstd
from rootae.codec.streams.kind import THOROUGH
from rootae.codec.streams.registry import KINDS
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from rootae.codec.block import Block

__all__ = ["Coded", "seeds"]

ROWS = 80
BOUNDS = ("exact", "abs:1e-2", "rel:1e-3", "rel:1e-6")


class Coded(NamedTuple):
    """A codec, and a block that it coded.

    Arguments:
        codec, block: these.
    """

    codec: Codec
    block: Block


def seeds() -> dict[str, list[bytes]]:
    """Return inputs by the fuzzer that takes them."""
    with (
        mock.patch.object(zstd, "compress", _stored),
        mock.patch.object(lane_encoder, "_smallest", _by_contexts),
        mock.patch.object(runs, "_LEAST_RUN", 9),
    ):
        coded = [*_coded()]
        streams = [*_streams()]
    return {
        "block": [_framed(x, how) for how, x in enumerate(coded)],
        "plan": [x.codec.parts[0] for x in coded],
        "stream": [*streams, *(data for x in coded for data in _lanes(x.block))],
        "network": [*_networks(coded)],
        "directory": [_directory(n) for n in range(3)],
    }


def _stored(data: bytes, level: int = 0) -> bytes:
    """Return a frame of one block that holds the bytes as they are: fuzzers have no zstd."""
    head = b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(data))
    return head + (len(data) << 3 | 1).to_bytes(3, "little") + data


def _by_contexts(
    bodies: Mapping[int, NDArray[Any]], contexts: NDArray[Any] | None
) -> tuple[int, bytes]:
    """Code a lane by contexts, or about its centre, whether that pays or not."""
    mode = max(bodies)
    if contexts is None:
        return mode, stream.encode(bodies[mode])
    return lane.CONTEXTS, runs.encode(bodies[mode], contexts)


def _coded() -> Iterator[Coded]:
    for bound in BOUNDS:
        codec, odd = planned(related(3000), bound), wild(related(ROWS, 2))
        yield from _blocks(codec, table(related(ROWS, 1))[1], table(odd)[1])
    for bound in ("abs:0.5", "rel:1e-2", "none"):
        yield from _blocks(planned(_special(400), bound), table(_special(ROWS))[1])
    for bound in BOUNDS[:3]:
        yield from _blocks(*made.linked(bound, ROWS // 4, copied=True)[:2])
    yield from _blocks(*made.nested(ROWS // 4))
    shaped = Coded(*_first(*made.shaped(ROWS // 4)))
    yield shaped
    for code in (2, 3, 4):
        yield shaped._replace(block=_again(shaped.block, code))
    yield from _in_contexts()


def _in_contexts() -> Iterator[Coded]:
    """Yield codecs with contexts."""
    values = table({name: x[:ROWS] for name, x in COLUMNS.items()})[1]
    parents = {"c": ("a", "b"), "b": ("a",), "d": ("a", "c", "b")}
    yield from _blocks(coded_by(COLUMNS, parents)[0], values)
    yield from _blocks(*made.seeing(ROWS // 4)[:2])
    codecs = [networks.contexts_codec(*table(COLUMNS), "a", "c", latent=x) for x in (False, True)]
    codecs += [made.without_bound(codec, "c") for codec in codecs]
    for codec in [*codecs, _of_digits(codecs[0]), made.wide()]:
        yield from _blocks(codec, values)
    codec, _ = made.two_stages(2)
    yield from _blocks(codec, values | {"d": Values(made.two_stages(2)[1]["d"].flat[:ROWS])})


def _of_digits(codec: Codec) -> Codec:
    """Return a codec whose stage sees digits."""
    (plan,) = codec.plan.trees
    (group,) = plan.groups
    (stage,) = group.contexts
    assert isinstance(stage, Stage)
    inputs = tuple(Feature(x.of, Digit(-1, 1, 7)) for x in stage.inputs)
    contexts = (dataclasses.replace(stage, inputs=inputs),)
    groups = (dataclasses.replace(group, contexts=contexts),)
    plan = dataclasses.replace(plan, groups=groups)
    return Codec(Plan((plan,)), codec.tables, [n.onnx for n in codec.networks])


def _first(codec: Codec, values: Mapping[str, Values]) -> Coded:
    return next(_blocks(codec, values))


def _blocks(codec: Codec, *blocks: Mapping[str, Values]) -> Iterator[Coded]:
    for values in blocks:
        yield Coded(codec, codec.tree("t").encode(values))


def _special(rows: int) -> dict[str, NDArray[np.float32]]:
    """Return columns with sentinels."""
    rng = np.random.default_rng(rows)
    columns = {name: rng.normal(0, 40, rows).astype("f4") for name in "xy"}
    for value in (-999, -500, 311.3):
        for column in columns.values():
            column[rng.random(rows) < 0.1] = value
    return columns | {"sum": columns["x"] + columns["y"]}


def _again(block: Block, code: int) -> Block:
    """Return a block whose plain lanes are streams of one kind where that can hold them."""
    blobs = []
    for blob, mode in zip(block.blobs, block.modes, strict=True):
        plain = mode == lane.PLAIN and blob[0] == 0  # no escapes
        q = stream.decode(blob[2:], block.rows[0]) if plain else np.zeros(0, np.int64)
        other = _of_kind(q, code) if len(q) else None
        blobs.append(blob if other is None else blob[:2] + other)
    return dataclasses.replace(block, blobs=tuple(blobs))


def _of_kind(q: NDArray[np.int64], code: int) -> bytes | None:
    """Return a stream of a kind, or none where that holds no such integers."""
    low, spread = int(q.min()), int(q.max() - q.min())
    u = (q - low).astype(np.uint8)
    begin = bytes([code]) + stream.svarint(low)
    if code == 2 and spread < 256:
        return begin + _stored(u.tobytes())
    if code == 3 and spread < 2:
        return begin + _stored(np.packbits(u).tobytes())
    if code == 4 and spread < 256:
        values, which = np.unique(q - low, return_inverse=True)
        page = KINDS[1].encode(values.astype(np.uint64), int(values[-1]), 1 << 62, THOROUGH)
        if page is not None:
            found = stream.varint(len(values)) + stream.varint(len(page)) + page
            return begin + found + b"\2" + _stored(which.astype(np.uint8).tobytes())
    return None


def _framed(coded: Coded, how: int) -> bytes:
    """Return a codec and a block as `fuzz_block.cpp` takes them."""
    codec, block = coded
    (tree,) = codec.plan.trees
    head = struct.pack("<BBH", 0, how, block.entries)
    for group, rows, most in zip(tree.groups, block.rows, block.most, strict=True):
        head += struct.pack("<HH", rows if group.name else 0, most)
    onnx = [n.onnx for n in codec.networks]
    _, tables, _ = codec.parts
    joined = [stream.join(packed.unpack(tables, "tables", 1 << 20)), stream.join(onnx)]
    parts = [codec.parts[0], *joined, head + block.modes, *block.blobs]
    return b"".join(struct.pack("<I", len(part)) + part for part in parts)


def _streams() -> Iterator[bytes]:
    rng = np.random.default_rng(0)
    for n in (1, 7, 256, 600):
        steps = rng.integers(-3, 4, n).cumsum() * 1000
        pages = [steps, steps.cumsum(), rng.integers(-(2**62), 2**62, n), rng.poisson(3, n)]
        for q in [*pages, rng.choice([1, 2**40, -7], n), np.full(n, 3)]:
            yield struct.pack("<HBB", n, 0, 0) + stream.encode(q)
            for code in (2, 3, 4):
                other = _of_kind(q, code)
                if other is not None:
                    yield struct.pack("<HBB", n, 0, 0) + other


def _lanes(block: Block) -> Iterator[bytes]:
    """Yield lanes with what they are decoded by, which `fuzz_stream.cpp` makes up."""
    if len(block.blobs) != len(block.modes) or len(block.rows) > 1:
        return
    for blob, mode in zip(block.blobs[:6], block.modes, strict=False):
        for how in (8, 9, 28):
            yield struct.pack("<HBB", block.rows[0], 128 | mode, how) + blob


def _networks(coded: Iterable[Coded]) -> Iterator[bytes]:
    yield networks.every_operator()
    yield from {n.onnx: None for x in coded for n in x.codec.networks}


def _directory(passing: int) -> bytes:
    """Return a directory of the tree in `fuzz_directory.cpp`, without its checksum."""
    groups, blobs, lanes = 2, 4, 3
    numbers = struct.pack("<Q2Q2I", 5, 5, 9, 0, 3) + bytes(range(8 * blobs + lanes))
    assert len(numbers) == 8 + 12 * groups + 8 * blobs + lanes
    return bytes(32) + numbers + struct.pack("<I", passing) + bytes(8 * passing)


def main(folder: Path) -> None:
    """Write the inputs, a file each."""
    for name, inputs in seeds().items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for i, data in enumerate(inputs):
            (folder / name / f"seed-{i:03d}").write_bytes(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
