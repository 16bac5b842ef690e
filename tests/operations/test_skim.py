"""Skims: the entries and columns that were asked for, with the very values that the input shows."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
import uproot
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import same, write_columns, write_events
from typer.testing import CliRunner

import rootae
import rootae.source.tree
from rootae.cli import app
from rootae.container.blocks import StoredTree
from rootae.errors import ArgumentError, BoundError, NameNotFound
from rootae.operations.info import info
from rootae.operations.train import sample_of
from rootae.planner.transcode import bounds_of, exact_coder, promising
from rootae.reader.decoded import DecodedSource, coded_of
from rootae.reader.subset import SelectedTree
from rootae.schema.bounds.bound import EXACT, Bound
from rootae.schema.bounds.deviation import held
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from rooted import Script

    from rootae.codec.block import Block
    from rootae.codec.codec import Codec
    from rootae.codec.decoder import Decoder
    from rootae.codec.tree import TreeCoder


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of inputs: lossy in many blocks, of two codecs, kept in part, and plain."""
    folder = tmp_path_factory.mktemp("skim")
    for name, entries, seed in (("a", 900, 1), ("b", 700, 2), ("empty", 0, 3)):
        write_events(folder / f"{name}.root", entries, seed)
    tree = f"{folder / 'a.root'}:Events"
    for codec, bound in (("fine", "rel:1e-3"), ("coarse", "rel:1e-2")):
        rootae.train([tree], folder / f"{codec}.root", family="plain", bounds={"*": bound})
    options: dict[str, Any] = {"trees": ["Events"]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rootae.source.tree, "ROWS_AT_MOST", 900)
        for name, codec in (("a", "fine"), ("b", "coarse"), ("empty", "fine")):
            out = folder / f"{name}_{codec}.root"
            rootae.compress(folder / f"{name}.root", out, codec=folder / f"{codec}.root", **options)
    kept: dict[str, Any] = {
        "keep_plain": ("MET_pt", "Jet_eta"),
        "bounds": {"*": "rel:1e-3"},
        "family": "plain",
    }
    rootae.compress(folder / "a.root", folder / "kept.root", **kept, **options)
    return folder


def shown(path: Path, names: Sequence[str], cut: str | None = None) -> dict[str, ak.Array]:
    with uproot.open(path) as file:
        tree = file["Events"]
        mask = slice(None) if cut is None else CUTS[cut](tree)
        return {n: ak.to_packed(tree[n].array()[mask]) for n in names}


CUTS = {  # in the words of awkward
    "MET_pt > 60": lambda t: t["MET_pt"].array() > 60,
    "MET_pt > 40": lambda t: t["MET_pt"].array() > 40,
    "any(Jet_pt > 80) & (nMuon >= 1)": lambda t: (
        ak.any(t["Jet_pt"].array() > 80, axis=1) & (t["nMuon"].array() >= 1)
    ),
    "sum(Jet_pt) > 200": lambda t: (
        ak.sum(ak.values_astype(t["Jet_pt"].array(), "f8"), axis=1) > 200
    ),
    "quality": lambda t: t["quality"].array() != 0,
    "nJet > 1000": lambda t: t["nJet"].array() > 1000,
    "nMuon > 0": lambda t: t["nMuon"].array() > 0,
    "(nMuon > 0) & (MET_pt > 40)": lambda t: (t["nMuon"].array() > 0) & (t["MET_pt"].array() > 40),
    "Jet_pt[0] > 60 && !(Jet_pt[1] > 40)": lambda t: (
        (ak.num(t["Jet_pt"].array()) > 1)
        & (ak.fill_none(ak.pad_none(t["Jet_pt"].array(), 2)[:, 0], 0) > 60)
        & (ak.fill_none(ak.pad_none(t["Jet_pt"].array(), 2)[:, 1], 0) <= 40)
    ),
    'label == "e3" or matrix[1][2] > 1': lambda t: (
        (t["label"].array() == "e3") | (t["matrix"].array()[:, 1, 2] > 1)
    ),
}

