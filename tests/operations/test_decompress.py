from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import uproot
from samples import event_arrays, same, write_columns, write_tree

import rootae
from rootae.operations.decompress import decompress
from rootae.rootio.sink import RowBranch, RowWriter

if TYPE_CHECKING:
    from pathlib import Path

    from rooted import Script


def assert_equal_files(a: Path, b: Path) -> None:
    with uproot.open(a) as x, uproot.open(b) as y:
        assert x.classnames() == y.classnames()
        for path, kind in x.classnames().items():
            if kind == "TTree":
                assert_equal_trees(x[path], y[path])


def assert_equal_trees(x: Any, y: Any) -> None:
    assert x.title == y.title
    assert x.typenames() == y.typenames()
    assert list(x.typenames()) == list(y.typenames())
    assert {b.name: b.title for b in x.branches} == {b.name: b.title for b in y.branches}
    for name in x.keys():  # noqa: SIM118  a tree is no mapping
        assert same(x[name].array(), y[name].array()), name


def test_exact_file_comes_back_whole(packed: Path, events: Path, tmp_path: Path) -> None:
    report = decompress(packed, tmp_path / "back.root")
    assert report.notes == ()
    assert report.trees == {"Events": 3000, "deep/er/Events": 3000}
    assert_equal_files(events, tmp_path / "back.root")


def test_objects_come_back(packed: Path, events: Path, tmp_path: Path) -> None:
    decompress(packed, tmp_path / "back.root")
    with uproot.open(events) as a, uproot.open(tmp_path / "back.root") as b:
        assert b["about"] == a["about"]
        for name in ("counts", "deep/counts"):
            np.testing.assert_array_equal(b[name].values(), a[name].values())
            assert b[name].title == a[name].title
        assert a.keys() == b.keys()


def test_values_are_those_that_open_gives(lossy: Path, tmp_path: Path) -> None:
    decompress(lossy, tmp_path / "back.root")
    with rootae.open(lossy) as a, uproot.open(tmp_path / "back.root") as b:
        for path in ("Events", "deep/er/Events"):
            assert_equal_values(a[path], b[path])


def assert_equal_values(x: Any, y: Any) -> None:
    assert x.typenames() == y.typenames()
    for name in x.keys():  # noqa: SIM118
        assert same(x[name].array(), y[name].array()), name


@pytest.mark.parametrize(
    ("asked", "expected"), [(None, "ZLIB"), (505, "ZSTD"), (404, "LZ4"), (0, None)]
)
def test_compression_is_the_originals_or_as_asked(
    packed: Path, tmp_path: Path, asked: int | None, expected: str | None
) -> None:
    decompress(packed, tmp_path / "back.root", compression=asked)
    with uproot.open(tmp_path / "back.root") as file:
        setting = file.file.compression
    assert (None if setting is None else type(setting).__name__) == expected


def test_unknown_compression(packed: Path, tmp_path: Path) -> None:
    with pytest.raises(rootae.ArgumentError, match="compression 999"):
        decompress(packed, tmp_path / "back.root", compression=999)


def test_compressing_again_gives_the_same_values(packed: Path, tmp_path: Path) -> None:
    decompress(packed, tmp_path / "back.root")
    rootae.compress(tmp_path / "back.root", tmp_path / "again.root", family="plain")
    with rootae.open(packed) as a, rootae.open(tmp_path / "again.root") as b:
        assert_equal_values(a["Events"], b["Events"])


def test_kept_branches(events: Path, tmp_path: Path) -> None:
    rootae.compress(events, tmp_path / "c.root", family="plain", keep_plain=["Jet_*", "HLT_*"])
    with rootae.open(tmp_path / "c.root") as file:
        assert "Jet_pt" not in file.bounds["Events"]
        assert file["Events"].keys().count("nJet") == 1
    decompress(tmp_path / "c.root", tmp_path / "back.root")
    assert_equal_files(events, tmp_path / "back.root")


