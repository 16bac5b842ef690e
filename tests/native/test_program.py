"""What has to be decoded, and when lanes may be let go of: natively as in Python."""

from __future__ import annotations

import ctypes
import dataclasses
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from codec.plan.test_check import GROUP, LANES, TABLES, WIDER, centre
from hypothesis import given
from hypothesis import strategies as st
from native.plans import KINDS, TAKEN, Known, codec_of, known_of

from rootae.codec.layout import Layout
from rootae.codec.plan.contexts import Diagram, Edges, Feature, OfCentre, OfLane
from rootae.codec.plan.order import in_order
from rootae.codec.plan.plan import GroupPlan, Lane, Plan, TreePlan
from rootae.codec.program import Program, Resolver
from rootae.codec.relations.derived import Derived
from rootae.schema.column import Column

if TYPE_CHECKING:
    from collections.abc import Sequence


class Resolved(NamedTuple):
    """What the native core says.

    Arguments:
        lanes, latents: as `Program` has them.
        freed: after how many of the lanes each is let go of, 0 for never.
        kept: lanes that others may be decoded from.
    """

    lanes: list[int]
    latents: list[int]
    freed: list[int]
    kept: set[int]


def native(
    known: Known, lanes: int, groups: int, wanted: Sequence[int], modes: bytes, there: Sequence[int]
) -> Resolved:
    counts = np.array([len(wanted), len(there)], np.uintp)
    order, latents, freed = (np.zeros(n + 1, np.uint32) for n in (lanes, groups, lanes))
    kept = np.zeros(lanes + 1, np.uint8)
    given = (np.array(x, np.uint32) for x in (wanted, there))
    mode = np.frombuffer(modes + b"\0", np.uint8)
    found = known.call("surface_plan_resolve", ctypes.c_size_t(0), mode, *given, counts, order,
                       latents, freed, kept)  # fmt: skip
    assert found == (TAKEN, "")
    many, some = counts.tolist()
    return Resolved(
        order[:many].tolist(),
        latents[:some].tolist(),
        freed[:lanes].tolist(),
        set(np.flatnonzero(kept).tolist()),
    )


def freed_after(program: Program, resolver: Resolver, modes: bytes, order: Sequence[int]) -> Any:
    """Return for each lane after how many of others in that order its last reader is decoded."""
    found = [0] * len(modes)
    for done, lane in enumerate(order):
        for other in resolver.of(lane, modes[lane]):
            found[other] = done + 1
    assert {i for i, n in enumerate(found) if n} == {*program.readers}
    return found


def agreed(known: Known, tree: TreePlan, wanted: Sequence[int], modes: bytes,
           there: Sequence[int] = ()) -> list[int]:  # fmt: skip
    """Hold that both find the same to decode, and return its order."""
    layout = Layout(tree)
    resolver = Resolver(tree, layout)
    program = resolver.resolve(wanted, modes, there)
    found = native(known, len(layout.within), len(layout.groups), wanted, modes, there)
    assert sorted(found.lanes) == sorted(program.lanes)
    assert sorted(found.latents) == sorted(program.latents)
    done = {*there}
    for lane in found.lanes:
        assert done >= {*resolver.of(lane, modes[lane])}, "a lane before what it is decoded from"
        done.add(lane)
    assert found.freed == freed_after(program, resolver, modes, found.lanes)
    counters = {c.counter for c in tree.columns if c.counter is not None}
    assert found.kept == resolver.sources | {i for c in counters for i in layout.lanes_of(c)}
    return found.lanes


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(5))
def test_programs_of_codecs_are_those_of_python(kind: str, seed: int) -> None:
    codec, rng = codec_of(kind), np.random.default_rng(seed)
    (tree,) = codec.plan.trees
    lanes = sum(len(g.lanes) for g in tree.groups)
    for _ in range(20):
        modes = rng.integers(0, 7, lanes).astype(np.uint8).tobytes()
        wanted = rng.choice(lanes, rng.integers(lanes + 1), replace=False).tolist()
        there = rng.choice(lanes, rng.integers(3), replace=False).tolist()
        agreed(known_of(codec), tree, wanted, modes, there)


