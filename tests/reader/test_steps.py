"""Steps smaller than blocks are those of uproot, entry for entry, and a block is read once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward as ak
import pytest
import uproot
from coding import coded
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import same
from uproot.behaviors.TTree import TTree

from rootae.reader.carriers import TREE
from rootae.reader.steps import stride
from rootae.reader.tree import CodedTree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ["Jet_pt", "nJet", "MET_pt", "matrix", "run"]
WAYS: list[dict[str, Any]] = [
    {},
    {"how": tuple},
    {"how": list},
    {"how": dict},
    {"how": "zip"},
    {"library": "np"},
    {"library": "np", "how": tuple},
]


@pytest.fixture(scope="module")
def pair(events: Path, many: Path) -> Iterator[tuple[Any, Any]]:
    """Open the original's tree, and the same one in many blocks."""
    with uproot.open(events) as a, uproot.open(many) as b:
        yield a["Events"], b["Events"]


def alike(a: Any, b: Any) -> bool:
    """Say whether two steps are of one kind and hold the same."""
    if isinstance(a, dict):
        return isinstance(b, dict) and [*a] == [*b] and all(alike(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, ak.Array):
        return type(a) is type(b) and same(a, b)
    if a.dtype == object:
        return len(a) == len(b) and all(map(alike, a, b))
    return bool(a.dtype == b.dtype and a.tobytes() == b.tobytes())


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    step=st.sampled_from([40, 77, 150, 10_000]),
    limits=st.tuples(*[st.none() | st.integers(-3500, 3500)] * 2),
    names=st.lists(st.sampled_from(NAMES), min_size=1, unique=True),
    way=st.sampled_from(WAYS),
)
def test_steps_are_those_of_the_original(
    pair: tuple[Any, Any], step: int, limits: Any, names: list[str], way: dict[str, Any]
) -> None:
    options = {"step_size": step, "entry_start": limits[0], "entry_stop": limits[1], "report": True}
    a, b = (list(t.iterate(names, **options, **way)) for t in pair)
    ranges = [[(r.tree_entry_start, r.tree_entry_stop) for _, r in steps] for steps in (a, b)]
    assert ranges[0] == ranges[1]
    assert all(alike(x, y) for (x, _), (y, _) in zip(a, b, strict=True))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Return a list to which ranges of entries are added as they are decoded."""
    found: list[tuple[int, int]] = []
    original = CodedTree.decode

    def noted(self: CodedTree, names: Any, start: int, stop: int) -> Any:
        found.append((start, stop))
        return original(self, names, start, stop)

    monkeypatch.setattr(CodedTree, "decode", noted)
    return found


def test_steps_are_cut_out_of_blocks_that_are_decoded_once(
    pair: tuple[Any, Any], asked: list[tuple[int, int]]
) -> None:
    parts = list(pair[1].iterate(NAMES, step_size=10))
    assert len(parts) == 300
    assert len(asked) <= len(coded(pair[1]).stored.entries) + 1


def test_steps_and_a_cut_or_formulas_go_uproot_s_way(pair: tuple[Any, Any]) -> None:
    for given_ in (("MET_pt", "MET_pt > 20"), ("MET_pt * 2",), (["MET_pt", "nJet + 1"],)):
        a, b = (list(t.iterate(*given_, step_size=40)) for t in pair)
        assert all(map(same, a, b))
    for options in ({"library": "pd"}, {"aliases": {"x": "MET_pt"}}, {"step_size": "20 kB"}):
        asked = {"step_size": 40, **options}
        assert stride(pair[1], pair[1].__dict__[TREE], ["MET_pt"], None, asked) is None


def test_filters_choose_what_steps_have(pair: tuple[Any, Any]) -> None:
    a, b = (list(t.iterate(filter_name="Jet_*", step_size=40)) for t in pair)
    assert a[0].fields == b[0].fields
    assert all(map(same, a, b))
    assert list(pair[1].iterate(filter_name="nothing", step_size=40)) == []


def test_a_name_that_is_none_is_an_error_as_it_is_in_uproot(pair: tuple[Any, Any]) -> None:
    for tree in pair:
        with pytest.raises(uproot.KeyInFileError):
            list(tree.iterate(["nope"], step_size=40))


def test_steps_of_a_branch_are_parts_of_its_array(pair: tuple[Any, Any]) -> None:
    parts = list(pair[1]["Jet_pt"].iterate(step_size=40))
    assert len(parts) == 75
    assert same(ak.concatenate(parts)["Jet_pt"], pair[0]["Jet_pt"].array())


def test_trees_of_plain_files_keep_uproot_s_iterate(pair: tuple[Any, Any]) -> None:
    assert type(pair[0]).iterate is TTree.iterate


@pytest.mark.parametrize("library", ["ak", "np"])
def test_several_files_are_iterated_over_in_the_same_steps(
    events: Path, many: Path, library: str, asked: list[tuple[int, int]]
) -> None:
    options: dict[str, Any] = {"step_size": 50, "library": library}
    a, b = ([*uproot.iterate([{p: "Events"}] * 2, NAMES, **options)] for p in (events, many))
    assert len(a) == len(b) == 120
    assert all(map(alike, a, b))
    assert len(asked) < 60
