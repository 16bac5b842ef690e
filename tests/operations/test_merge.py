"""Merging files: no value changes, nothing is lost, and what does not fit is refused by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

import awkward as ak
import numpy as np
import pytest
import uproot
from samples import event_arrays, same, write_tree
from typer.testing import CliRunner

import rootae
import rootae.codec.lane
import rootae.source.tree
from rootae.cli import app
from rootae.container.blocks import StoredTree
from rootae.errors import ArgumentError, BoundError, CorruptError, FormatError, UnsupportedError
from rootae.operations.info import info
from rootae.rootio.process import process
from rootae.rootio.sink import RowWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from rooted import Script

    from rootae.operations.rewrites import Merged

EDGES: dict[str, Any] = {"bins": 8, "range": (-4, 4)}


def write(
    path: Path,
    entries: int,
    seed: int,
    about: str = "simulated",
    change: Callable[[dict[str, Any]], object] | None = None,
) -> Path:
    """Write a file of two trees, a histogram and a string."""
    rng = np.random.default_rng(seed)
    events = event_arrays(entries, seed)
    if change is not None:
        change(events)
    with uproot.recreate(path, compression=uproot.ZLIB(4)) as file:
        write_tree(file, "Events", events, title="all events")
        write_tree(file, "deep/er/Runs", {"x": rng.normal(size=entries)})
        file["deep/counts"] = np.histogram(rng.normal(size=100), **EDGES)
        file["about"] = about
    return path


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of inputs: a, b, empty, and each coded by codecs of other bounds."""
    folder = tmp_path_factory.mktemp("merge")
    for name, entries, seed in (("a", 900, 1), ("b", 700, 2), ("empty", 0, 3)):
        write(folder / f"{name}.root", entries, seed)
    tree = f"{folder / 'a.root'}:Events"
    for codec, bounds in (("exact", ""), ("fine", "rel:1e-3"), ("coarse", "rel:1e-2")):
        rules: dict[str, str] = {"*": bounds} if bounds else {}
        rootae.train([tree], folder / f"{codec}.root", family="plain", bounds=rules)
        for name in ("a", "b", "empty"):
            out = folder / f"{name}_{codec}.root"
            rootae.compress(
                folder / f"{name}.root", out, codec=folder / f"{codec}.root", trees=["Events"]
            )
    for name in ("a", "b"):
        options: dict[str, Any] = {
            "family": "plain",
            "bounds": {"*": "rel:1e-3"},
            "trees": ["Events"],
        }
        out = folder / f"{name}_kept.root"
        rootae.compress(folder / f"{name}.root", out, keep_plain=("MET_pt", "Jet_eta"), **options)
    return folder


def together(inputs: Path, names: Sequence[str], tree: str = "Events") -> dict[str, ak.Array]:
    """Return the inputs' columns, one after the other, as they are shown."""
    columns = []
    for name in names:
        with rootae.open(inputs / f"{name}.root") as file:
            columns.append({n: file[tree][n].array() for n in file[tree].keys()})  # noqa: SIM118
    return {n: ak.to_packed(ak.concatenate([c[n] for c in columns])) for n in columns[0]}


def merged(inputs: Path, target: Path, *names: str, **options: Any) -> Merged:
    return rootae.merge([inputs / f"{n}.root" for n in names], target, **options)


CASES = {
    ("a_fine", "b_fine"): (2, 0, 1),
    ("a_fine", "b_coarse"): (2, 0, 2),
    ("empty_fine", "a_fine", "b_fine"): (2, 0, 1),
    ("a_fine",): (1, 0, 1),
    ("b", "a_fine"): (1, 1, 2),
    ("a_fine", "b_kept"): (1, 1, 2),
    ("a_kept", "b_fine"): (1, 1, 1),
    ("a_kept", "b_kept", "b_coarse"): (2, 1, 3),
    ("a", "b"): (0, 0, 0),
    ("empty", "empty_fine"): (0, 0, 1),
}


SLOW = {("a_fine",), ("a_fine", "b_coarse"), ("a_kept", "b_fine")}  # parts of the others


