"""Features and diagrams; networks are in test_network.py, whole codecs in test_codec.py."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from following import COLUMNS, RNG, A, C, coded_by
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tables import bytes_of, round_trip, table

from rootae.codec.codec import Codec
from rootae.codec.contexts.contexts import StageContexts, feature
from rootae.codec.grids.exact import ExactInteger
from rootae.codec.plan.contexts import (
    Diagram,
    Digit,
    Edges,
    Feature,
    OfCentre,
    OfLane,
    OfLatent,
    Raw,
)
from rootae.codec.plan.plan import GroupPlan, Plan
from rootae.errors import RootaeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rootae.codec.block import Block
    from rootae.codec.contexts.network import Network
    from rootae.codec.grids.grid import Grid
    from rootae.schema.values import Values

LOW, HIGH = -(2**63), 2**63 - 1
CODES = arrays("i8", st.integers(0, 30), elements=st.integers(LOW, HIGH) | st.integers(-40, 40))


Change = Callable[[GroupPlan], GroupPlan]


@given(codes=CODES, edges=st.lists(st.integers(-50, 50) | st.integers(LOW, HIGH), max_size=20))
def test_an_edges_feature_counts_the_edges_at_or_below(
    codes: NDArray[np.int64], edges: list[int]
) -> None:
    table = np.sort(np.array(edges, "i8"))
    found = feature(Feature(OfLane(0), Edges(0)), codes, [table])
    assert found.tolist() == [sum(e <= q for e in edges) for q in codes.tolist()]


@given(
    codes=CODES,
    low=st.integers(LOW, HIGH) | st.integers(-9, 9),
    shift=st.integers(0, 53),
    top=st.integers(0, 1023),
)
def test_a_digit_is_what_the_format_says(
    codes: NDArray[np.int64], low: int, shift: int, top: int
) -> None:
    spec = Feature(OfLane(0), Digit(low, shift, top))
    highest = low + (top << shift)
    wanted = [(min(max(q, low), highest) - low) >> shift for q in codes.tolist()]
    assert feature(spec, codes, ()).tolist() == wanted


def test_a_raw_feature_is_the_code() -> None:
    assert feature(Feature(OfLatent(0), Raw()), np.array([3, 0, 62]), ()).tolist() == [3, 0, 62]


def test_a_diagram_s_contexts_shrink_a_column_and_come_back() -> None:
    codec, values = coded_by(COLUMNS, {"c": ("a", "b")})
    block, decoder = round_trip(codec, values)
    assert bytes_of(codec, block, "c") < 6_000  # 2 bits each, where 6 would do without contexts
    assert decoder.values("c").flat.tolist() == C.tolist()
    again = Codec.from_parts(*codec.parts)
    assert (again.plan, again.id) == (codec.plan, codec.id)
    assert again.tree("t").decoder(block).values("c").flat.tolist() == C.tolist()


@pytest.mark.parametrize("rows", [0, 1, 7])
def test_blocks_of_few_rows_come_back_through_a_diagram(rows: int) -> None:
    codec, _ = coded_by(COLUMNS, {"c": ("a", "b"), "b": ("a",)})
    _, values = table({k: x[:rows] for k, x in COLUMNS.items()})
    round_trip(codec, values)


def test_a_lane_may_look_twice_at_another() -> None:
    codec, values = coded_by(COLUMNS, {"c": ("a", "b", "a")})
    assert bytes_of(codec, round_trip(codec, values)[0], "c") < 10_000


def test_values_that_the_diagram_never_saw_are_no_error() -> None:
    codec, _ = coded_by(COLUMNS, {"c": ("a", "b")})
    _, values = table({k: x * 10**5 - 7 for k, x in COLUMNS.items()})
    round_trip(codec, values)


@st.composite
def diagrams(draw: st.DrawFn) -> tuple[Diagram, list[NDArray[Any]], NDArray[Any]]:
    """A diagram, its tables, and the codes that it looks at."""
    inputs, tables, states = [], [], 1
    steps = draw(st.integers(1, 4))
    for k in range(steps):
        edges = sorted(draw(st.lists(st.integers(-20, 20), max_size=6)))
        tables.append(np.array(edges, "i8"))
        inputs.append(Feature(OfLane(draw(st.integers(0, 2))), Edges(2 * k)))
        most = draw(st.integers(1, 256 if k + 1 == steps else 400))
        size = states * (len(edges) + 1)
        tables.append(draw(arrays("i8", size, elements=st.integers(0, most - 1))))
        states = most
    codes = draw(arrays("i8", (3, draw(st.integers(0, 25))), elements=st.integers(-25, 25)))
    return Diagram(tuple(inputs), tuple(range(1, 2 * steps, 2))), tables, codes


class Seen:
    """What diagrams look at: a matrix of codes."""

    def __init__(self, codes: NDArray[Any]) -> None:
        self._codes, self.rows = codes, codes.shape[1]

    def codes(self, i: int) -> NDArray[Any]:
        own: NDArray[Any] = self._codes[i]
        return own

    def values(self, i: int) -> NDArray[Any]:
        raise NotImplementedError

    def latents(self) -> NDArray[Any]:
        raise NotImplementedError


@given(diagrams())
def test_any_diagram_is_followed_row_by_row(
    drawn: tuple[Diagram, list[NDArray[Any]], NDArray[Any]],
) -> None:
    diagram, tables, codes = drawn
    lane = dataclasses.replace(coded_by({"a": A[:9]}, {})[0].plan.trees[0].groups[0].lanes[0])
    plan = GroupPlan("", (dataclasses.replace(lane, contexts=0),), (diagram,))
    coder = Followed(plan, tables)
    found = StageContexts(coder, Seen(codes)).of(0)
    wanted = []
    for row in codes.T.tolist():
        state = 0
        for f, t in zip(diagram.inputs, diagram.tables, strict=True):
            assert isinstance(f.of, OfLane)
            assert isinstance(f.by, Edges)
            edges = tables[f.by.table].tolist()
            state = tables[t][state * (len(edges) + 1) + sum(e <= row[f.of.index] for e in edges)]
        wanted.append(int(state))
    assert found is not None
    assert found.tolist() == wanted


@dataclasses.dataclass
class Followed:
    """What stages need of a coder."""

    plan: GroupPlan
    tables: Sequence[NDArray[np.int64]]
    networks: Sequence[Network] = ()
    grids: list[Grid] = dataclasses.field(default_factory=lambda: [ExactInteger("int32")] * 3)
    linked_grids: list[Grid] = dataclasses.field(default_factory=list)


def tampered(
    change: Change,
    block: Block,
    *,
    tables: Callable[[Sequence[NDArray[Any]]], list[NDArray[Any]]] | None = None,
) -> None:
    """Decode everything of a block by a codec whose plan, or tables, were tampered with."""
    codec, _ = coded_by(COLUMNS, {"c": ("a", "b")})
    (tree,) = codec.plan.trees
    (group,) = tree.groups
    tree = dataclasses.replace(tree, groups=(change(group),))
    changed = Codec(Plan((tree,)), codec.tables if tables is None else tables(codec.tables))
    decoder = Codec.from_parts(*changed.parts).tree("t").decoder(block)
    for name in COLUMNS:
        decoder.values(name)


@pytest.fixture(scope="module")
def block() -> Block:
    codec, values = coded_by(COLUMNS, {"c": ("a", "b")})
    return codec.tree("t").encode(values)


def inputs(**change: Any) -> Change:
    """Change the diagram's first input."""

    def changed(group: GroupPlan) -> GroupPlan:
        (diagram,) = group.diagrams
        first = dataclasses.replace(diagram.inputs[0], **change)
        new = dataclasses.replace(diagram, inputs=(first, *diagram.inputs[1:]))
        return dataclasses.replace(group, contexts=(new,))

    return changed