def test_uncoded_output_is_copied(tmp_path: Path) -> None:
    small = write_columns(tmp_path / "small.root", {"x": np.arange(10.0)})
    rootae.compress(small, tmp_path / "c.root", family="plain")
    report = decompress(tmp_path / "c.root", tmp_path / "back.root")
    assert "copy" in report.notes[0]
    assert (tmp_path / "back.root").read_bytes() == small.read_bytes()


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2", "i4", "u4", "i8"])
def test_counters_keep_their_width(tmp_path: Path, dtype: str) -> None:
    counts = np.random.default_rng(0).poisson(3, 9000)
    jets = ak.unflatten(np.sqrt(np.arange(counts.sum())), counts)
    branches = [
        RowBranch("n", "int32", "how many", counts=np.dtype(dtype).name),
        RowBranch("x", "var * float64", "a title", counter="n"),
    ]
    with uproot.recreate(tmp_path / "in.root") as file:
        rows = RowWriter(file, "t", "tree", branches)
        rows.add({"n": counts.astype(dtype), "x": jets}, len(counts))
        rows.close()
    rootae.compress(tmp_path / "in.root", tmp_path / "c.root", family="plain")
    with rootae.open(tmp_path / "c.root") as file:
        assert "n" in file.bounds["t"]
    report = decompress(tmp_path / "c.root", tmp_path / "back.root")
    assert report.notes == ()
    assert_equal_files(tmp_path / "in.root", tmp_path / "back.root")
    with uproot.open(tmp_path / "back.root") as file:
        assert [b.title for b in file["t"].branches] == ["how many", "a title"]
        assert file["t"]["n"].array().type.content.primitive == np.dtype(dtype).name


def test_vectors_become_counted_arrays(root_script: Script, tmp_path: Path) -> None:
    code = """
f = ROOT.TFile(sys.argv[1], "recreate"); t = ROOT.TTree("t", "vectors")
v, w = ROOT.std.vector("float")(), ROOT.std.vector("int")()
t.Branch("v", v); t.Branch("w", w)
for i in range(9000):
    v.clear(); w.clear()
    for k in range(i % 4):
        v.push_back(i * 0.1 + k); w.push_back(i - k)
    t.Fill()
t.Write(); f.Close()
"""
    root_script(code, tmp_path / "in.root")
    rootae.compress(tmp_path / "in.root", tmp_path / "c.root", family="plain")
    report = decompress(tmp_path / "c.root", tmp_path / "back.root", backend="uproot")
    assert any("vector<float> became float[]" in n for n in report.notes)
    assert any("nv, nw" in n for n in report.notes)
    with uproot.open(tmp_path / "in.root") as a, uproot.open(tmp_path / "back.root") as b:
        for name in ("v", "w"):
            assert ak.array_equal(a["t"][name].array(), b["t"][name].array())


@pytest.mark.slow
def test_root_reads_it(root_script: Script, packed: Path, events: Path, tmp_path: Path) -> None:
    decompress(packed, tmp_path / "back.root")
    code = """
for path in sys.argv[1:]:
    f = ROOT.TFile.Open(path); t = f.Get("Events")
    total = sum(sum(t.Jet_pt) + t.nJet for _ in t)
    print(t.GetEntries(), total, t.GetTitle(), f.Get("deep/er/Events").GetEntries())
"""
    lines = root_script(code, events, tmp_path / "back.root").stdout.splitlines()
    assert lines[-1] == lines[-2]


