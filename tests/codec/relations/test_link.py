"""Other groups' objects, seen through columns of indices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import second
from hypothesis import given
from hypothesis import strategies as st

import rootae
from rootae.codec.grids.exact import ExactFloat, ExactInteger
from rootae.codec.plan.lineage import ancestors
from rootae.codec.plan.order import group_order
from rootae.codec.plan.plan import GroupPlan, Lane, TreePlan
from rootae.codec.relations.link import Link, follow, places
from rootae.errors import CorruptError
from rootae.operations.info import info
from rootae.planner.references import collection
from rootae.schema.bounds.bound import EXACT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

awkward = pytest.importorskip("awkward")
uproot = pytest.importorskip("uproot")

ENTRIES = 3_000
GRID = ExactInteger("int32")


def by_hand(
    by: NDArray[Any], mine: NDArray[Any], theirs: NDArray[Any], values: NDArray[Any]
) -> list[Any]:
    seen, row, first = [], 0, 0
    for rows, objects in zip(mine, theirs, strict=True):
        part = by[row : row + rows]
        seen += [values[first + i] if 0 <= i < objects else 0 for i in part]
        row, first = row + rows, first + objects
    return seen


@given(st.data())
def test_links_lead_where_they_say(data: st.DataObject) -> None:
    entries = data.draw(st.integers(0, 6))
    mine, theirs = (
        np.array(data.draw(st.lists(st.integers(0, 4), min_size=entries, max_size=entries)), int)
        for _ in range(2)
    )
    index = st.integers(-3, 6) | st.sampled_from([-(2**31), 2**31 - 1])
    rows = int(mine.sum())
    by = np.array(data.draw(st.lists(index, min_size=rows, max_size=rows)), np.int64)
    values = np.arange(1, theirs.sum() + 1)
    found = follow(places(by, mine, theirs), values)
    assert found.tolist() == by_hand(by.tolist(), mine, theirs, values.tolist())


def test_counts_that_are_not_the_rows_are_damage() -> None:
    one = np.array([1])
    for by, mine, theirs, values in (
        (one, np.array([2]), one, one),
        (one, one, np.array([2]), one),
        (one, one, np.array([1, 0]), one),
    ):
        with pytest.raises(CorruptError, match="other counts than rows"):
            follow(places(by, mine, theirs), values)


def test_groups_come_behind_what_they_see() -> None:
    a = Link(0, "nB", "B_x", 0, GRID)
    b = Link(0, "nC", "C_x", 0, GRID)
    assert group_order({"nA": [a], "nB": [b], "nC": []}) == ["nC", "nB", "nA"]


def test_a_circle_is_damage() -> None:
    a, b = Link(0, "nB", "B_x", 0, GRID), Link(0, "nA", "A_x", 0, GRID)
    with pytest.raises(CorruptError, match="seen by itself"):
        group_order({"nA": [a], "nB": [b]})
    with pytest.raises(CorruptError, match="not there"):
        group_order({"nA": [a]})


def test_a_long_chain_of_groups_is_no_circle() -> None:
    chain = {f"n{i}": [Link(0, f"n{i + 1}", "x", 0, ExactInteger("int32"))] for i in range(5000)}
    assert group_order(chain | {"n5000": []})[0] == "n5000"


def test_a_collection_is_what_most_columns_begin_with() -> None:
    lanes = tuple(
        Lane(n, 0, ExactFloat("float32"), EXACT, "") for n in ("Jet_pt", "Jet_eta", "odd")
    )
    assert collection(GroupPlan("nJet", lanes)) == "Jet"
    assert collection(GroupPlan("", lanes)) == ""


def write(path: Path, arrays: Mapping[str, Any], counts: Mapping[str, Any]) -> Path:
    """Write jagged columns and the counters `nJet` and so on."""
    with uproot.recreate(path) as file:
        types = {n: a.type.content for n, a in arrays.items()}
        tree = file.mktree("Events", types, counter_name=lambda n: "n" + n.partition("_")[0])
        tree.extend({**arrays, **counts})
    return path


def write_some(source: Path, path: Path, names: Sequence[str], counters: Sequence[str]) -> Path:
    """Write some columns of a file."""
    with uproot.open(source) as file:
        arrays = file["Events"].arrays([*names, *counters])
    counts = {n: awkward.to_numpy(arrays[n]) for n in counters}
    return write(path, {n: arrays[n] for n in names}, counts)


@pytest.fixture(scope="module")
def matched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of generated jets, reconstructed ones near them, and muons in those."""
    rng = np.random.default_rng(5)
    folder = tmp_path_factory.mktemp("links")
    gen, jets, muons = rng.poisson(4, ENTRIES), rng.poisson(3, ENTRIES), rng.poisson(1, ENTRIES)
    content = {
        "GenJet_pt": rng.exponential(40, gen.sum()),
        "GenJet_eta": rng.normal(size=gen.sum()),
    }
    to_gen = np.where(np.repeat(gen, jets) > 0, rng.integers(0, 99, jets.sum()), -1)
    to_gen = np.where(to_gen < 0, -1, to_gen % np.maximum(np.repeat(gen, jets), 1))
    to_gen[rng.random(len(to_gen)) < 0.1] = -1
    to_jet = np.where(np.repeat(jets, muons) > 0, 0, -1)
    for name, scale in (("pt", 0.1), ("eta", 0.02)):
        there = follow(places(to_gen, jets, gen), content[f"GenJet_{name}"])
        content[f"Jet_{name}"] = there + rng.normal(size=len(there)) * scale
        there = follow(places(to_jet, muons, jets), content[f"Jet_{name}"])
        content[f"Muon_{name}"] = there + rng.normal(size=len(there)) * scale
    counts = {"GenJet": gen, "Jet": jets, "Muon": muons}
    columns = {k: v.astype("f4") for k, v in content.items()}
    columns |= {"Jet_genJetIdx": to_gen.astype("i4"), "Muon_jetIdx": to_jet.astype("i4")}
    arrays = {k: awkward.unflatten(v, counts[k.partition("_")[0]]) for k, v in columns.items()}
    numbers = {f"n{k}": v.astype("i4") for k, v in counts.items()}
    return write(folder / "matched.root", arrays, numbers)