@pytest.mark.parametrize(
    ("names", "counts"),
    [pytest.param(*c, marks=[pytest.mark.slow] * (c[0] in SLOW), id=str(c)) for c in CASES.items()],
)
def test_no_value_changes_whatever_is_merged(
    inputs: Path, tmp_path: Path, names: tuple[str, ...], counts: tuple[int, ...]
) -> None:
    out = tmp_path / "out.root"
    report = merged(inputs, out, *names)
    assert (report.copied, report.coded, report.codecs) == counts
    assert report.trees["Events"] == report.trees["deep/er/Runs"]
    for tree in ("Events", "deep/er/Runs"):
        wanted = together(inputs, names, tree)
        with uproot.open(out) as file:
            assert file[tree].keys() == list(wanted)
            for name, array in wanted.items():
                assert same(ak.to_packed(file[tree][name].array()), array), name
    rootae.verify(out)


def test_blocks_are_not_decoded_where_the_same_columns_are_coded(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> NoReturn:
        raise AssertionError

    monkeypatch.setattr("rootae.codec.lane.decode", never)
    monkeypatch.setattr("rootae.codec.native_decoder.NativeDecoder.run", never)
    assert merged(inputs, tmp_path / "out.root", "a_fine", "b_coarse").copied == 2
    with pytest.raises(FormatError):  # here they are
        merged(inputs, tmp_path / "out.root", "a_fine", "b_kept", force=True)


def test_each_codec_is_stored_once_and_used_ones_only(inputs: Path, tmp_path: Path) -> None:
    merged(inputs, tmp_path / "one.root", "a_fine", "b_fine", "a_fine")
    merged(inputs, tmp_path / "two.root", "a_coarse", "b_fine")
    merged(inputs, tmp_path / "all.root", "a_fine")
    rootae.merge([tmp_path / "one.root", tmp_path / "two.root"], tmp_path / "all.root", force=True)
    for name, rows in (("one", 1), ("two", 2), ("all", 2)):
        with uproot.open(tmp_path / f"{name}.root") as file:
            assert file["rootae/codecs"].num_entries == rows
    assert len(info(tmp_path / "all.root").codecs) == 2
    rootae.verify(tmp_path / "all.root")


def bounds(path: Path) -> dict[str, str]:
    with rootae.open(path) as file:
        return {n: str(b) for n, b in file.bounds["Events"].items()}


def test_bounds_are_those_that_the_values_came_with(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.root"
    merged(inputs, out, "a_fine", "b_coarse")
    assert bounds(out)["Jet_pt"] == "rel:0.01"
    merged(inputs, out, "a_exact", "b_kept", force=True)
    assert (bounds(out)["Jet_pt"], bounds(out)["MET_pt"]) == ("rel:0.001", "exact")
    merged(inputs, out, "a_exact", "b", force=True)
    assert set(bounds(out).values()) == {"exact"}


def test_a_bound_that_leaves_the_coded_columns_is_noted(inputs: Path, tmp_path: Path) -> None:
    report = merged(inputs, tmp_path / "out.root", "a_kept", "b_coarse")
    assert any("MET_pt (rel:0.01)" in note and "b_coarse" in note for note in report.notes)


def test_many_blocks_keep_their_order(inputs: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rootae.source.tree, "ROWS_AT_MOST", 300)
        for name in ("a", "b"):
            options: dict[str, Any] = {"codec": inputs / "fine.root", "trees": ["Events"]}
            rootae.compress(inputs / f"{name}.root", tmp_path / f"{name}.root", **options)
    report = merged(tmp_path, tmp_path / "out.root", "a", "b")
    assert report.copied > 15
    wanted = together(tmp_path, ("a", "b"))
    with rootae.open(tmp_path / "out.root") as file:
        for name in ("Jet_pt", "event", "label"):
            assert same(ak.to_packed(file["Events"][name].array()), wanted[name])


@pytest.mark.slow
def test_vectors_and_columns_in_another_order_are_merged(
    root_script: Script, tmp_path: Path
) -> None:
    root_script(
        "for n, order in ((40, 'xv'), (30, 'vx')):\n"
        "    f = ROOT.TFile(f'{sys.argv[1]}/{order}.root', 'RECREATE')\n"
        "    t, v, x = ROOT.TTree('t', ''), ROOT.std.vector('float')(), ROOT.std.vector('int')()\n"
        "    for name in order: t.Branch(name, v if name == 'v' else x)\n"
        "    for i in range(n):\n"
        "        v.clear(); x.clear()\n"
        "        for k in range(i % 4): v.push_back(i + 0.5 * k); x.push_back(k)\n"
        "        t.Fill()\n"
        "    t.Write(); f.Close()\n",
        tmp_path,
    )
    rootae.train([tmp_path / "xv.root"], tmp_path / "codec.root", family="plain")
    for name in ("xv", "vx"):
        options: dict[str, Any] = {"codec": tmp_path / "codec.root"}
        rootae.compress(tmp_path / f"{name}.root", tmp_path / f"{name}_c.root", **options)
    for names in (("xv_c", "vx_c"), ("vx", "xv_c")):
        merged(tmp_path, tmp_path / "out.root", *names, force=True)
        wanted = together(tmp_path, names, "t")
        with rootae.open(tmp_path / "out.root") as file:
            assert file["t"].num_entries == 70
            for name, array in wanted.items():
                assert same(ak.to_packed(file["t"][name].array()), array)


# what does not fit


def with_other(
    inputs: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> list[Path]:
    write(tmp_path / "other.root", 300, 5, change=change)
    return [inputs / "a_fine.root", tmp_path / "other.root"]


@pytest.mark.parametrize(
    ("change", "phrases"),
    [
        (lambda e: e.pop("quality"), ("branch quality is missing", "uint8_t")),
        (lambda e: e.update(extra=e["weight"]), ("branch extra is of type double", "missing")),
        (
            lambda e: e.update(weight=e["weight"].astype("f4")),
            ("weight is of type float", "double"),
        ),
        (lambda e: e.update(Jet_pt=e["weight"]), ("branch Jet_pt is of type double", "float[]")),
    ],
    ids=["missing", "extra", "type", "jagged"],
)
def test_other_branches_are_refused_with_file_tree_and_column(
    inputs: Path, tmp_path: Path, change: Callable[..., Any], phrases: tuple[str, ...]
) -> None:
    paths = with_other(inputs, tmp_path, change)
    with pytest.raises(ArgumentError) as caught:
        rootae.merge(paths, tmp_path / "out.root")
    for phrase in (*phrases, f"{paths[1]}:Events", f"{paths[0]}:Events", "rootae skim --drop"):
        assert phrase in str(caught.value)
    assert not (tmp_path / "out.root").exists()


@pytest.mark.parametrize("order", [1, -1])
def test_another_set_of_trees_is_refused(inputs: Path, tmp_path: Path, order: int) -> None:
    with uproot.recreate(tmp_path / "c.root") as file:
        write_tree(file, "Events", event_arrays(20, 1))
    paths = [inputs / "a.root", tmp_path / "c.root"][::order]
    with pytest.raises(ArgumentError, match=r"c\.root has no tree deep/er/Runs, .*a\.root has"):
        rootae.merge(paths, tmp_path / "out.root")


def test_wrong_arguments_are_refused(inputs: Path, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="at least one input"):
        rootae.merge([], tmp_path / "out.root")
    with pytest.raises(ArgumentError, match="leave :Events out"):
        rootae.merge([f"{inputs / 'a.root'}:Events"], tmp_path / "out.root")
    with pytest.raises(ArgumentError, match="same file"):
        rootae.merge([inputs / "a.root"], inputs / "a.root", force=True)
    with pytest.raises(ArgumentError, match="no file"):
        rootae.merge([tmp_path / "none.root"], tmp_path / "out.root")
    merged(inputs, tmp_path / "out.root", "a_fine")
    with pytest.raises(ArgumentError, match="exists"):
        merged(inputs, tmp_path / "out.root", "a_fine")


def test_what_uproot_cannot_write_is_root_s_affair_or_refused_by_name(
    hadd: Script, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = shared / "edge/uproot-vectorVectorDouble.root"
    both = rootae.merge([source, source], tmp_path / "both.root")
    with uproot.open(source) as one, uproot.open(both.target) as two:
        x = one["t/x"].array()
        assert ak.concatenate([x, x]).tolist() == two["t/x"].array().tolist()
    monkeypatch.setattr(process, "installed", lambda: False)
    with pytest.raises(UnsupportedError, match=r"t:x .*hadd"):
        rootae.merge([source, source], tmp_path / "out.root")


def test_a_damaged_block_is_refused_though_it_would_only_be_copied(
    inputs: Path, tmp_path: Path
) -> None:
    with rootae.open(inputs / "a_fine.root") as file:
        blob = file.container.stored("Events").row(0)["blobs"]
    data = bytearray((inputs / "a_fine.root").read_bytes())
    data[data.index(blob) + len(blob) // 2] ^= 1
    (tmp_path / "bad.root").write_bytes(data)
    with pytest.raises(CorruptError, match="checksum"):
        rootae.merge([inputs / "b_fine.root", tmp_path / "bad.root"], tmp_path / "out.root")
    assert not (tmp_path / "out.root").exists()


def test_a_file_that_was_merged_with_others_before_is_refused(
    hadd: Script, inputs: Path, tmp_path: Path
) -> None:
    done = hadd("-f", tmp_path / "mixed.root", inputs / "a_fine.root", inputs / "b_kept.root")
    if done.returncode == 0:
        with pytest.raises(CorruptError, match="rootae merge"):
            rootae.merge([inputs / "a_fine.root", tmp_path / "mixed.root"], tmp_path / "out.root")


@pytest.mark.parametrize("name", ["label", "MET_pt"])
def test_an_output_with_other_passing_values_does_not_appear(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    add = RowWriter.add

    def reversed_(self: Any, arrays: dict[str, Any], entries: int) -> None:
        add(self, {n: a[::-1] if n == name else a for n, a in arrays.items()}, entries)

    monkeypatch.setattr(RowWriter, "add", reversed_)
    with pytest.raises(BoundError, match=name):
        merged(inputs, tmp_path / "out.root", "a_kept", "b_kept")
    assert not list(tmp_path.iterdir())


def test_an_output_with_another_block_does_not_appear(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = StoredTree.row

    def swapped(self: Any, block: int) -> dict[str, Any]:
        right = row(self, block)
        return right | {"blobs": right["blobs"][::-1]} if "part" not in self.where else right

    monkeypatch.setattr(StoredTree, "row", swapped)
    with pytest.raises((BoundError, CorruptError)):
        merged(inputs, tmp_path / "out.root", "a_fine", "b_fine")
    assert not list(tmp_path.iterdir())


# what stands beside the trees


def test_histograms_are_added_and_strings_are_all_kept(inputs: Path, tmp_path: Path) -> None:
    write(tmp_path / "other.root", 300, 5, about="another")
    out = tmp_path / "out.root"
    report = rootae.merge([inputs / "a.root", tmp_path / "other.root", inputs / "b.root"], out)
    with uproot.open(out) as file:
        values = [uproot.open(p)["deep/counts"].values(flow=True) for p in report.sources]
        assert (file["deep/counts"].values(flow=True) == sum(values)).all()
        assert file["deep/counts"].member("fEntries") == 300
        assert [str(file[k]) for k in ("about;1", "about;2")] == ["simulated", "another"]
    assert any("about" in note and "other.root" in note for note in report.notes)


def test_the_record_tells_of_every_part(inputs: Path, tmp_path: Path) -> None:
    merged(inputs, tmp_path / "out.root", "a_fine", "b", "b_kept")
    with rootae.open(tmp_path / "out.root") as file:
        records = file.container.provenance
    assert [r["source"]["name"] for r in records] == ["a.root", "b.root", "b.root"]
    assert records[1]["trees"]["Events"]["errors"]["Jet_pt"] == 0.0


def test_a_merged_file_is_decompressed_and_merged_by_hadd_again(
    hadd: Script, inputs: Path, tmp_path: Path
) -> None:
    merged(inputs, tmp_path / "ab.root", "a_fine", "b_coarse")
    done = hadd("-f", tmp_path / "again.root", tmp_path / "ab.root", inputs / "b_exact.root")
    assert done.returncode == 0
    wanted = together(inputs, ("a_fine", "b_coarse", "b_exact"))
    rootae.decompress(tmp_path / "ab.root", tmp_path / "plain.root")
    for path, entries in ((tmp_path / "again.root", 2300), (tmp_path / "plain.root", 1600)):
        with uproot.open(path) as file:
            for name in ("Jet_pt", "MET_pt", "nMuon", "event"):
                part = ak.to_packed(wanted[name][:entries])
                assert same(ak.to_packed(file["Events"][name].array()), part), name


def test_the_command_prints_what_it_did(inputs: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    paths = [str(inputs / f"{n}.root") for n in ("a_fine", "b")]
    done = run(app, ["merge", *paths, "-o", str(tmp_path / "out.root")])
    assert done.exit_code == 0, done.stderr
    assert "Events: 1,600 entries" in done.stdout
    assert "1 copied, 1 coded anew" in done.stdout
    assert "no value changed" in done.stderr
    done = run(app, ["merge", *paths, "-o", str(tmp_path / "out.root"), "-f", "--json"])
    report = json.loads(done.stdout)
    assert report["trees"] == {"Events": 1600, "deep/er/Runs": 1600}
    assert report["after"] == (tmp_path / "out.root").stat().st_size
    assert run(app, ["merge", *paths, "-o", str(tmp_path / "out.root")]).exit_code == 2
