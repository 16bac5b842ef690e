from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import uproot
from samples import event_arrays, write_events

import rootae.source.tree
from rootae.errors import ArgumentError, FormatError, NameNotFound
from rootae.rootio.compression import setting_in
from rootae.rootio.opening import split_path
from rootae.rootio.process import process
from rootae.source.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray
    from uproot.compression import LZ4, LZMA, ZLIB, ZSTD

    from rootae.schema.values import Values


def test_trees_are_found_at_any_depth(events: Path) -> None:
    with Source.open(events) as source:
        assert source.tree_paths() == ["Events", "deep/er/Events"]
        assert source.tree_paths(["deep/*"]) == ["deep/er/Events"]
        assert source.directories() == ["deep", "deep/er"]
        assert {n for n, _ in source.objects()} == {"deep/counts;1", "counts;1", "about;1"}


def test_a_tree_glob_that_matches_nothing_lists_what_is_there(events: Path) -> None:
    with Source.open(events) as source, pytest.raises(NameNotFound, match="Events"):
        source.tree_paths(["Event"])


@pytest.mark.parametrize("kind", ["missing", "folder", "empty", "text"])
def test_what_is_no_root_file_is_said_in_one_line(tmp_path: Path, kind: str) -> None:
    path = tmp_path if kind == "folder" else tmp_path / "x.root"
    if kind in ("empty", "text"):
        path.write_text("" if kind == "empty" else "text" * 999)
    with pytest.raises((ArgumentError, FormatError)) as caught:
        Source.open(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("a.root", ("a.root", None)),
        ("a.root:t", ("a.root", "t")),
        ("d/a.root:d/t", ("d/a.root", "d/t")),
        ("root://host//a.root", ("root://host//a.root", None)),
        ("http://host:8000/x.root", ("http://host:8000/x.root", None)),
        ("http://host:8000", ("http://host:8000", None)),
        ("https://me@host:8000/d/x.root:d/t", ("https://me@host:8000/d/x.root", "d/t")),
        ("root://host:1094//path:tree", ("root://host:1094//path", "tree")),
        ("root://host:1094//a/x.root:A:B", ("root://host:1094//a/x.root", "A:B")),
        ("root://host:1094//a/x.root", ("root://host:1094//a/x.root", None)),
        ("simplecache::http://host:80/x.root:t", ("simplecache::http://host:80/x.root", "t")),
        ("simplecache::http://[::1]:80/x.root", ("simplecache::http://[::1]:80/x.root", None)),
        ("file:///tmp/x.root:t", ("file:///tmp/x.root", "t")),
        ("s3://bucket/x.root", ("s3://bucket/x.root", None)),
    ],
)
def test_a_tree_may_stand_behind_the_path(text: str, pair: tuple[Any, ...]) -> None:
    assert split_path(text) == pair


def test_a_file_whose_name_has_a_colon_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a:b.root"
    path.touch()
    assert split_path(str(path)) == (str(path), None)


@pytest.mark.parametrize("tree", ["DecayTree:B", "a/b:c;d", ":x"])
def test_a_tree_behind_the_path_may_have_colons(tmp_path: Path, tree: str) -> None:
    path = tmp_path / "a:b.root"
    path.touch()
    assert split_path(f"{path}:{tree}") == (str(path), tree)


def test_the_schema_says_what_uproot_says(events: Path) -> None:
    with Source.open(events) as source:
        schema = source.tree("Events").schema
    assert schema.title == "all events"
    columns = {column.name: column for column in schema.columns}
    assert columns["matrix"].inner_shape == (3, 3)
    assert columns["Jet_pt"].counter == "nJet"
    assert columns["nJet"].is_counter
    assert not columns["event"].is_counter
    assert columns["event"].dtype == "uint64"
    assert [b.name for b in schema.passing] == ["label"]
    assert schema.unsupported == ()
    assert set(schema.order) == {c.name for c in schema.columns} | {"label"}


def test_values_are_what_was_written(events: Path) -> None:
    wanted = event_arrays(3000, 0)
    with Source.open(events) as source:
        values = source.tree("Events").values(100, 200)
    assert np.array_equal(values["matrix"].flat, wanted["matrix"][100:200])
    assert values["Jet_pt"].to_array().tolist() == wanted["Jet_pt"][100:200].tolist()
    assert values["event"].flat.tolist() == wanted["event"][100:200].tolist()


