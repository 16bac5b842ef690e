"""Decision diagrams as they are learned; how they are followed is in test_stages.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from related import related
from tables import bytes_of, round_trip, table

from rootae.operations.train import train_codec
from rootae.planner.rules import rules_of
from rootae.planner.sample import Sampled
from rootae.planner.survey import survey
from rootae.progress import Progress
from rootae.training.data import GroupData
from rootae.training.diagrams.clusters import cluster, coarse_edges
from rootae.training.diagrams.learner import Learner, TrainedDiagram
from rootae.training.diagrams.states import in_order
from rootae.training.options import Options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from rootae.codec.codec import Codec

CODES = st.lists(st.integers(-9, 9) | st.integers(-(2**62), 2**62), max_size=60)
HEAVY = st.lists(st.tuples(st.integers(-30, 30), st.integers(1, 60)), max_size=30)


@given(codes=CODES, heavy=HEAVY, bins=st.integers(2, 50))
def test_codes_are_cut_into_few_bins_and_all_of_them_are_used(
    codes: list[int], heavy: list[tuple[int, int]], bins: int
) -> None:
    q = np.array(codes + [v for v, n in heavy for _ in range(n)], "i8")
    edges = coarse_edges(q, bins)
    assert edges.dtype == np.int64
    assert (np.diff(edges) > 0).all()
    used = np.unique(np.searchsorted(edges, q, side="right"))
    assert len(used) == (len(edges) + 1 if len(q) else 0)
    assert len(edges) < bins


@given(st.integers(2, 50), st.data())
def test_few_codes_have_a_bin_each(bins: int, data: st.DataObject) -> None:
    codes = data.draw(st.lists(st.integers(-99, 99), min_size=1, max_size=bins, unique=True))
    edges = coarse_edges(np.repeat(codes, 3), bins)
    assert edges.tolist() == sorted(codes)[1:]


def test_a_code_that_fills_a_bin_has_one_of_its_own() -> None:
    q = np.concatenate([np.full(500, 7), np.arange(500)])
    bins = np.searchsorted(coarse_edges(q, 16), q, side="right")
    assert (q[bins == bins[0]] == 7).all()
    assert np.bincount(bins[q != 7]).max() < 100


@st.composite
def cells(draw: st.DrawFn) -> tuple[NDArray[Any], NDArray[Any]]:
    """Distributions of cells, and the rows of each."""
    count, bins = draw(st.integers(1, 60)), draw(st.integers(1, 12))
    counts = draw(arrays("f8", (count, bins), elements=st.integers(0, 50))) + 0.25
    weight = draw(arrays("f8", count, elements=st.integers(0, 1000)))
    return counts / counts.sum(1, keepdims=True), weight


@given(drawn=cells(), most=st.integers(1, 20))
def test_clusters_are_few_and_in_the_order_of_their_means(
    drawn: tuple[NDArray[Any], NDArray[Any]], most: int
) -> None:
    share, weight = drawn
    label = cluster(share, weight, most)
    assert label.shape == weight.shape
    assert sorted(set(label.tolist())) == list(range(label.max() + 1))
    assert label.max() < most
    mean, weight = share @ np.arange(share.shape[1]), weight + 1e-3
    middle = np.bincount(label, weight * mean) / np.bincount(label, weight)
    assert (np.diff(middle) >= 0).all()


def test_like_cells_are_put_together() -> None:
    kinds = np.array([[8.0, 1, 1], [1, 8, 1], [1, 1, 8], [3, 3, 4]]) / 10
    which = np.random.default_rng(0).permutation(np.repeat(np.arange(4), 10))
    label = cluster(kinds[which], np.ones(40), 4)
    assert len({(a, b) for a, b in zip(which, label, strict=True)}) == 4


ROWS = 60_000


def dependent(rows: int = ROWS, seed: int = 0) -> dict[str, NDArray[Any]]:
    """Columns of which one depends on two others and one on nothing."""
    rng = np.random.default_rng(seed)
    a, b, c = rng.integers(0, 16, (3, rows)).astype("i4")
    y = (1000 * (a + b) + rng.integers(0, 4, rows)).astype("i4")
    return {"a": a, "c": c, "b": b, "y": y}


def learned(
    columns: Mapping[str, NDArray[Any]], lane: int, **sizes: Any
) -> tuple[GroupData, TrainedDiagram | None]:
    schema, values = table(columns)
    (group,) = survey(schema, values, derive=False).groups
    data = GroupData(group, values, [], 0)
    data.prepare()
    learner = Learner(data, **({"bins": 16, "states": 64, "steps": 8} | sizes))
    return data, learner.learn(lane, range(lane))


def test_a_diagram_finds_the_two_columns_that_another_depends_on() -> None:
    data, found = learned(dependent(), 3)
    assert found is not None
    assert {lane for _, lane in found.sources} == {0, 2}
    plain, noise = data.plain[3] * 8 / ROWS, 2.0
    saved = plain - found.nbytes * 8 / ROWS
    assert saved > 0.9 * (plain - noise)


@pytest.mark.parametrize(("price", "seen"), [(0.0, {0, 2}), (0.5, {0, 2}), (3.0, set())])
def test_a_column_is_looked_at_if_it_saves_more_than_its_price(
    price: float, seen: set[int]
) -> None:
    _, found = learned(dependent(), 3, price=price)  # together they tell about three bits
    assert {lane for _, lane in (found.sources if found else ())} == seen


def test_a_column_that_nothing_tells_anything_about_has_no_diagram() -> None:
    rng = np.random.default_rng(0)
    columns = {k: rng.integers(0, 50, 20_000).astype("i4") for k in "abcd"}
    assert learned(columns, 3)[1] is None
    assert learned(columns, 0)[1] is None


@pytest.mark.parametrize("sizes", [{"steps": 1}, {"states": 3}, {"bins": 2}], ids=str)
def test_a_diagram_keeps_to_its_sizes(sizes: dict[str, int]) -> None:
    _, found = learned(dependent(20_000), 3, **sizes)
    assert found is not None
    assert len(found.sources) <= sizes.get("steps", 8)
    assert all(len(edges) < sizes.get("bins", 16) for edges in found.edges)
    states = 1
    for edges, moves in zip(found.edges, found.tables, strict=True):
        assert len(moves) == states * (len(edges) + 1)
        states = int(moves.max()) + 1
        assert sorted(set(moves.tolist())) == list(range(states))
        assert states <= sizes.get("states", 64)


def trained(columns: Mapping[str, NDArray[Any]], **options: Any) -> Codec:
    schema, values = table(columns)
    sample = Sampled(schema, values, share=0.01)  # as of a file so large that tables pay
    return train_codec({"t": [sample]}, Options(family="diagram", **options), 1, Progress())[0]


def test_trained_diagrams_save_as_much_on_rows_that_they_never_saw() -> None:
    codec = trained(dependent())
    (group,) = codec.plan.trees[0].groups
    assert [x.contexts for x in group.lanes] == [None, None, None, 0]
    assert group.family == "diagram"
    _, values = table(dependent(20_000, seed=1))
    block, _ = round_trip(codec, values)
    assert bytes_of(codec, block, "y") * 8 / 20_000 < 2.4


def test_diagrams_look_at_centres() -> None:
    codec = trained(related(8000), bounds=rules_of({"*": "exact"}))
    (group,) = codec.plan.trees[0].groups
    seen = {
        i: f.of.index
        for i in range(len(group.lanes))
        for f in group.looks_at(i)
        if f.of.kind == "centre"
    }
    assert seen
    assert all(i == j for i, j in seen.items()), "each lane looks at its own centre only"
    _, values = table(related(8000, 1))
    round_trip(codec, values)


@pytest.mark.parametrize("kind", ["constant", "two values", "nan", "extremes", "few rows"])
def test_odd_columns_train_and_come_back(kind: str) -> None:
    rng = np.random.default_rng(0)
    columns = {k: x.astype("f8") for k, x in dependent(8000).items()}
    columns |= {
        "constant": {"z": np.full(8000, 3)},
        "two values": {"z": rng.random(8000) < 0.5},
        "nan": {"z": np.full(8000, np.nan), "y": np.where(rng.random(8000) < 0.5, np.nan, 1.0)},
        "extremes": {
            "z": rng.choice([2**63 - 1, 2**63 - 2, -(2**63)], 8000),
            "w": rng.choice([2**63 - 1, 2**63 - 2], 8000),
        },
        "few rows": {},
    }[kind]
    if kind == "few rows":
        columns = {k: x[:2100] for k, x in columns.items()}
    codec = trained(columns)
    for some in (columns, {k: x[::-1].copy() for k, x in columns.items()}):
        _, values = table(some)
        round_trip(codec, values)


def test_training_again_gives_the_same_codec() -> None:
    assert trained(dependent(20_000)).id == trained(dependent(20_000)).id


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.data())
def test_states_in_another_order_lead_to_the_same_contexts(
    widths: list[int], drawn: st.DataObject
) -> None:
    tables, states = [], 1
    for width in widths:
        size = states * width
        numbers = drawn.draw(st.lists(st.integers(0, 7), min_size=size, max_size=size))
        tables.append(np.array(numbers, np.int64))
        states = int(tables[-1].max()) + 1
    found = in_order(tables, widths)
    for seen in np.ndindex(*widths):
        before = after = 0
        for x, width, old, new in zip(seen, widths, tables, found, strict=True):
            before, after = old[before * width + x], new[after * width + x]
        assert before == after
    for between in found[:-1]:
        assert np.array_equal(np.unique(between), np.arange(between.max() + 1))