def member(**change: Any) -> Change:
    """Change the diagram."""
    return lambda g: dataclasses.replace(
        g, contexts=(dataclasses.replace(g.diagrams[0], **change),)
    )


def pointed(**change: Any) -> Change:
    """Change what the lane that has the diagram says of it."""
    return lambda g: dataclasses.replace(
        g,
        lanes=tuple(dataclasses.replace(x, **change) if x.column == "c" else x for x in g.lanes),
    )


CHANGES = {
    "no such edges": inputs(by=Edges(99)),
    "edges before the first": inputs(by=Edges(-1)),
    "no such lane": inputs(of=OfLane(99)),
    "a lane before the first": inputs(of=OfLane(-1)),
    "its own lane": inputs(of=OfLane(2)),
    "a digit": inputs(by=Digit(0, 0, 1)),
    "a raw code": inputs(by=Raw()),
    "a latent where there are none": inputs(of=OfLatent(0)),
    "a centre that no lane has": inputs(of=OfCentre(0)),
    "a centre of no lane": inputs(of=OfCentre(99)),
    "no such table": member(tables=(1, 99)),
    "a table before the first": member(tables=(-1, 2)),
    "fewer tables than inputs": member(tables=(1,)),
    "nothing": member(inputs=(), tables=()),
    "no such diagram": pointed(contexts=7),
    "a diagram before the first": pointed(contexts=-7),
    "neither": pointed(contexts=None),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_diagram_that_points_astray_is_damage(change: Callable[..., Any], block: Block) -> None:
    with pytest.raises(RootaeError) as caught:
        tampered(change, block)
    assert len(str(caught.value).splitlines()) == 1


TABLES = {
    "empty": lambda t: (t[0], t[1][:0], t[2]),
    "too short": lambda t: (t[0], t[1], t[2][:-1]),
    "no row for a state": lambda t: (t[0], t[1] + 1, t[2]),
    "a state below the first": lambda t: (t[0], t[1] - 1, t[2]),
    "states that overflow": lambda t: (t[0], t[1] + 2**60, t[2]),
    "contexts of over 8 bits": lambda t: (t[0], t[1], t[2] + 242),
    "contexts below 0": lambda t: (t[0], t[1], t[2] - 1),
    "edges that do not ascend": lambda t: (t[0][::-1], t[1], t[2]),
}


@pytest.mark.parametrize("change", TABLES.values(), ids=TABLES)
def test_a_diagram_of_impossible_tables_is_damage(change: Callable[..., Any], block: Block) -> None:
    with pytest.raises(RootaeError):
        tampered(lambda g: g, block, tables=change)


def chained(count: int, rows: int = 2000) -> tuple[Codec, dict[str, Values]]:
    """Columns of which each is coded by the one before it."""
    x = (RNG.integers(0, 2, rows) * 3).astype("i4")
    columns = {f"c{k}": x for k in range(count)}
    return coded_by(columns, {f"c{k}": (f"c{k - 1}",) for k in range(1, count)})


@pytest.mark.parametrize("count", [2, 23, 24, 25, 26, 100, 1000])
def test_the_end_of_a_long_chain_is_read_without_the_rest_being_asked_for(count: int) -> None:
    codec, values = chained(count)
    coder = codec.tree("t")
    block = coder.encode(values)
    assert list(block.modes) == [0] + [1] * (count - 1)
    for name in (f"c{count - 1}", f"c{count // 2}"):
        assert coder.decoder(block).values(name).flat.tolist() == values[name].flat.tolist()
    coder.verify(block, values, "here")