def test_merged_files(hadd: Script, tmp_path: Path) -> None:
    """Two codecs, and an empty file among them."""
    pieces = []
    parts: list[tuple[int, bool]] = [(1000, False), (0, False), (1500, True)]
    for i, (entries, lossy) in enumerate(parts):
        with uproot.recreate(tmp_path / f"in{i}.root") as file:
            arrays = {n: a[:entries] for n, a in event_arrays(1500, seed=i).items()}
            write_tree(file, "Events", arrays)
        rootae.train(
            [tmp_path / f"in{i}.root"], tmp_path / f"codec{i}.root", family="plain", lossy=lossy
        )
        rootae.compress(
            tmp_path / f"in{i}.root", tmp_path / f"c{i}.root", codec=tmp_path / f"codec{i}.root"
        )
        pieces.append(tmp_path / f"c{i}.root")
    done = hadd("-f", tmp_path / "merged.root", *pieces)
    assert done.returncode == 0, done.stderr
    report = decompress(tmp_path / "merged.root", tmp_path / "back.root")
    assert report.trees == {"Events": 2500}
    with uproot.open(tmp_path / "back.root") as back, uproot.open(tmp_path / "in0.root") as first:
        assert back["Events"].typenames() == first["Events"].typenames()
        start = back["Events"]["Jet_pt"].array(entry_stop=1000)
        assert same(start, first["Events"]["Jet_pt"].array())
    with rootae.open(tmp_path / "merged.root") as a, uproot.open(tmp_path / "back.root") as b:
        assert_equal_values(a["Events"], b["Events"])


def test_merged_files_of_other_types_are_refused(hadd: Script, tmp_path: Path) -> None:
    for i, dtype in enumerate(("f4", "f8")):
        values = np.sqrt(np.arange(3000)).astype(dtype)
        write_columns(tmp_path / f"in{i}.root", {"x": values})
        rootae.train([tmp_path / f"in{i}.root"], tmp_path / f"codec{i}.root", family="plain")
        rootae.compress(
            tmp_path / f"in{i}.root", tmp_path / f"c{i}.root", codec=tmp_path / f"codec{i}.root"
        )
    hadd("-f", tmp_path / "merged.root", tmp_path / "c0.root", tmp_path / "c1.root")
    with pytest.raises(rootae.CorruptError, match="column x has several types: float, double"):
        decompress(tmp_path / "merged.root", tmp_path / "back.root")


def test_a_codec_holds_nothing(events: Path, tmp_path: Path) -> None:
    rootae.train([events], tmp_path / "codec.root", family="plain")
    with pytest.raises(rootae.ArgumentError, match="is a codec"):
        decompress(tmp_path / "codec.root", tmp_path / "back.root")
    assert not (tmp_path / "back.root").exists()


def test_one_tree_cannot_be_asked_for(packed: Path, tmp_path: Path) -> None:
    with pytest.raises(rootae.ArgumentError, match="whole file"):
        decompress(f"{packed}:Events", tmp_path / "back.root")


def test_jagged_with_inner_dimensions_is_refused(root_script: Script, tmp_path: Path) -> None:
    code = """
import array
f = ROOT.TFile(sys.argv[1], "recreate"); t = ROOT.TTree("t", "t")
n, x, y = array.array("i", [0]), array.array("f", [0] * 40), array.array("f", [0])
t.Branch("n", n, "n/I"); t.Branch("cov", x, "cov[n][2]/F"); t.Branch("y", y, "y/F")
for i in range(6000):
    n[0] = i % 5
    for k in range(10): x[k] = i * 0.37 + k
    t.Fill()
t.Write(); f.Close()
"""
    root_script(code, tmp_path / "in.root")
    rootae.compress(tmp_path / "in.root", tmp_path / "c.root", family="plain")
    with pytest.raises(rootae.UnsupportedError, match="cov"):
        decompress(tmp_path / "c.root", tmp_path / "back.root", backend="uproot")
    assert [p.name for p in tmp_path.glob("*back*")] == []


def test_what_was_not_written_is_noticed(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sums = iter(range(10**6))
    monkeypatch.setattr(
        sys.modules["rootae.operations.decompress"], "checksum", lambda _array: next(sums)
    )
    with pytest.raises(rootae.BoundError, match="did not come back as written"):
        decompress(packed, tmp_path / "back.root")
    assert list(tmp_path.iterdir()) == []
