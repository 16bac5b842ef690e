"""What a sample and the blocks under way hold is bounded in bytes, whatever the columns are."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot

import rootae.source.tree
from rootae.operations import train
from rootae.source.source import Source
from rootae.writer import tree as writer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rootae.schema.values import Values

BRANCHES, LENGTH, ENTRIES = 50, 4096, 40
MB = 1 << 20


@pytest.fixture(scope="module")
def arrays_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file whose every entry holds 50 arrays of 4,096 numbers: 1.6 MB."""
    path = tmp_path_factory.mktemp("bytes") / "arrays.root"
    kind = np.dtype((np.float64, (LENGTH,)))
    with uproot.recreate(path, compression=uproot.ZSTD(1)) as file:
        for tree, entries in (("long", ENTRIES), ("short", 4)):
            names = [f"a{i}" for i in range(BRANCHES)]
            file.mktree(tree, dict.fromkeys(names, kind)).extend(
                dict.fromkeys(names, np.zeros((entries, LENGTH)))
            )
    return path


@pytest.mark.parametrize("limit", [32 * MB, 48 * MB])
def test_samples_of_all_trees_and_files_share_a_bound(
    arrays_file: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(train, "_BYTES", limit)
    with Source.open(arrays_file) as source:
        trees = [source.tree(name) for name in ("long", "short")]
        both = train.samples_of(trees)
        assert [s.schema.path for s in both] == ["long", "short"]
        assert 0 < sum(s.nbytes for s in both) <= limit
        assert both[0].nbytes > both[1].nbytes  # what the short tree leaves is the long one's
        half = train.samples_of(trees[:1], files=2)
        assert 0 < half[0].nbytes <= limit / 2


def test_narrow_numbers_count_as_their_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "_BYTES", MB)
    kind = np.dtype((np.uint8, (512,)))
    with uproot.recreate(tmp_path / "a.root") as file:
        file.mktree("t", {"a": kind}).extend({"a": np.zeros((5000, 512), np.uint8)})
    with Source.open(tmp_path / "a.root") as source:
        (sampled,) = train.samples_of([source.tree("t")])
    assert MB / 2 < sampled.nbytes <= MB
    assert sampled.values["a"].flat.nbytes == sampled.nbytes / 8


@pytest.mark.parametrize("limit", [8 * MB, 30 * MB, 100 * MB])
def test_blocks_under_way_are_bounded(
    arrays_file: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """One is always under way; several only as far as their values and codes are few."""
    monkeypatch.setattr(writer, "_workers", lambda: 8)
    monkeypatch.setattr(writer, "_UNDER_WAY", limit)
    monkeypatch.setattr(rootae.source.tree, "BYTES_AT_MOST", 4 * MB)
    held, most, lock = {}, [], threading.Lock()

    def encode(_coder: Any, values: Mapping[str, Values], where: str, _later: Any) -> str:
        with lock:
            held[where] = sum(v.flat.nbytes + 8 * v.flat.size for v in values.values())
            most.append((sum(held.values()), len(held)))
        return where

    monkeypatch.setattr(writer, "_encode", encode)
    with Source.open(arrays_file) as source:
        tree = source.tree("long")
        coder: Any = SimpleNamespace(plan=SimpleNamespace(columns=tree.schema.columns))
        done = 0
        where: Any  # what `encode` returns in place of a block
        for start, stop, where in writer._coded(tree, coder):
            del held[where]
            done += stop - start
    assert done == ENTRIES
    assert all(size <= limit or number == 1 for size, number in most)
    assert max(number for _, number in most) > 1 or limit == 8 * MB
