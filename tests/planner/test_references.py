"""Columns of indices as they are found; what they are good for is in test_links.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tables import round_trip

from rootae.codec.codec import Codec
from rootae.codec.plan.plan import GroupPlan, Plan
from rootae.planner.references import weight
from rootae.planner.rules import rules_of
from rootae.planner.survey import survey
from rootae.schema.column import Column
from rootae.schema.tree import TreeSchema
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Mapping

ENTRIES = 2000


Change = Callable[[dict[str, NDArray[Any]]], dict[str, NDArray[Any]]]


def matched(
    change: Change = lambda columns: columns, seed: int = 0
) -> tuple[TreeSchema, dict[str, Values]]:
    """Return schema and values of jets near generated ones, and the indices that say which."""
    rng = np.random.default_rng(seed)
    theirs, mine = rng.poisson(4, ENTRIES), rng.poisson(5, ENTRIES)
    entry, first = np.repeat(np.arange(ENTRIES), mine), np.cumsum(theirs) - theirs
    index = rng.integers(0, 10**6, len(entry)) % np.maximum(theirs[entry], 1)
    index[(theirs[entry] == 0) | (rng.random(len(entry)) < 0.2)] = -1
    eta = rng.normal(0, 2, theirs.sum()).astype("f4")
    near = np.where(index >= 0, eta[np.clip(first[entry] + index, 0, len(eta) - 1)], 0)
    columns = {
        "nGenJet": theirs.astype("i4"), "nJet": mine.astype("i4"),
        "GenJet_axis": eta, "GenJet_eta": (eta + rng.normal(size=len(eta)) * 1e-3).astype("f4"),
        "Jet_eta": (near + rng.normal(size=len(near)) * 0.01).astype("f4"),
        "Jet_genJetIdx": index.astype("i2"),
    }  # fmt: skip
    columns = change(columns)
    described, values = [], {}
    for name, x in columns.items():
        counter = f"n{name.partition('_')[0]}" if "_" in name else None
        described.append(Column(name, x.dtype.name, x.shape[1:], counter, is_counter=not counter))
        counts = columns[counter].astype(np.int64) if counter else None
        values[name] = Values(x, counts)
    return TreeSchema("t", "", tuple(described), order=tuple(columns)), values


def planned(change: Change = lambda columns: columns, bound: str = "exact") -> dict[str, GroupPlan]:
    schema, values = matched(change)
    tables: list[NDArray[np.int64]] = []
    plan = survey(schema, values, rules_of({"*": bound}), tables=tables)
    codec = Codec(Plan((plan,)), tables)
    round_trip(codec, values)
    again = Codec.from_parts(*codec.parts)
    assert again.id == codec.id
    round_trip(again, matched(change, seed=1)[1])
    return {g.name: g for g in plan.groups}


@pytest.mark.parametrize("bound", ["exact", "rel:1e-3", "abs:1e-3"])
def test_a_column_of_indices_is_found_and_centres_what_it_leads_to(bound: str) -> None:
    groups = planned(bound=bound)
    assert [(x.group, x.column) for x in groups["nJet"].links] == [("nGenJet", "GenJet_eta")]
    (eta,) = (x for x in groups["nJet"].lanes if x.column == "Jet_eta")
    assert eta.centre is not None
    assert eta.centre.sources == (len(groups["nJet"].lanes),)


def test_what_an_index_leads_to_may_follow_from_other_columns() -> None:
    def copied(columns: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        return columns | {"GenJet_eta": columns["GenJet_axis"].copy()}

    groups = planned(copied)
    (target,) = (x for x in groups["nGenJet"].lanes if x.column == "GenJet_eta")
    assert target.derived is not None
    assert [x.column for x in groups["nJet"].links] == ["GenJet_eta"]


def test_few_objects_are_not_read_through_many() -> None:
    """A reader of muons would decode all particles."""

    def crowded(columns: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        counts, more = columns["nGenJet"], 400
        ends = np.repeat(np.cumsum(counts), more)
        far = {k: np.insert(x, ends, x.dtype.type(9)) for k, x in columns.items() if "GenJet_" in k}
        return columns | far | {"nGenJet": counts + np.int32(more)}

    groups = planned(crowded)
    assert [x.column for x in groups["nJet"].links] == ["GenJet_eta"]
    assert not any(x.centre for x in groups["nJet"].lanes)
    _, values = matched(crowded)
    assert weight(groups["nJet"], groups["nJet"].links[0], values) > 60


def without(columns: Mapping[str, NDArray[Any]], name: str) -> dict[str, NDArray[Any]]:
    return {k: x for k, x in columns.items() if k != name}


NO_REFERENCES = {
    "no such collection": lambda c: {
        k.replace("GenJet", "Other"): x for k, x in c.items()
    },
    "indices beyond the objects": lambda c: c | {"Jet_genJetIdx": c["Jet_genJetIdx"] + np.int16(9)},
    "all of them -1": lambda c: c | {"Jet_genJetIdx": np.full_like(c["Jet_genJetIdx"], -1)},
    "floats": lambda c: c | {"Jet_genJetIdx": c["Jet_genJetIdx"].astype("f4")},
    "no index": lambda c: without(c, "Jet_genJetIdx"),
}  # fmt: skip


@pytest.mark.parametrize("change", NO_REFERENCES.values(), ids=NO_REFERENCES)
def test_other_columns_are_no_references(change: Callable[..., Any]) -> None:
    assert not any(g.links for g in planned(change).values())
