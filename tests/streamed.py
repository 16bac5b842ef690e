"""What every kind of stream must do, as checks that take the kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rootae.codec.streams import stream
from rootae.codec.streams.cursor import svarint
from rootae.codec.streams.kind import THOROUGH, Kind
from rootae.codec.streams.kinds.constant import Constant
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy
    from numpy.typing import NDArray

RNG = np.random.default_rng(0)
SAMPLES = {
    "empty": np.zeros(0, np.int64),
    "constant": np.full(9, -5),
    "bits": RNG.integers(0, 2, 900),
    "rare": (np.arange(2000) % 400 == 7).astype(np.int32),
    "bytes": np.tile(RNG.integers(0, 200, 30), 40),
    "small": RNG.integers(-300, 300, 500),
    "sorted": np.cumsum(RNG.integers(0, 9, 700)),
    "recurring": RNG.choice(RNG.integers(-(2**40), 2**40, 50), 600),
    "wide": RNG.integers(-(2**63), 2**63 - 1, 60),
    "extremes": np.array([-(2**63), 2**63 - 1, 0, -1]),
}
ANY = 1 << 62


def integers(low: int, high: int, most: int = 40) -> SearchStrategy[NDArray[np.int64]]:
    return arrays(np.int64, st.integers(1, most), elements=st.integers(low, high))


SHAPES = st.tuples(
    integers(-(2**63), 2**63 - 1),
    integers(0, 2**20),
    integers(-3, 70_000),
    integers(0, 255, 300),
    integers(-9, -8, 300),
    st.builds(np.full, st.integers(1, 500), st.integers(-(2**63), 2**63 - 1)),
    st.builds(np.resize, integers(-(2**63), 2**63 - 1, 6), st.integers(12, 90)),
    st.builds(np.cumsum, integers(-(2**20), 2**20, 90)),
)


def above(q: NDArray[Any]) -> tuple[int, NDArray[np.uint64], int]:
    """Return the minimum, what lies above it, and the largest of that."""
    low, high = (int(q.min()), int(q.max())) if len(q) else (0, 0)
    u = q.astype(np.int64).view(np.uint64) - np.uint64(low % 2**64)
    return low, u, high - low


def written(kind: Kind, q: NDArray[Any]) -> bytes | None:
    """Return a stream of this kind, or None where it does not serve."""
    low, u, span = above(q)
    before = u.copy()
    body = kind.encode(u, span, ANY, THOROUGH)
    assert u.tobytes() == before.tobytes()
    return None if body is None else bytes([kind.code]) + svarint(low) + body


def served(kind: Kind) -> list[tuple[NDArray[Any], bytes]]:
    """Return samples that the kind writes, and their streams; no integers are constants."""
    samples = (q for q in SAMPLES.values() if len(q) or kind.code == Constant.code)
    tried = [(q, written(kind, q)) for q in samples]
    found = [(q, data) for q, data in tried if data is not None]
    assert any(len(q) for q, _ in found), f"no sample is written as {kind.name}"
    return found


def numbers_or_damage(data: bytes, n: int) -> None:
    try:
        numbers = stream.decode(data, n)
    except CorruptError:
        return
    assert len(numbers) == n


def round_trip(kind: Kind) -> None:
    @settings(max_examples=50)
    @given(SHAPES)
    def held(shapes: tuple[NDArray[Any], ...]) -> None:
        for q in shapes:
            data = written(kind, q)
            if data is not None:
                back = stream.decode(data, len(q))
                assert back.dtype in (np.int32, np.int64)
                assert back.tolist() == q.tolist()

    held()


def samples_come_back(kind: Kind) -> None:
    for q, data in served(kind):
        assert stream.decode(data, len(q)).tolist() == q.tolist()
        assert written(kind, q) == data


def read_beside_other_kinds(kind: Kind) -> None:
    for q, data in served(kind):
        others = [*SAMPLES.values()]
        parts = [stream.encode(other) for other in others]
        counts = [len(other) for other in others]
        together = stream.decode_all([*parts, data, *parts], [*counts, len(q), *counts])
        assert together.tolist() == np.concatenate([*others, q, *others]).tolist()


def decodes_into_any_wider_memory(kind: Kind) -> None:
    for q, data in served(kind):
        low, u, _ = above(q)
        body = data[1 + len(svarint(low)) :]
        for width in (w for w in (1, 2, 4, 8) if w >= kind.width(body)):
            memory = np.full(len(q) + 2, 0xA5, np.uint8).astype(f"u{width}")
            kind.decode(body, memory[1:-1])
            assert memory[1:-1].astype(np.uint64).tolist() == u.tolist()
            assert memory[[0, -1]].tolist() == [0xA5, 0xA5]


def cut_at_any_byte_is_damage(kind: Kind) -> None:
    for q, data in served(kind):
        for size in range(len(data)):
            with pytest.raises(CorruptError):
                stream.decode(data[:size], len(q))


def bytes_behind_are_damage(kind: Kind) -> None:
    for q, data in served(kind):
        for more in (b"\0", b"\xff", data, b"\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00"):
            with pytest.raises(CorruptError):
                stream.decode(data + more, len(q))


def another_length_is_damage_or_as_many(kind: Kind) -> None:
    for q, data in served(kind):
        for n in {0, 1, len(q) // 2, len(q) - 1, len(q) + 1, len(q) + 256, 3_000_000} - {-1}:
            numbers_or_damage(data, n)


def changed_bytes_are_damage_or_as_many(kind: Kind) -> None:
    rng = np.random.default_rng(1)
    for q, whole in served(kind):
        for _ in range(200):
            data = bytearray(whole)
            for at in rng.integers(0, len(data), rng.integers(1, 4)):
                data[at] = rng.integers(0, 256)
            numbers_or_damage(bytes(data), len(q))


def any_body_is_damage_or_as_many(kind: Kind) -> None:
    @given(st.binary(max_size=60), st.integers(0, 100))
    def held(body: bytes, n: int) -> None:
        numbers_or_damage(bytes([kind.code]) + body, n)

    held()


def the_smallest_is_taken(kind: Kind) -> None:
    for q, data in served(kind):
        assert len(stream.encode(q)) <= len(data)


CHECKS = [
    round_trip,
    samples_come_back,
    read_beside_other_kinds,
    decodes_into_any_wider_memory,
    cut_at_any_byte_is_damage,
    bytes_behind_are_damage,
    another_length_is_damage_or_as_many,
    changed_bytes_are_damage_or_as_many,
    any_body_is_damage_or_as_many,
    the_smallest_is_taken,
]
