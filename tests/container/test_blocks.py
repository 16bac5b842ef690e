"""How little of a file is read for a column, and that other packings are read too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot
from coding import coded
from following import coded_by
from samples import write_columns

import rootae
import rootae.rootio.ranges
import rootae.source.tree
from rootae.codec.plan.lineage import ancestors
from rootae.errors import CorruptError
from rootae.reader.cache import cache
from rootae.reader.tree import CodedTree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from uproot.compression import LZMA, ZSTD

    from rootae.container.blocks import StoredTree

ROWS = 3000
RNG = np.random.default_rng(0)
A, B, Z = RNG.integers(0, 8, (3, 3 * ROWS)).astype("i4")
COLUMNS = {
    "a": A,
    "b": B,
    "sum": (1000 * (A + B) + RNG.integers(0, 4, len(A))).astype("i4"),
    "next": (1000 * A + RNG.integers(0, 4, len(A))).astype("i4"),
    "alone": Z * 100,
}


Opened = tuple[CodedTree, Any, list[tuple[int, int]]]  # with the tree, and ranges of bytes


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of three blocks, in which `sum` needs a and b, and `next` needs a."""
    folder = tmp_path_factory.mktemp("stored")
    codec, _ = coded_by(COLUMNS, {"sum": ("a", "b"), "next": ("a",)})
    source = write_columns(folder / "in.root", COLUMNS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rootae.source.tree, "ROWS_AT_MOST", ROWS)
        rootae.compress(source, folder / "out.root", codec=codec)
    return folder / "out.root"


