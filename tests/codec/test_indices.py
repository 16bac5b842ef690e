"""One traversal finds and renumbers whatever a part of a plan points to."""

from __future__ import annotations

import pytest

from rootae.codec.grids.exact import ExactFloat, ExactInteger
from rootae.codec.grids.rank import RankTables
from rootae.codec.indices import Pointee, mapped, pointed
from rootae.codec.plan.contexts import (
    Diagram,
    Digit,
    Edges,
    Encoder,
    Feature,
    OfCentre,
    OfLane,
    OfLatent,
    Raw,
    Stage,
    Target,
)
from rootae.codec.plan.plan import GroupPlan, Lane
from rootae.codec.relations.centre import Centre, Term
from rootae.codec.relations.derived import Derived
from rootae.codec.relations.link import Link
from rootae.schema.bounds.bound import EXACT, Bound

LANES = (
    Lane("a", 0, ExactInteger("int32"), EXACT, "", contexts=0),
    Lane("b", 0, RankTables("float32", 11, 12), Bound("none"), "", contexts=1),
    Lane("c", 0, ExactInteger("int32"), EXACT, "", Derived(((0, 2.0), (3, 1.0)))),
    Lane(
        "d", 0, ExactInteger("int32"), EXACT, "",
        centre=Centre((Term("lane", (4,), 1.0), Term("one", (), 2.0)), False, -9, 9),
    ),
)  # fmt: skip
STAGE = Stage(
    7,
    (
        Feature(OfLatent(1), Raw()),
        Feature(OfCentre(3), Edges(13)),
        Feature(OfLane(2), Digit(0, 1, 2)),
    ),
    (Target(0, 14, 15), Target(None, 0, 0)),
)  # fmt: skip
DIAGRAM = Diagram((Feature(OfLane(4), Edges(16)),), (17,))
ENCODER = Encoder(8, (Feature(OfLane(0), Edges(18)),), 2)
LINK = Link(0, "m", "K_x", 0, ExactFloat("float32"))
GROUP = GroupPlan("n", LANES, (STAGE, DIAGRAM), ENCODER, "ae", (LINK,))
POINTED: dict[Pointee, tuple[int, ...]] = {
    "table": (11, 12, 13, 14, 15, 0, 0, 16, 17, 18),
    "network": (7, 8),
    "lane": (0, 3, 0, 0),
    "seen": (4, 2, 4, 0),
    "centre": (3,),
    "context": (0, 1),
    "latent": (1,),
}


@pytest.mark.parametrize("of", POINTED)
def test_everything_that_is_pointed_to_is_found(of: Pointee) -> None:
    assert pointed(GROUP, of) == POINTED[of]


@pytest.mark.parametrize("of", POINTED)
def test_renumbering_moves_what_it_is_of_and_nothing_else(of: Pointee) -> None:
    moved = mapped(GROUP, **{of: lambda i: i + 100})
    for kind, numbers in POINTED.items():
        assert pointed(moved, kind) == tuple(i + 100 * (kind == of) for i in numbers)
    assert mapped(moved, **{of: lambda i: i - 100}) == GROUP


def test_what_is_gone_is_said() -> None:
    with pytest.raises(KeyError):
        mapped(GROUP, lane={0: 0})
    assert mapped(LANES[0], lane={}) is LANES[0]


@pytest.mark.parametrize("value", [None, 3, "text", EXACT])
def test_what_points_nowhere_stays(value: int | Bound | str | None) -> None:
    assert mapped(value, lane={}) is value
    assert pointed(value, "lane") == ()