@pytest.fixture(scope="module", params=["exact", "rel:1e-3"])
def compressed(
    request: pytest.FixtureRequest, matched: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    target = tmp_path_factory.mktemp("links") / "out.root"
    rootae.compress(matched, target, family="diagram", bounds={"*": request.param})
    return target


def plans(path: Path) -> TreePlan:
    with rootae.open(path) as file:
        plan: TreePlan = file.container.stored("Events").plans[0]
        return plan


def test_references_are_found(compressed: Path) -> None:
    links = {g.name: {x.column for x in g.links} for g in plans(compressed).groups}
    assert links["nJet"] == {"GenJet_pt", "GenJet_eta"}
    assert links["nMuon"] == {"Jet_pt", "Jet_eta"}
    assert not links["nGenJet"]


def test_what_is_linked_makes_columns_smaller(
    compressed: Path, matched: Path, tmp_path: Path
) -> None:
    names = ["Jet_pt", "Jet_eta", "GenJet_pt", "GenJet_eta"]
    alone = write_some(matched, tmp_path / "alone.root", names, ["nJet", "nGenJet"])
    bound = plans(compressed).group("nJet").lanes[0].bound
    codec = tmp_path / "codec.root"  # with a codec at hand a file is coded whether it pays or not
    rootae.train([alone], codec, family="diagram", bounds={"*": bound})
    rootae.compress(alone, tmp_path / "c.root", codec=codec)
    sizes = [
        {c.name: c.nbytes for c in info(p).trees[0].columns}
        for p in (compressed, tmp_path / "c.root")
    ]
    assert sizes[0]["Jet_eta"] < 0.9 * sizes[1]["Jet_eta"]


def test_every_value_is_there_alone_and_together(compressed: Path, matched: Path) -> None:
    bound = plans(compressed).group("nJet").lanes[0].bound
    error = 0 if bound == EXACT else 1e-3
    with uproot.open(matched) as file, rootae.open(compressed) as other:
        for name in ("Muon_eta", "Jet_eta", "GenJet_eta", "Jet_genJetIdx"):
            x, y = (awkward.flatten(f["Events"][name].array()) for f in (file, other))
            assert awkward.all(abs(y - x) <= error * abs(x))


def test_the_second_reader_agrees(compressed: Path) -> None:
    with rootae.open(compressed) as file:
        for name, values in second.read(compressed, "Events").items():
            mine = file["Events"][name].array()
            mine = awkward.flatten(mine) if mine.ndim > 1 else mine
            assert awkward.to_numpy(mine).tobytes() == values.flat.tobytes()


def test_ancestors_reach_over_groups(compressed: Path) -> None:
    found = ancestors(plans(compressed), "Jet_eta")
    assert {"Jet_genJetIdx", "GenJet_eta", "nJet", "nGenJet"} <= found


def test_a_file_without_the_other_collection_is_coded_without_it(
    compressed: Path, matched: Path, tmp_path: Path
) -> None:
    names = ["Jet_pt", "Jet_eta", "Jet_genJetIdx", "Muon_pt", "Muon_eta", "Muon_jetIdx"]
    lacking = write_some(matched, tmp_path / "lacking.root", names, ["nJet", "nMuon"])
    report = rootae.compress(lacking, tmp_path / "c.root", codec=compressed, force=True)
    assert any("GenJet_pt" in note for note in report.notes)
    links = {g.name: {x.column for x in g.links} for g in plans(tmp_path / "c.root").groups}
    assert not links["nJet"]
    assert links["nMuon"] == {"Jet_pt", "Jet_eta"}