@pytest.fixture
def opened(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """Return the coded tree, how to read it, and the ranges of bytes that reading asks for."""
    ranges = []
    with uproot.open(path) as file:
        tree = file["t"]
        source, coded_tree = tree.file.source, coded(tree)
        assert len(coded_tree.stored.ids) == 3
        one, several = source.chunk, source.chunks

        def chunk(start: int, stop: int) -> Any:
            ranges.append((start, stop))
            return one(start, stop)

        def chunks(wanted: list[tuple[int, int]], *arguments: Any, **options: Any) -> Any:
            ranges.extend(wanted)
            return several(wanted, *arguments, **options)

        monkeypatch.setattr(rootae.rootio.ranges, "_GAP", -1)  # every blob by itself
        monkeypatch.setattr(source, "chunk", chunk)
        monkeypatch.setattr(source, "chunks", chunks)
        yield coded_tree, tree, ranges


def blobs(stored: StoredTree, block: int) -> dict[tuple[str, str], tuple[int, int]]:
    """Return where each blob of a block lies in the file: {column: (start, stop)}."""
    branch = stored._tree["blobs"]
    key = branch.basket_key(block)
    assert key.data_compressed_bytes == key.data_uncompressed_bytes
    at, found = int(key.data_cursor.index), {}
    for name, size in stored.sizes(block).items():
        found[name] = at, at + size
        at += size
    assert at <= int(key.data_cursor.index) + key.data_uncompressed_bytes
    return found


@pytest.mark.parametrize("block", range(3))
@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_read_by_its_ancestors_ranges_of_bytes(
    opened: Opened, name: str, block: int
) -> None:
    coded_tree, tree, ranges = opened
    stored = coded_tree.stored
    where = [blobs(stored, i) for i in range(3)]
    inside = [(min(a for a, _ in w.values()), max(b for _, b in w.values())) for w in where]
    ranges.clear()
    start = block * ROWS
    found = tree[name].array(entry_start=start + 10, entry_stop=start + 20, library="np")
    assert found.tolist() == COLUMNS[name][start + 10 : start + 20].tolist()
    related = ancestors(stored.plans[0], name) | {name}
    assert related == {"sum": {"sum", "a", "b"}, "next": {"next", "a"}}.get(name, {name})
    wanted = sorted(where[block]["column", c] for c in related)
    asked = [r for r in ranges if any(a <= r[0] < b or a < r[1] <= b for a, b in inside)]
    assert sorted(asked) == wanted
    sizes = stored.sizes(block)
    assert sum(b - a for a, b in asked) == sum(sizes["column", c] for c in related)


def test_what_is_in_memory_is_not_read_again(opened: Opened) -> None:
    coded_tree, tree, ranges = opened
    where = {r for i in range(3) for r in blobs(coded_tree.stored, i).values()}
    tree["sum"].array()
    ranges.clear()
    tree["a"].array(entry_start=10)
    tree["b"].array(entry_stop=10)
    assert not where & set(ranges)
    cache.clear()
    tree["a"].array()
    assert len(where & set(ranges)) == 3


def test_what_lies_together_is_read_at_one_go(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    coded_tree, tree, ranges = opened
    monkeypatch.setattr(rootae.rootio.ranges, "_GAP", 1 << 14)
    tree["a"].array(entry_stop=1)
    cache.clear()
    ranges.clear()
    tree.arrays()
    where = [blobs(coded_tree.stored, i).values() for i in range(3)]
    rows = [(min(a for a, _ in w), max(b for _, b in w)) for w in where]
    inside = [r for r in ranges if any(a < r[1] and r[0] < b for a, b in rows)]
    assert len(inside) <= 3


def test_all_columns_together_read_every_blob_once(opened: Opened) -> None:
    coded_tree, tree, ranges = opened
    where = [
        r for i in range(3) for n, r in blobs(coded_tree.stored, i).items() if n[0] == "column"
    ]
    ranges.clear()
    arrays = tree.arrays(library="np")
    assert all(arrays[n].tolist() == x.tolist() for n, x in COLUMNS.items())
    assert sorted(set(ranges) & set(where)) == sorted(where)
    assert all(ranges.count(r) == 1 for r in where)


def repacked(path: Path, target: Path, compression: Any, together: int) -> Path:
    """Write a file anew as another program might: rows of blocks packed and compressed."""
    with uproot.open(path) as file, uproot.recreate(target, compression=compression) as out:
        tree = file["t"]
        hidden = coded(tree)._hidden
        arrays = {f"{n}__rae": np.full(tree.num_entries, 0xAE, "u1") for n in COLUMNS}
        arrays |= {n: b.array(library="np") for n, b in hidden.items()}
        out.mktree("t", {n: a.dtype for n, a in arrays.items()}).extend(arrays)
        for name in ("rootae/trees/t", *(f"rootae/{n}" for n in ("codecs", "copies", "files"))):
            rows = file[name].arrays(filter_name=lambda n: not n.startswith("n"))
            made = out.mktree(name, {k: str(rows[k].type.content) for k in rows.fields})
            made.compression = compression
            for at in range(0, len(rows), together):
                part = rows[at : at + together]
                made.extend({k: part[k] for k in part.fields})
        out["rootae/entries/t"] = file["rootae/entries/t"].to_numpy()
    return target


@pytest.mark.parametrize("together", [1, 2, 3])
@pytest.mark.parametrize("compression", [None, uproot.ZSTD(5), uproot.LZMA(1)], ids=str)
def test_baskets_that_another_program_packed_are_read(
    path: Path, tmp_path: Path, compression: LZMA | ZSTD | None, together: int
) -> None:
    target = repacked(path, tmp_path / "out.root", compression, together)
    with rootae.open(target) as file:
        tree = file["t"]
        for name, x in COLUMNS.items():
            cache.clear()
            assert (tree[name].array(library="np") == x).all()
            cache.clear()
            some = tree[name].array(library="np", entry_start=ROWS - 5, entry_stop=2 * ROWS + 5)
            assert (some == x[ROWS - 5 : 2 * ROWS + 5]).all()
        baskets = file["rootae/trees/t"]["blobs"].num_baskets
        assert baskets == -(-3 // together)
    assert rootae.verify(target).columns == len(COLUMNS)


@pytest.mark.parametrize("compression", [None, uproot.ZSTD(5)], ids=str)
def test_damage_in_packed_baskets_is_noticed(
    path: Path, tmp_path: Path, compression: ZSTD | None
) -> None:
    target = repacked(path, tmp_path / "out.root", compression, 3)
    with uproot.open(target) as file:
        key = file["rootae/trees/t"]["blobs"].basket_key(0)
        at = int(key.data_cursor.index) + key.data_compressed_bytes // 2
    data = bytearray(target.read_bytes())
    data[at] ^= 0x10
    target.write_bytes(data)
    cache.clear()
    with rootae.open(target) as file, pytest.raises(CorruptError):
        file["t"].arrays()


def test_a_file_cut_short_is_damage(path: Path, tmp_path: Path) -> None:
    """Blobs that lie beyond the end are noticed, although their directory is whole."""
    with rootae.open(path) as file:
        stored = coded(file["t"]).stored
        first, _ = blobs(stored, 1)["column", "alone"]
        size = stored.sizes(1)["column", "alone"]
    (tmp_path / "x.root").write_bytes(path.read_bytes())
    with uproot.open(tmp_path / "x.root") as file:
        found, source = coded(file["t"]).stored, file.file.source
        chunk = source.chunk

        def cut(start: int, stop: int) -> Any:
            got = chunk(start, stop)
            return type("Cut", (), {"raw_data": got.raw_data[: size // 2]})

        source.chunk = lambda a, b: cut(a, b) if a == first else chunk(a, b)
        with pytest.raises(CorruptError, match="alone"):
            found.decoder(1).values("alone")
        assert len(found.decoder(1).values("a").flat) == ROWS


SOURCES = {
    "memory map": lambda path: {"path": path, "handler": uproot.MemmapSource},
    "threads": lambda path: {"path": path, "handler": uproot.MultithreadedFileSource},
    "fsspec": lambda path: {"path": path, "handler": uproot.source.fsspec.FSSpecSource},
    "object": lambda path: {"path": path.open("rb")},
}


@pytest.mark.parametrize("how", SOURCES.values(), ids=SOURCES)
def test_ranges_are_read_through_every_kind_of_source(path: Path, how: Callable[..., Any]) -> None:
    arguments = how(path)
    with uproot.open(arguments.pop("path"), **arguments) as file:
        for name, x in COLUMNS.items():
            assert (file["t"][name].array(library="np") == x).all()