QUESTIONS = [
    {},
    {"cut": "MET_pt > 60"},
    {"cut": "any(Jet_pt > 80) & (nMuon >= 1)", "keep": ["Jet_*", "MET_pt", "label"]},
    {"cut": "sum(Jet_pt) > 200", "drop": ["Jet_pt", "label"]},
    {"cut": "quality"},
    {"cut": "nJet > 1000"},
    {"keep": ["MET_pt", "nJet"]},
    {"keep": ["label"]},
    {"keep": ["Jet_*"], "drop": ["Jet_e*"]},
    {"cut": "Jet_pt[0] > 60 && !(Jet_pt[1] > 40)", "keep": ["MET_pt"]},
    {"cut": 'label == "e3" or matrix[1][2] > 1', "keep": ["Jet_pt"]},
]


@pytest.mark.parametrize(
    ("name", "question"),
    [
        *(("a_fine", q) for q in QUESTIONS[:7]),
        *(pytest.param("a_fine", q, marks=pytest.mark.slow) for q in QUESTIONS[7:]),
        ("kept", QUESTIONS[3]),
        ("kept", QUESTIONS[8]),
        ("a", QUESTIONS[2]),
        pytest.param("a", QUESTIONS[5], marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_what_is_left_is_what_the_input_shows_bit_for_bit(
    inputs: Path, tmp_path: Path, name: str, question: dict[str, Any]
) -> None:
    source, out = inputs / f"{name}.root", tmp_path / "out.root"
    report = rootae.skim(f"{source}:Events", out, **question)
    wanted = shown(source, report.columns, question.get("cut"))
    assert report.passed == len(next(iter(wanted.values())))
    with uproot.open(out) as file:
        assert tuple(file["Events"].keys()) == report.columns
        for column, array in wanted.items():
            assert same(ak.to_packed(file["Events"][column].array()), array), column
    rootae.verify(out)
    with rootae.open(source) as a, rootae.open(out) as b:
        mine, theirs = (f.bounds.get("Events", {}) for f in (b, a))
        assert mine == {n: theirs[n] for n in mine}
        assert set(mine) == set(theirs) & set(report.columns)


def test_everything_else_is_kept(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.root"
    rootae.skim(inputs / "a_fine.root", out, tree="Events", cut="nMuon > 0")
    with rootae.open(inputs / "a_fine.root") as a, rootae.open(out) as b:
        assert sorted(a.keys()) == sorted(b.keys())
        assert same(a["deep/er/Events"]["x"].array(), b["deep/er/Events"]["x"].array())
        assert np.array_equal(
            a["deep/counts"].values(flow=True), b["deep/counts"].values(flow=True)
        )
        assert str(a["about"]) == str(b["about"])
        assert a["Events"].title == b["Events"].title


def test_another_coded_tree_is_copied_and_read(tmp_path: Path) -> None:
    x = np.sort(np.random.default_rng(0).normal(size=25_000))
    with uproot.recreate(tmp_path / "in.root") as file:
        for name in ("s", "t"):
            file.mktree(name, {"x": "f8"}).extend({"x": x})
    rootae.compress(tmp_path / "in.root", tmp_path / "c.root", family="plain")
    rootae.skim(tmp_path / "c.root", tmp_path / "out.root", tree="t", cut="x > 0")
    rootae.verify(tmp_path / "out.root")
    with rootae.open(tmp_path / "out.root") as file:
        assert np.array_equal(file["s"]["x"].array(library="np"), x)
        assert np.array_equal(file["t"]["x"].array(library="np"), x[x > 0])
        assert set(file.bounds) == {"s", "t"}


def test_a_file_of_several_codecs_keeps_the_bound_of_each(
    hadd: Script, inputs: Path, tmp_path: Path
) -> None:
    both = tmp_path / "both.root"
    assert hadd("-f", both, inputs / "a_fine.root", inputs / "b_coarse.root").returncode == 0
    report = rootae.skim(both, tmp_path / "out.root", tree="Events", cut="nMuon > 0")
    wanted = shown(both, report.columns, "nMuon > 0")
    assert {n: len(a) for n, a in shown(tmp_path / "out.root", report.columns).items()} == {
        n: len(a) for n, a in wanted.items()
    }
    with rootae.open(tmp_path / "out.root") as file:
        assert len(file.container.codecs) == 2
        assert str(file.bounds["Events"]["Jet_pt"]) == "rel:0.01"
        for name, array in wanted.items():
            assert same(ak.to_packed(file["Events"][name].array()), array), name
    some = rootae.skim(both, tmp_path / "a.root", tree="Events", cut="luminosityBlock < 0")
    assert some.passed == 0
    rootae.verify(tmp_path / "a.root")


def test_an_empty_file_stays_one_that_hadd_takes(
    hadd: Script, inputs: Path, tmp_path: Path
) -> None:
    cut: dict[str, Any] = {"tree": "Events", "cut": "nMuon > 0"}
    rootae.skim(inputs / "empty_fine.root", tmp_path / "empty.root", **cut)
    rootae.skim(inputs / "a_fine.root", tmp_path / "some.root", **cut)
    done = hadd("-ff", tmp_path / "out.root", tmp_path / "empty.root", tmp_path / "some.root")
    assert done.returncode == 0
    rootae.verify(tmp_path / "out.root")


def test_a_skim_of_a_skim_is_the_skim_of_both_cuts(inputs: Path, tmp_path: Path) -> None:
    rootae.skim(inputs / "a_fine.root", tmp_path / "1.root", tree="Events", cut="nMuon > 0")
    rootae.skim(tmp_path / "1.root", tmp_path / "2.root", tree="Events", cut="MET_pt > 40")
    wanted = shown(inputs / "a_fine.root", ["Jet_pt"], "(nMuon > 0) & (MET_pt > 40)")
    assert same(shown(tmp_path / "2.root", ["Jet_pt"])["Jet_pt"], wanted["Jet_pt"])
    with rootae.open(tmp_path / "2.root") as file:
        records = file.container.provenance
    assert [r.get("skim", {}).get("cut") for r in records] == [None, "nMuon > 0", "MET_pt > 40"]
    assert records[2]["trees"]["Events"]["errors"] == records[0]["trees"]["Events"]["errors"]


def test_info_and_decompress_know_a_skim(inputs: Path, tmp_path: Path) -> None:
    rootae.skim(inputs / "kept.root", tmp_path / "s.root", tree="Events", keep=["Jet_*", "event"])
    tree = next(t for t in info(tmp_path / "s.root").trees if t.path == "Events")
    assert [c.name for c in tree.columns if c.how == "kept"] == ["nJet", "Jet_eta"]
    rootae.decompress(tmp_path / "s.root", tmp_path / "plain.root")
    names = ["nJet", "Jet_pt", "Jet_eta", "event"]
    wanted = shown(inputs / "kept.root", names)
    for name, array in shown(tmp_path / "plain.root", names).items():
        assert same(array, wanted[name])


# what is refused


@pytest.mark.parametrize(
    ("options", "error", "phrase"),
    [
        ({"cut": "Jet_pt > 30"}, ArgumentError, "any(Jet_pt > 30)"),
        ({"cut": "Jet_pt > 30"}, ArgumentError, "Jet_pt[0] > 30"),
        ({"cut": "matrix[0]"}, ArgumentError, "gives a list an entry"),
        ({"cut": "matrix[0][3] > 1"}, ArgumentError, "it has 3 elements"),
        ({"cut": "label"}, ArgumentError, "gives a text"),
        ({"cut": "MET_pt"}, ArgumentError, "not a number (NaN) in some entries"),
        ({"cut": "MET_pt >"}, ArgumentError, "it has the end where a column"),
        ({"cut": "__import__('os')"}, NameNotFound, "no function '__import__'"),
        ({"cut": "MET_pT > 3"}, NameNotFound, "did you mean 'MET_pt'"),
        ({"keep": ["Jets_*"]}, NameNotFound, "no column like 'Jets_*'"),
        ({"drop": ["MET_p"]}, NameNotFound, "did you mean 'MET_pt'"),
        ({"drop": ["*"]}, ArgumentError, "no column is left"),
        ({"tree": "Event"}, NameNotFound, "did you mean 'Events'"),
        ({"tree": None}, ArgumentError, "name one with --tree"),
    ],
    ids=str,
)
def test_slips_are_refused_with_what_to_do(
    inputs: Path, tmp_path: Path, options: dict[str, Any], error: type[Exception], phrase: str
) -> None:
    with pytest.raises(error) as caught:
        rootae.skim(inputs / "a_fine.root", tmp_path / "o.root", **{"tree": "Events"} | options)
    assert phrase in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_nothing_appears_where_a_value_changed_on_the_way(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lossy(codec: Codec, path: str) -> TreeCoder:
        return codec.tree(path)

    monkeypatch.setattr(importlib.import_module("rootae.operations.skim"), "exact_coder", lossy)
    arrays = {"a": np.linspace(1, 2, 30_000), "b": np.linspace(3, 9, 30_000) ** 2}
    arrays["c"] = arrays["a"] + arrays["b"]
    write_columns(tmp_path / "in.root", {n: a.astype("f4") for n, a in arrays.items()})
    options: dict[str, Any] = {"family": "plain", "bounds": {"*": "rel:1e-2"}}
    rootae.compress(tmp_path / "in.root", tmp_path / "c.root", **options)
    with pytest.raises(BoundError, match="exact"):
        rootae.skim(tmp_path / "c.root", tmp_path / "out.root", drop=["a"])
    assert not (tmp_path / "out.root").exists()


def test_only_blocks_with_selected_entries_are_decoded(
    inputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used, decoder = set(), StoredTree.decoder
    with DecodedSource.open(inputs / "a_fine.root") as source:
        whole = source.tree("Events")
        decoded = coded_of(whole)
        assert decoded is not None
        starts = decoded.stored.starts
        at = np.array([starts[1], starts[1] + 2, starts[3] + 1])
        selected = SelectedTree(whole, whole.schema, at)

        def seen(self: StoredTree, block: int) -> Decoder:
            used.add(block)
            return decoder(self, block)

        monkeypatch.setattr(StoredTree, "decoder", seen)
        pt = selected.arrays(0, 3, ["MET_pt"])["MET_pt"]
        assert used == {1, 3}
        assert same(pt, ak.to_packed(source.file["Events"]["MET_pt"].array()[at]))


# values that were decoded before, coded again

floats = st.floats(width=32, allow_nan=True, allow_infinity=True)


@settings(max_examples=25)
@given(st.lists(floats, min_size=1, max_size=200), st.sampled_from(["rel:1e-3", "abs:0.01"]))
def test_coding_again_gives_the_same_bits_whatever_the_values(
    numbers: list[float], bound: str
) -> None:
    x = np.array(numbers, "f4")
    codec, data = coded({"x": x, "y": x[::-1].copy(), "z": (x * 0.5).astype("f4")}, bound)
    coder = codec.tree("t")
    decoded = decode(coder, coder.encode(data), data)
    again = exact_coder(codec, "t")
    for name, values in decode(coder, again.encode(decoded), data).items():
        held(decoded[name], values, EXACT, ("t", name))


@settings(max_examples=15)
@given(st.lists(floats, min_size=1, max_size=200), st.sampled_from(["exact", "rel:1e-2"]))
def test_a_codec_of_other_promises_keeps_these(numbers: list[float], other: str) -> None:
    data = {"x": np.array(numbers, "f4"), "y": np.arange(len(numbers)).astype("f4")}
    codec, values = coded(data, "rel:1e-3")
    changed = promising(codec, "t", {"x": Bound.parse(other), "y": Bound.parse("rel:1e-3")})
    assert {n: str(b) for n, b in bounds_of(changed.tree("t").plan).items()} == {
        "x": str(Bound.parse(other)),
        "y": "rel:0.001",
    }
    coder = exact_coder(changed, "t")
    for name, returned in decode(changed.tree("t"), coder.encode(values), values).items():
        held(values[name], returned, EXACT, ("t", name))


def test_a_codec_of_the_same_promises_is_the_codec_itself() -> None:
    codec, _ = coded({"x": np.ones(9, "f4")}, "rel:1e-3")
    assert promising(codec, "t", {"x": Bound("rel", 1e-3)}) is codec
    plain, _ = coded({"x": np.ones(9, "f4")}, "exact")
    assert exact_coder(plain, "t") is plain.tree("t")


def coded(arrays: Mapping[str, NDArray[Any]], bound: str) -> tuple[Codec, dict[str, Values]]:
    """Return a plain codec of a tree of flat columns, and its values."""
    from rootae.codec.codec import Codec
    from rootae.codec.plan.plan import Plan
    from rootae.planner.rules import Rule
    from rootae.planner.survey import survey
    from rootae.schema.column import Column
    from rootae.schema.tree import TreeSchema

    columns = tuple(Column(n, a.dtype.name, typename="float") for n, a in arrays.items())
    schema = TreeSchema("t", "", columns, order=tuple(arrays))
    values = {n: Values(a) for n, a in arrays.items()}
    tables: list[NDArray[np.int64]] = []
    plan = survey(schema, values, [Rule("*", Bound.parse(bound))], tables=tables)
    return Codec(Plan((plan,)), tables), values


def decode(coder: TreeCoder, block: Block, like: Iterable[str]) -> dict[str, Values]:
    decoder = coder.decoder(block)
    return {name: decoder.values(name) for name in like}


def test_a_sample_of_a_selection_spans_it(inputs: Path) -> None:
    with DecodedSource.open(inputs / "a_fine.root") as source:
        whole = source.tree("Events")
        selected = SelectedTree(whole, whole.schema, np.arange(0, 900, 7))
        sampled = sample_of(selected)
        assert sampled.share == 1.0
        assert len(sampled.values["MET_pt"].flat) == selected.entries == 129


def test_the_command_prints_what_it_did(inputs: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    command = ["skim", f"{inputs / 'a_fine.root'}:Events", str(tmp_path / "out.root")]
    done = run(app, [*command, "--cut", "any(Jet_pt > 80)", "--keep", "Jet_*", "--drop", "Jet_e*"])
    assert done.exit_code == 0, done.stderr
    with uproot.open(tmp_path / "out.root") as file:
        passed = file["Events"].num_entries
        assert "Jet_eta" not in file["Events"]
    assert f": {passed} of 900 entries" in done.stdout
    assert "Events: 6 branches" in done.stdout
    report = json.loads(run(app, [*command, "-f", "--cut", "nJet > 3", "--json"]).stdout)
    assert 0 < report["passed"] < report["entries"] == 900
    assert run(app, [*command, "-f", "--cut", "Jet_pt > 3"]).exit_code == 2


def test_a_file_of_keep_and_drop_lines_chooses_branches(inputs: Path, tmp_path: Path) -> None:
    (tmp_path / "branches.txt").write_text("drop *\nkeep Muon_*\nkeep MET_pt\ndrop Tau_*\n")
    report = rootae.skim(
        f"{inputs / 'a_fine.root'}:Events",
        tmp_path / "out.root",
        branches=tmp_path / "branches.txt",
    )
    assert set(report.columns) == {"nMuon", "Muon_pt", "Muon_charge", "MET_pt"}
    assert any("'drop Tau_*' matches no column" in note for note in report.notes)
    with uproot.open(tmp_path / "out.root") as file:
        assert {"nMuon", "Muon_pt", "Muon_charge", "MET_pt"} <= set(file["Events"].keys())


def test_the_command_takes_a_file_of_lines(inputs: Path, tmp_path: Path) -> None:
    (tmp_path / "branches.txt").write_text("drop *\nkeep Muon_*\n")
    command = ["skim", f"{inputs / 'a_fine.root'}:Events", tmp_path / "out.root", "--json"]
    done = CliRunner().invoke(app, [*map(str, command), "-b", str(tmp_path / "branches.txt")])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["columns"] == ["nMuon", "Muon_pt", "Muon_charge"]