@pytest.mark.parametrize("rows", [1, 7, 100, 10**6])
def test_blocks_cover_every_entry_once_and_keep_groups_small(
    events: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(rootae.source.tree, "ROWS_AT_MOST", rows)
    with Source.open(events) as source:
        tree = source.tree("Events")
        blocks = list(tree.blocks())
        counts = tree.tree["nJet"].array(library="np")
    assert blocks[0][0] == 0
    assert blocks[-1][1] == 3000
    assert all(a[1] == b[0] for a, b in itertools.pairwise(blocks))
    assert all(stop == start + 1 or counts[start:stop].sum() <= rows for start, stop in blocks)
    assert all(stop - start <= max(rows, 1) for start, stop in blocks)


def test_blocks_go_on_where_counts_are_read_in_pieces(
    events: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rootae.source.tree, "_COUNTS_AT_ONCE", 700)
    monkeypatch.setattr(rootae.source.tree, "ROWS_AT_MOST", 900)
    with Source.open(events) as source:
        blocks = list(source.tree("Events").blocks())
    assert [b[0] for b in blocks[1:]] == [b[1] for b in blocks[:-1]]
    assert (blocks[0][0], blocks[-1][1]) == (0, 3000)


def _listed(counts: NDArray[np.int64] | None) -> Any:
    return None if counts is None else counts.tolist()


def equal(a: Mapping[str, Values], b: Mapping[str, Values]) -> bool:
    """Say whether two mappings of values are equal bit for bit."""
    return a.keys() == b.keys() and all(
        a[n].flat.dtype == b[n].flat.dtype
        and a[n].flat.shape == b[n].flat.shape
        and a[n].flat.tobytes() == b[n].flat.tobytes()
        and _listed(a[n].counts) == _listed(b[n].counts)
        for n in a
    )


@pytest.mark.parametrize("rows", [pytest.param(50, marks=pytest.mark.slow), 999, 10**6])
@pytest.mark.parametrize("at_once", [1, 10**5, 10**9])
@pytest.mark.parametrize("names", [None, ("Jet_pt", "matrix"), ()])
def test_blocks_read_together_are_those_read_one_by_one(
    events: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: int,
    at_once: int,
    names: tuple[str, ...] | None,
) -> None:
    monkeypatch.setattr(rootae.source.tree, "ROWS_AT_MOST", rows)
    monkeypatch.setattr(rootae.source.tree, "_BYTES_AT_ONCE", at_once)
    with Source.open(events) as source:
        tree = source.tree("Events")
        blocks = list(tree.blocks())
        some = blocks[::2] if rows == 50 else blocks  # not all of them neighbours
        parts = list(tree.parts(iter(some), names))
        assert [p[:2] for p in parts] == some
        for start, stop, values in parts[:: max(len(parts) // 9, 1)]:
            assert equal(values, tree.values(start, stop, names))


def test_neighbouring_blocks_are_read_at_once_as_far_as_memory_allows(
    events: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rootae.source.tree, "ROWS_AT_MOST", 500)
    calls = []
    with Source.open(events) as source:
        tree = source.tree("Events")
        read = tree.values

        def values(start: int, stop: int, names: Any = None) -> dict[str, Values]:
            calls.append((start, stop))
            return read(start, stop, names)

        monkeypatch.setattr(tree, "values", values)
        blocks = list(tree.blocks())
        list(tree.parts(blocks))
        assert calls == [(0, 3000)]
        calls.clear()
        list(tree.parts([b for b in blocks if b != blocks[3]]))
        assert calls == [(0, blocks[2][1]), (blocks[4][0], 3000)]
        calls.clear()
        monkeypatch.setattr(rootae.source.tree, "_BYTES_AT_ONCE", 1)
        list(tree.parts(blocks))
        assert calls == blocks


def test_an_empty_tree_has_no_blocks(tmp_path: Path) -> None:
    with Source.open(write_events(tmp_path / "a.root", 0)) as source:
        assert list(source.tree("Events").blocks()) == []
        assert _listed(source.tree("Events").values(0, 0)["Jet_pt"].counts) == []


def test_cycles_that_are_out_of_date_are_listed(tmp_path: Path) -> None:
    with uproot.recreate(tmp_path / "a.root") as file:
        for k in range(2):
            file.mktree("t", {"x": "i4"}).extend({"x": np.full(5, k)})
            file["h"] = np.histogram([k], bins=3)
    with Source.open(tmp_path / "a.root") as source:
        assert sorted(source.old_cycles()) == ["h;1", "t;1"]
        assert source.tree_paths() == ["t"]
        assert source.tree("t").values(0, 5)["x"].flat.tolist() == [1] * 5
        assert not source.is_autosave("t;1")


@pytest.fixture
def old_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file whose directories are called what ROOT 5 and Geant4 call them."""
    known: Any = uproot.writing._cascade.String

    class Old(known):  # type: ignore[misc]  # uproot has no types
        def __init__(self, location: Any, string: str) -> None:
            super().__init__(location, "TDirectoryFile" if string == "TDirectory" else string)

    monkeypatch.setattr(uproot.writing._cascade, "String", Old)
    path = tmp_path / "old.root"
    with uproot.recreate(path) as file:
        file.mkdir("macros/empty")
        file["macros/run"] = "a macro"
        file.mktree("deep/t", {"x": "i4"}).extend({"x": np.arange(20_000, dtype="i4") % 7})
    monkeypatch.undo()
    with uproot.open(path) as file:
        assert file.classnames(cycle=False)["macros/empty"] == "TDirectoryFile"
    return path


def test_directories_of_old_files_are_no_objects(old_directories: Path) -> None:
    with Source.open(old_directories) as source:
        assert source.directories() == ["macros", "macros/empty", "deep"]
        assert [name for name, _ in source.objects()] == ["macros/run;1"]


@pytest.mark.parametrize("backend", ["uproot", "root"])
def test_directories_of_old_files_are_kept(
    old_directories: Path, tmp_path: Path, backend: str
) -> None:
    if backend == "root" and not process.installed():
        pytest.skip("ROOT is not installed")
    rootae.compress(old_directories, tmp_path / "out.root", family="plain", backend=backend)
    with rootae.open(tmp_path / "out.root") as a, uproot.open(old_directories) as b:
        assert sorted(a.keys()) == sorted(b.keys())
        assert a["macros/run"] == b["macros/run"]
        assert a["deep/t"]["x"].array().tolist() == b["deep/t"]["x"].array().tolist()


@pytest.mark.parametrize(
    ("setting", "code"),
    [(uproot.ZLIB(4), 104), (uproot.LZMA(5), 205), (uproot.LZ4(1), 401), (uproot.ZSTD(7), 507)],
)
def test_the_input_s_compression_is_known(
    tmp_path: Path, setting: LZ4 | LZMA | ZLIB | ZSTD, code: int
) -> None:
    with uproot.recreate(tmp_path / "a.root", compression=setting) as file:
        file.mktree("t", {"x": "i4"}).extend({"x": np.arange(50)})
    with Source.open(tmp_path / "a.root") as source:
        assert source.compression.code == code


def test_ntuples_are_trees(shared: Path) -> None:
    with Source.open(shared / "edge/TNtuple.root") as source:
        [path] = source.tree_paths()
        assert len(source.tree(path).schema.columns) > 1
        assert source.objects() == []


def test_vectors_count_themselves(shared: Path) -> None:
    with Source.open(shared / "edge/uproot-stl_containers.root") as source:
        tree = source.tree(source.tree_paths()[0])
        vectors = [c for c in tree.schema.columns if c.is_vector]
        values = tree.values(0, tree.entries)
        assert vectors
        for column in vectors:
            assert column.counter == column.name + "@size"
            wanted = ak.num(tree.tree[column.name].array()).tolist()
            assert values[column.counter].flat.tolist() == wanted


def test_a_compression_that_there_is_not_is_none() -> None:
    class Odd:
        @property
        def compression(self) -> Any:
            return uproot.compression.Compression.from_code_pair(2, 12)

    assert setting_in(Odd()) is None
