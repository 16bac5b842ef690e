from __future__ import annotations

import cProfile
import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import awkward as ak
import numpy as np
import pytest
import uproot
from coding import coded
from samples import same, write_columns, write_events
from uproot.behaviors.TTree import TTree

import rootae
import rootae.source.tree
from rootae.codec.block_decoder import BlockDecoder
from rootae.errors import CorruptError
from rootae.reader import hook
from rootae.reader.cache import BlockCache, FileBlocks, blocks_of, cache
from rootae.reader.hook import install

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

COUNTED = ["nJet", "Jet_pt", "Jet_eta"]


T = TypeVar("T")


@pytest.fixture(scope="module")
def many_blocks(events: Path, packed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same file in blocks of few entries."""
    path = tmp_path_factory.mktemp("blocks") / "out.root"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rootae.source.tree, "ROWS_AT_MOST", 700)
        rootae.compress(events, path, codec=packed, trees=["Events"])
    return path


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 3000), (0, 5), (170, 180), (100, 2000), (2999, 3000), (600, 600)]
)
def test_ranges_across_blocks_are_put_together(
    events: Path, many_blocks: Path, start: int, stop: int
) -> None:
    with uproot.open(events) as a, uproot.open(many_blocks) as b:
        assert len(coded(b["Events"]).stored.entries) > 10
        for name in ("Jet_pt", "matrix", "nMuon", "MET_pt"):
            x, y = (f["Events"][name].array(entry_start=start, entry_stop=stop) for f in (a, b))
            assert same(x, y)


def test_one_range_reads_its_own_blocks_only(many_blocks: Path) -> None:
    with uproot.open(many_blocks) as file:
        tree = file["Events"]
        tree["Jet_pt"].array(entry_start=1000, entry_stop=1010)
        places = coded(tree)._places
        assert places is not None
        assert len(places._checked) <= 2


def test_iterating_over_many_blocks_gives_every_entry_once(events: Path, many_blocks: Path) -> None:
    with uproot.open(events) as a, uproot.open(many_blocks) as b:
        parts = list(b["Events"].iterate(COUNTED, step_size=77))
        assert ak.array_equal(ak.concatenate(parts), a["Events"].arrays(COUNTED))


@pytest.mark.parametrize("to", [2**31, 2**48, 5])
def test_a_carrier_that_does_not_span_the_tree_is_damage(
    packed: Path, monkeypatch: pytest.MonkeyPatch, to: int
) -> None:
    with uproot.open(packed) as file:
        branch = file["Events"]["MET_pt"]
        offsets = property(lambda _: [to, 3000])
        monkeypatch.setattr(type(branch), "entry_offsets", offsets)
        with pytest.raises(CorruptError, match="carrier of MET_pt"):
            branch.array(array_cache=None)


@pytest.fixture
def pair(events: Path, packed: Path) -> Iterator[tuple[Any, Any]]:
    """Open the tree of the original and of the compressed file with plain uproot."""
    with uproot.open(events) as a, uproot.open(packed) as b:
        yield a["Events"], b["Events"]


def test_names_types_and_order_are_the_original_s(pair: tuple[Any, Any]) -> None:
    a, b = pair
    assert b.keys() == a.keys()
    assert b.typenames() == a.typenames()
    assert b.num_entries == a.num_entries
    assert b.title == a.title


def test_no_name_anywhere_is_a_carrier_s_and_bookkeeping_is_hidden(pair: tuple[Any, Any]) -> None:
    _, b = pair
    names = [*b.keys(), *[x.name for x in b.branches], *[x.name for x in b.itervalues()]]
    names += [key for key, _ in b.iteritems()]
    assert not [n for n in names if n.endswith("__rae") or n.startswith("rootae_")]
    assert "Jet_pt__rae" not in b
    assert "rootae_block" not in b
    with pytest.raises(uproot.KeyInFileError):
        b["rootae_entry"]


def test_show_prints_what_the_original_prints(
    pair: tuple[Any, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = pair
    a.show(interpretation_width=9)
    plain = capsys.readouterr().out
    b.show(interpretation_width=9)
    columns = [line.split("|")[:2] for line in capsys.readouterr().out.splitlines()]
    assert columns == [line.split("|")[:2] for line in plain.splitlines()]


def test_every_array_equals_the_original_in_values_type_and_form(pair: tuple[Any, Any]) -> None:
    a, b = pair
    for name in a.keys():  # noqa: SIM118  a tree is no mapping of names only
        assert same(a[name].array(), b[name].array()), name
        assert b[name].interpretation.numpy_dtype == a[name].interpretation.numpy_dtype


def test_forms_without_reading_equal_the_original_s(pair: tuple[Any, Any]) -> None:
    a, b = pair
    for name in a.keys():  # noqa: SIM118
        forms = [
            t[name].interpretation.awkward_form(t.file, {"index_format": "i64"})
            if name == "label"
            else t[name].interpretation.awkward_form(t.file)
            for t in (a, b)
        ]
        assert forms[0] == forms[1], name


@pytest.mark.parametrize("library", ["np", "ak", "pd"])
def test_libraries_get_what_they_get_from_the_original(pair: tuple[Any, Any], library: str) -> None:
    if library == "pd":
        pytest.importorskip("pandas")
    a, b = (t.arrays(["MET_pt", "quality", "HLT_mu"], library=library) for t in pair)
    for name in ("MET_pt", "quality", "HLT_mu"):
        x, y = np.asarray(a[name]), np.asarray(b[name])
        assert x.dtype == y.dtype
        assert x.tobytes() == y.tobytes()


def test_jagged_columns_come_as_numpy_has_them(pair: tuple[Any, Any]) -> None:
    a, b = (t["Jet_pt"].array(library="np") for t in pair)
    assert type(a) is type(b)
    assert a.dtype == b.dtype
    assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_numpy_arrays_are_the_caller_s_own(pair: tuple[Any, Any]) -> None:
    a, b = pair
    for name in ("MET_pt", "Jet_pt"):
        mine = b[name].array(library="np", array_cache=None)
        mine[0 if name == "Jet_pt" else slice(None)][:] = 0
        assert same(a[name].array(), b[name].array())


@pytest.mark.parametrize(
    "question",
    [
        {"expressions": ["Jet_pt * cosh(Jet_eta)", "MET_pt"]},
        {"expressions": "ht", "aliases": {"ht": "Jet_pt + 1"}},
        {"expressions": ["Jet_pt"], "cut": "MET_pt > 60"},
        {"expressions": ["Jet_pt", "Jet_eta"], "cut": "Jet_pt > 60"},
        {"filter_name": "Jet_*"},
        {"filter_name": ["/muon.*/i", "MET_pt"]},
        {"filter_typename": "float[]"},
        {"filter_name": "Jet_*", "how": "zip"},
        {"filter_name": "*_pt", "how": tuple},
        {"filter_name": "*_eta", "how": dict},
    ],
    ids=str,
)
def test_questions_get_the_original_s_answers(
    pair: tuple[Any, Any], question: dict[str, Any]
) -> None:
    a, b = (t.arrays(**question) for t in pair)
    if isinstance(a, dict):
        a, b = ak.Array(a), ak.Array(b)
    if isinstance(a, tuple):
        assert len(a) == len(b)
        assert all(same(x, y) for x, y in zip(a, b, strict=True))
        return
    assert a.fields == b.fields
    assert ak.array_equal(a, b, equal_nan=True)


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        (2990, 99_999),
        (None, None),
        (0, 0),
        (3000, 4000),
        (0, 1),
        (5, 2000),
        (2999, 3000),
        (-10, None),
        (-10, -3),
        (None, -2990),
        (7, 7),
        (10, 3),
    ],
)
@pytest.mark.parametrize("name", ["Jet_pt", "matrix", "event"])
def test_entry_ranges_are_cut_as_the_original_s(
    pair: tuple[Any, Any], name: str, start: int | None, stop: int | None
) -> None:
    a, b = (t[name].array(entry_start=start, entry_stop=stop) for t in pair)
    assert same(a, b)


@pytest.mark.parametrize("step", [83, 999, 3000, 10**6, "20 kB", "1 MB"])
def test_iterating_gives_the_original_s_values(pair: tuple[Any, Any], step: int | str) -> None:
    a, b = (ak.concatenate(list(t.iterate(COUNTED, step_size=step))) for t in pair)
    assert ak.array_equal(a, b)


def test_steps_in_bytes_count_decoded_bytes(pair: tuple[Any, Any]) -> None:
    _, b = pair
    sizes = [c.nbytes for c in b.iterate(["Jet_pt", "MET_pt"], step_size="20 kB")]
    assert max(sizes) < 60_000
    assert len(sizes) > 1


def test_several_files_are_read_in_one_go(events: Path, packed: Path, lossy: Path) -> None:
    paths = [f"{packed}:Events", f"{events}:Events", f"{packed}:Events"]
    both = uproot.concatenate(paths, COUNTED)
    with uproot.open(events) as file:
        one = file["Events"].arrays(COUNTED)
    assert ak.array_equal(both, ak.concatenate([one, one, one]))
    parts = list(uproot.iterate(paths, ["Jet_pt"], step_size=1000))
    assert sum(map(len, parts)) == 9000


def test_virtual_arrays_are_filled_when_they_are_looked_at(pair: tuple[Any, Any]) -> None:
    a, b = (t.arrays(filter_name=["Jet_pt", "MET_pt"], virtual=True) for t in pair)
    assert a.layout.form == b.layout.form
    assert ak.array_equal(ak.materialize(a), ak.materialize(b), equal_nan=True)
    b = pair[1].arrays(filter_name=["Jet_pt", "nJet"], virtual=True, entry_start=10, entry_stop=20)
    assert ak.num(b["Jet_pt"]).tolist() == b["nJet"].tolist()


def test_a_file_may_be_closed_and_opened_again(packed: Path) -> None:
    for name in COUNTED:
        with uproot.open(packed) as file:
            assert len(file["Events"][name].array()) == 3000


def test_a_file_may_be_replaced_by_another_of_its_name(events: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "out.root", write_events(tmp_path / "b.root", seed=5)
    for source in (events, two):
        rootae.compress(source, one, family="plain", force=True)
        with uproot.open(source) as a, uproot.open(one) as b:
            assert same(a["Events"]["Jet_pt"].array(), b["Events"]["Jet_pt"].array())


def test_threads_may_share_a_tree_and_a_file(packed: Path, events: Path) -> None:
    with uproot.open(events) as file:
        wanted = {n: file["Events"][n].array() for n in file["Events"].keys()}  # noqa: SIM118
    with uproot.open(packed) as shared, ThreadPoolExecutor(8) as pool:

        def read(k: int) -> bool:
            cache.limit = 100_000 if k % 2 else cache.limit
            name = list(wanted)[k % len(wanted)]
            tree = shared["Events"] if k % 3 else uproot.open(packed)["Events"]
            return same(tree[name].array(), wanted[name])

        try:
            assert all(pool.map(read, range(80)))
        finally:
            cache.limit = BlockCache().limit
    gc.collect()


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_pool_of_one_thread_does_not_wait_for_itself(packed: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        options = {"interpretation_executor": pool, "decompression_executor": pool}
        with uproot.open(packed, **options) as file:
            arrays = pool_free(lambda: file["Events"].arrays(COUNTED))
    assert len(arrays) == 3000


def pool_free(call: Callable[[], T]) -> T:
    """Call something in a thread that a deadlock would not take down with it."""
    with ThreadPoolExecutor(1) as watch:
        return watch.submit(call).result(timeout=60)


class Decoder(BlockDecoder):
    """A decoded block of ten bytes."""

    def __init__(self) -> None:
        pass

    @property
    def nbytes(self) -> int:
        return 10


def asked(
    blocks: FileBlocks, tree: int, numbers: Iterable[int], span: range = range(0)
) -> list[int]:
    """Ask for blocks of a tree one after the other; return those that were not there."""
    missing = []
    for number in numbers:
        decoder = blocks.get((tree, number))
        if decoder is None:
            missing.append(number)
        blocks.keep((tree, number), decoder or Decoder(), span)
    return missing


def test_the_cache_keeps_two_blocks_and_forgets_the_oldest() -> None:
    limits = BlockCache(limit=25)
    blocks = FileBlocks(limits)
    assert asked(blocks, 0, (0, 1, 0, 2, 0, 1)) == [0, 1, 2, 1]
    limits.limit = 0
    assert asked(blocks, 0, (3, 1)) == [3]


def test_the_cache_keeps_all_blocks_of_one_request_as_far_as_memory_allows() -> None:
    def read(blocks: FileBlocks, tree: int, span: range) -> list[int]:
        """Read two columns over the same blocks."""
        return asked(blocks, tree, (*span, *span), span)

    blocks = FileBlocks(BlockCache(limit=25, at_once=200))
    assert read(blocks, 1, range(10)) == list(range(10))
    assert read(blocks, 2, range(10)) == list(range(10))
    assert read(blocks, 2, range(10)) == []
    assert read(blocks, 1, range(8, 10)) == [8, 9], "another tree's blocks made room"
    few = FileBlocks(BlockCache(limit=25, at_once=40))
    assert len(read(few, 1, range(10))) > 10


def test_files_share_one_limit_and_lose_their_own_blocks_only() -> None:
    limits = BlockCache(limit=45)
    mine, theirs = FileBlocks(limits), FileBlocks(limits)
    asked(mine, 1, range(3))
    asked(theirs, 2, range(3))
    assert asked(theirs, 2, range(3)) == []
    assert mine.get((1, 0)) is None, "the oldest of all files goes first"
    theirs.clear()
    assert mine.get((1, 2)) is not None
    assert asked(mine, 1, range(2, 6)) == [3, 4, 5]
    assert mine.get((1, 2)) is not None, "what was let go counts no more"


def test_blocks_go_with_the_file_they_are_of(packed: Path) -> None:
    with uproot.open(packed) as one, uproot.open(packed) as two:
        for file in (one, two):
            file["Events"]["Jet_pt"].array(entry_stop=10)
        rootae.verify(packed)
        decoders = [weakref.ref(d) for d in blocks_of(one.file)._blocks.values()]
        assert decoders, "what others read leaves them"
        two.close()
        assert not blocks_of(two.file)._blocks
        assert blocks_of(one.file)._blocks
    assert not [d for d in decoders if d() is not None]


def test_what_is_dropped_without_being_closed_is_freed(packed: Path) -> None:
    file = rootae.open(packed)
    file["Events"]["Jet_pt"].array(entry_stop=10)
    kept = weakref.ref(blocks_of(file.file))
    del file
    gc.collect()
    assert kept() is None


def test_installing_twice_changes_nothing() -> None:
    before = TTree.postprocess
    install()
    assert TTree.postprocess is before


def test_other_files_are_read_as_before(events: Path) -> None:
    with uproot.open(events) as file:
        assert hook.coded(file["Events"]) is None
        assert len(file["Events"].arrays(["Jet_pt"], entry_stop=5)) == 5
        assert file["deep/er/Events"].num_entries == 3000


def test_trees_of_one_name_in_two_directories_stay_apart(tmp_path: Path) -> None:
    x = np.sort(np.random.default_rng(0).normal(size=30_000))
    with uproot.recreate(tmp_path / "in.root") as file:
        for path, factor in (("a/t", 1), ("b/t", 2), ("t", 3)):
            file.mktree(path, {"x": "f8"}).extend({"x": factor * x})
    rootae.compress(tmp_path / "in.root", tmp_path / "out.root", family="plain")
    with uproot.open(tmp_path / "out.root") as file:
        for path, factor in (("a/t", 1), ("b/t", 2), ("t", 3)):
            assert coded(file[path]) is not None
            assert (file[path]["x"].array(library="np") == factor * x).all()
        assert (file["a"]["t"]["x"].array(library="np") == x).all()


def test_columns_read_whole_are_kept_for_others_only(events: Path, tmp_path: Path) -> None:
    rootae.compress(events, tmp_path / "p.root", family="diagram", bounds={"*": "rel:1e-3"})
    with rootae.open(tmp_path / "p.root", array_cache=None) as file:
        tree = file["Events"]
        first = tree.arrays()
        kept = cache._size
        again, part = tree.arrays(), tree.arrays(entry_start=1)
        filled = cache._size
    assert kept < filled  # what is read in part may be asked for again
    assert same(first, again)
    assert same(first[1:], part)


def calls(path: Path) -> int:
    """Return how many calls it takes to read a column whole, in small steps, and to verify all."""
    profile = cProfile.Profile()
    with uproot.open(path, array_cache=None) as file, profile:
        tree = file["t"]
        tree["x"].array()
        assert sum(len(part) for part in tree.iterate(["x"], step_size=500)) == tree.num_entries
        for block in coded(tree).stored.starts[:-1]:
            tree["x"].array(entry_start=int(block), entry_stop=int(block) + 1)
        rootae.verify(path)
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.slow
def test_what_a_block_costs_does_not_grow_with_their_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for blocks in (2000, 25, 50, 100):
        path = write_columns(tmp_path / f"{blocks}.root", {"x": np.arange(20 * blocks) // 7})
        out = tmp_path / f"coded-{blocks}.root"
        if blocks == 2000:
            rootae.compress(path, out, family="plain")
            monkeypatch.setattr(rootae.source.tree, "ROWS_AT_MOST", 20)
        else:
            rootae.compress(path, out, codec=tmp_path / "coded-2000.root", trees=["t"])
            found.append(calls(out))
    few, many = found[1] - found[0], found[2] - found[1]
    assert many < 2.3 * few
