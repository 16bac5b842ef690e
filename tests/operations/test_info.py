from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot
from samples import write_columns

import rootae
from rootae.codec.grids.exact import ExactFloat
from rootae.codec.plan.contexts import Feature, OfLane, OfLatent, Raw, Stage, Target
from rootae.codec.plan.lineage import ancestors, how
from rootae.codec.plan.plan import GroupPlan, Lane, TreePlan
from rootae.codec.relations.derived import Derived
from rootae.operations.info import ColumnInfo, FileInfo, info
from rootae.schema.bounds.bound import EXACT
from rootae.schema.column import Column

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def coded(folder: Path, events: Path) -> Path:
    """Return a file whose trees are all coded, because a codec was given."""
    rootae.train([events], folder / "info_codec.root", family="plain")
    rootae.compress(events, folder / "info.root", codec=folder / "info_codec.root")
    return folder / "info.root"


@pytest.fixture(scope="module")
def described(coded: Path) -> FileInfo:
    return info(coded)


def columns(report: FileInfo, path: str = "Events") -> dict[str, ColumnInfo]:
    tree = next(t for t in report.trees if t.path == path)
    return {c.name: c for c in tree.columns}


def test_kind_codec_and_trees(described: FileInfo, coded: Path) -> None:
    assert described.kind == "compressed"
    assert described.nbytes == coded.stat().st_size
    (codec,) = described.codecs
    assert codec.format == 2
    assert codec.networks == 0
    assert codec.id == rootae.read_codec(coded).id
    assert [(t.path, t.entries, t.blocks) for t in described.trees] == [
        ("Events", 3000, 1),
        ("deep/er/Events", 3000, 1),
    ]
    groups = {g.name: g for g in codec.groups if g.tree == "Events"}
    assert set(groups) == {"", "nJet", "nMuon"}
    assert {g.family for g in groups.values()} == {"plain"}


def test_columns_are_those_of_the_original(described: FileInfo, events: Path) -> None:
    with uproot.open(events) as file:
        tree = file["Events"]
        found = columns(described)
        assert list(found) == tree.keys()
        assert {n: c.typename for n, c in found.items()} == tree.typenames()
        assert {n: c.title for n, c in found.items()} == {b.name: b.title for b in tree.branches}
    assert described.trees[0].title == "all events"


def test_sizes_are_those_of_the_summary(events: Path, tmp_path: Path) -> None:
    report = rootae.compress(events, tmp_path / "c.root", family="plain", lossy=True)
    found = columns(info(tmp_path / "c.root"))
    summary = next(t for t in report.trees if t.path == "Events")
    assert {c.name: c.after for c in summary.columns} == {
        c.name: found[c.name].nbytes for c in summary.columns
    }
    assert {c.name: c.bound for c in summary.columns} == {
        c.name: found[c.name].bound for c in summary.columns
    }


def test_values_and_bits(described: FileInfo) -> None:
    found = columns(described)
    assert found["matrix"].values == 9 * 3000
    assert found["MET_pt"].bits == pytest.approx(8 * found["MET_pt"].nbytes / 3000)
    assert found["constant"].bits < 0.1


def test_ways_and_ancestors(described: FileInfo) -> None:
    found = columns(described)
    assert found["label"].how == "kept"
    assert found["Jet_pt"].how == "plain"
    assert found["Jet_pt"].ancestors == 1
    assert found["MET_pt"].ancestors == 0
    copy = columns(described, "deep/er/Events")["y"]
    assert copy.how == "derived from x"
    assert copy.ancestors == 1


def test_one_tree(coded: Path) -> None:
    assert [t.path for t in info(f"{coded}:deep/er/Events").trees] == ["deep/er/Events"]
    with pytest.raises(rootae.NameNotFound, match="did you mean"):
        info(f"{coded}:Event")


def test_codec_file(events: Path, tmp_path: Path) -> None:
    rootae.train([events], tmp_path / "codec.root", family="plain")
    report = info(tmp_path / "codec.root")
    assert report.kind == "codec"
    assert report.provenance == ()
    assert columns(report)["Jet_pt"].nbytes == 0


def test_plain_file(tmp_path: Path) -> None:
    report = info(write_columns(tmp_path / "plain.root", {"x": np.arange(2)}))
    assert (report.kind, report.codecs, report.trees[0].entries) == ("plain", (), 2)


def test_provenance(described: FileInfo, events: Path) -> None:
    (record,) = described.provenance
    assert record["source"]["name"] == events.name
    assert record["trees"]["Events"]["entries"] == 3000


def test_json(described: FileInfo) -> None:
    data = json.loads(json.dumps(described.to_json()))
    assert data["trees"][0]["columns"][0]["name"] == "run"
    assert data["trees"][0]["columns"][0]["bits"] >= 0


def test_ancestors_follow_stages_and_rules() -> None:
    def lane(column: str, **options: Any) -> Lane:
        return Lane(column, 0, ExactFloat("float32"), EXACT, "default", **options)

    def stage(*inputs: int, target: int) -> Stage:
        features = tuple(Feature(OfLane(i), Raw()) for i in inputs)
        return Stage(0, (*features, Feature(OfLatent(0), Raw())), (Target(target, 0, 0),))

    names = ("a", "b", "c", "d")
    lanes = (
        lane("a"),
        lane("b", contexts=0),
        lane("c", contexts=1),
        lane("d", derived=Derived(((2, 1.0), (0, 1.0)))),
    )
    stages = (stage(0, target=1), stage(1, target=2))
    jets = GroupPlan("n", lanes, stages)
    event = GroupPlan("", (lane("n"),))
    counted = tuple(Column(n, "float32", counter="n") for n in names)
    all_columns = (Column("n", "int32", is_counter=True), *counted)
    plan = TreePlan("t", "", all_columns, (), (event, jets))
    assert ancestors(plan, "n") == set()
    assert ancestors(plan, "b") == {"n", "a"}
    assert ancestors(plan, "c") == {"n", "a", "b"}
    assert ancestors(plan, "d") == {"n", "a", "b", "c"}
    assert [how(jets, n) for n in names] == ["plain", "contexts", "contexts", "derived from c + a"]


# networks: what a trained codec shows


def test_contexts_and_shares_are_told_by_column(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    rng = np.random.default_rng(0)
    a = rng.integers(0, 16, 30_000).astype("i4")
    arrays = {"a": a, "b": (1000 * (7 * a % 16) + rng.integers(0, 9, len(a))).astype("i4")}
    source = write_columns(tmp_path / "in.root", arrays)
    rootae.compress(source, tmp_path / "c.root", family="diagram")
    found = info(tmp_path / "c.root")
    columns = {c.name: c for c in found.trees[0].columns}
    assert columns["a"].contexts == 0
    assert columns["b"].contexts > 1
    assert sum(g.contexts for g in found.codecs[0].groups) == columns["b"].contexts
    told = {c["name"]: c["share"] for c in found.to_json()["trees"][0]["columns"]}
    assert told["a"] == columns["a"].nbytes / found.nbytes