def linked() -> TreePlan:
    """Return groups that see one another by a centre, and by a diagram over centres and links."""
    seen = [Feature(of, Edges(0)) for of in (OfLane(0), OfCentre(3), OfLane(4))]
    lanes = (
        dataclasses.replace(LANES[0], contexts=None),
        dataclasses.replace(LANES[1], contexts=0),
        dataclasses.replace(LANES[2], derived=Derived(((0, 1.0), (0, 2.0)))),
        dataclasses.replace(LANES[3], centre=centre(4), contexts=1),
    )
    contexts = Diagram(tuple(seen), (4, 4, 4)), Diagram(tuple(seen[:1]), (4,))
    links = (*WIDER.groups[1].links,)
    group = GroupPlan("n", lanes, contexts, None, "diagram", links)
    return dataclasses.replace(WIDER, groups=(WIDER.groups[0], group, WIDER.groups[2]))


@given(st.data())
def test_links_take_counters_and_what_they_go_by(data: st.DataObject) -> None:
    tree = linked()
    known = Known(Plan((tree,)).to_json().encode(), [*TABLES, np.zeros(100, np.int64)])
    lanes = sum(len(g.lanes) for g in tree.groups)
    modes = bytes(data.draw(st.lists(st.integers(0, 6), min_size=lanes, max_size=lanes)))
    numbers = st.lists(st.integers(0, lanes - 1), unique=True)
    agreed(known, tree, data.draw(numbers), modes, data.draw(numbers))


def in_a_row(count: int, sources: Sequence[Sequence[int]]) -> Known:
    lanes = tuple(
        Lane(f"c{i}", 0, LANES[0].grid, LANES[0].bound, "",
             centre=dataclasses.replace(centre(0), terms=tuple(centre(j).terms[0] for j in some))
             if some else None)
        for i, some in enumerate(sources)
    )  # fmt: skip
    columns = tuple(Column(f"c{i}", "int32") for i in range(count))
    group = dataclasses.replace(GROUP, name="", lanes=lanes, contexts=(), encoder=None)
    return Known(Plan((TreePlan("t", "", columns, (), (group,)),)).to_json().encode())


@given(st.integers(1, 12).flatmap(lambda n: st.tuples(
    st.permutations(range(n)), st.lists(st.lists(st.integers(0, 10**6), max_size=3),
                                        min_size=n, max_size=n))))  # fmt: skip
def test_lanes_are_ordered_as_in_python(made: tuple[list[int], list[list[int]]]) -> None:
    places, draws = made
    sources: list[list[int]] = [[] for _ in places]
    for i, some in enumerate(draws):
        sources[places[i]] = [places[j % i] for j in some] if i else []
    known = in_a_row(len(places), sources)
    order = np.zeros(len(places), np.uint32)
    nothing = ctypes.c_size_t(0)
    assert known.call("surface_plan_order", nothing, nothing, order) == (TAKEN, "")
    (tree,) = Plan.from_json(known.text.decode()).trees
    assert order.tolist() == [*in_order(tree.groups[0])]


def test_a_long_chain_is_no_trouble() -> None:
    many = 3000
    known = in_a_row(many, [[i - 1] if i else [] for i in range(many)])
    (tree,) = Plan.from_json(known.text.decode()).trees
    assert agreed(known, tree, [many - 1], bytes([5]) * many) == list(range(many))


def test_contexts_that_many_lanes_share_take_little_time() -> None:
    """Lanes times what their contexts see would be 10^9."""
    many = 30_000
    plan: Any = Plan.from_json(in_a_row(1, [[]]).text.decode())
    (tree,) = plan.trees
    first = tree.groups[0].lanes[0]
    lanes = tuple(
        dataclasses.replace(first, column=f"c{i}", contexts=0 if i else None) for i in range(many)
    )
    seen = Feature(OfLane(0), Edges(0))
    group = GroupPlan("", lanes, (Diagram((seen,) * many, (1,) * many),))
    columns = tuple(Column(f"c{i}", "int32") for i in range(many))
    tree = TreePlan("t", "", columns, (), (group,))
    known = Known(Plan((tree,)).to_json().encode(), [np.arange(3), np.zeros(4, np.int64)])
    found = native(known, many, 1, range(many), bytes([1]) * many, [])
    assert found.lanes == list(range(many))
    assert found.freed[0] == many
