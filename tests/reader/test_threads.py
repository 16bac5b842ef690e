"""Values do not hang on what decodes, by how many threads, and how much is asked for at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward as ak
import pytest

import rootae
from rootae.codec import native
from rootae.container.container import Container
from rootae.errors import ArgumentError, CorruptError
from rootae.operations.info import info

if TYPE_CHECKING:
    from pathlib import Path

RANGES = [(None, None), (0, 20), (700, 2100), (1, 2999), (2999, 3000), (5, 5)]


def read(path: Path, **options: Any) -> list[ak.Array]:
    """Read all of a tree, and parts of it."""
    with rootae.open(path, **options) as file:
        tree = file["Events"]
        return [tree.arrays(entry_start=start, entry_stop=stop) for start, stop in RANGES]


def alike(mine: list[ak.Array], theirs: list[ak.Array]) -> bool:
    return all(ak.array_equal(a, b, equal_nan=True) for a, b in zip(mine, theirs, strict=True))


def test_there_are_many_blocks(many: Path) -> None:
    tree = next(t for t in info(many).trees if t.path == "Events")
    assert tree.blocks >= 8


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_change_nothing(many: Path, threads: int) -> None:
    assert alike(read(many, threads=threads), read(many))


@pytest.mark.skipif(native.core() is None, reason="the native core was not built")
def test_decoders_read_alike(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for said in ("native", "python"):
        monkeypatch.setenv("ROOTAE_DECODER", said)
        found.append(read(many, threads=2))
    assert alike(*found)


def test_plain_uproot_takes_the_number_from_the_environment(
    many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read(many)
    monkeypatch.setenv("ROOTAE_THREADS", "2")
    assert alike(read(many), before)
    monkeypatch.setenv("ROOTAE_THREADS", "no")
    with pytest.raises(ArgumentError, match="ROOTAE_THREADS is 'no'"):
        read(many)


def test_damage_in_any_block_is_found_by_any_thread(many: Path, tmp_path: Path) -> None:
    data = bytearray(many.read_bytes())
    stored = Container.open(many).stored("Events")
    blob = stored.row(5)["blobs"]
    at = data.find(blob[:64]) + len(blob) // 2
    data[at] ^= 1
    bad = tmp_path / "bad.root"
    bad.write_bytes(data)
    for threads in (1, 3):
        with rootae.open(bad, threads=threads) as file:
            tree = file["Events"]
            with pytest.raises(CorruptError, match="block 5"):
                tree.arrays()
