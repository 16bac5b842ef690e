"""Rules, centres, links and their arithmetic give the same bits in the native core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from native.test_grids import FLOATS, grids, is_coarse, lengths, values
from native.values import TYPES, centre, component, derive, link, run
from reference import relations as reference

from rootae.codec.grids.exact import ExactFloat, ExactInteger
from rootae.codec.grids.rank import RankGrid
from rootae.codec.plan.parse import written
from rootae.codec.relations.centre import Centre, Term
from rootae.codec.relations.derived import Derived
from rootae.codec.relations.link import follow, places
from rootae.errors import ArgumentError, CorruptError
from rootae.kernels.arithmetic import exponential
from rootae.kernels.kinematics import COMPONENTS, cos_sin
from rootae.kernels.kinematics import component as component_of

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy
    from numpy.typing import NDArray

pytestmark = pytest.mark.slow  # whole blocks, plans and contexts stand for these in the quick ones

INTEGERS = tuple(t for t in TYPES if t not in FLOATS)
WHOLE = st.integers(-(2**53), 2**53).map(float) | st.sampled_from([1.0, -1.0, -0.0, 2.0**53])
FACTORS = st.floats(allow_nan=False, allow_infinity=False) | WHOLE | st.floats(-9, 9)


def lane(dtype: str, rows: int) -> SearchStrategy[NDArray[Any]]:
    """Return any bits of a type, or values near one another."""
    unsigned = np.dtype(f"u{np.dtype(dtype).itemsize}")
    some = values(dtype).map(lambda x: np.resize(x if len(x) else np.zeros(1, dtype), rows))
    small = arrays(np.int8, rows, elements=st.integers(0, 100)).map(lambda x: x.astype(dtype))
    free = arrays(unsigned, rows).map(lambda u: u.view(dtype))
    return some | small | free


def lanes(dtypes: tuple[str, ...], most: int) -> SearchStrategy[list[NDArray[Any]]]:
    """Return lanes of as many rows, of types from some."""

    def several(n: int) -> SearchStrategy[list[NDArray[Any]]]:
        one = st.sampled_from(dtypes).flatmap(lambda dtype: lane(dtype, n))
        return st.lists(one, min_size=1, max_size=most)

    return lengths().flatmap(several)


def quiet(x: NDArray[Any]) -> NDArray[Any]:
    """Return values with one NaN for all of them: whose bits a sum keeps nobody says."""
    return np.where(np.isnan(x), np.nan, x) if x.dtype.kind == "f" else x


@pytest.mark.parametrize("dtype", TYPES)
@settings(max_examples=60)
@given(data=st.data())
def test_rules_give_what_python_s_give(dtype: str, data: st.DataObject) -> None:
    sources = data.draw(lanes(TYPES if dtype in FLOATS else INTEGERS, 4))
    factor = FACTORS if dtype in FLOATS else WHOLE
    factors = data.draw(st.lists(factor, min_size=len(sources), max_size=len(sources)))
    found = derive(factors, sources, dtype)
    rule = Derived(tuple(enumerate(factors)))
    assert found.tobytes() == rule.evaluate(sources, dtype).tobytes()
    told = [(x, f) for x, f in zip(sources, factors, strict=True)]
    assert found.tobytes() == reference.derived(told, np.dtype(dtype)).tobytes()


@pytest.mark.parametrize("dtype", TYPES)
@given(data=st.data())
def test_copies_keep_every_bit(dtype: str, data: st.DataObject) -> None:
    x = data.draw(values(dtype))
    assert derive([1.0], [x], dtype).tobytes() == x.tobytes()


@given(data=st.data())
def test_a_sum_that_is_nan_is_the_quiet_one(data: st.DataObject) -> None:
    x = data.draw(lane("float64", 40))
    nan = (np.uint64(0x7FF8000000000123) + np.arange(40, dtype=np.uint64)).view("f8")
    for dtype, kind, quiet_one in (("f8", "u8", 0x7FF8 << 48), ("f4", "u4", 0x7FC00000)):
        found = derive([1.0, 1.0], [x, nan], dtype)
        assert set(found.view(kind).tolist()) == {quiet_one}


@pytest.mark.parametrize(
    ("factors", "sources"),
    [
        ([0.5], [np.zeros(3, "i4")]),
        ([2.0**53 + 2], [np.zeros(3, "i4")]),
        ([1.0, 1.0], [np.zeros(3, "i4"), np.zeros(3, "f4")]),
        ([np.nan], [np.zeros(3, "i4")]),
    ],
)
def test_integers_that_follow_from_what_is_not_whole_are_damage(
    factors: list[float], sources: list[NDArray[Any]]
) -> None:
    with pytest.raises(CorruptError):
        derive(factors, sources, "int64")


def test_lanes_of_other_rows_are_refused() -> None:
    with pytest.raises(ArgumentError):
        derive([1.0, 1.0], [np.zeros(3), np.zeros(2)], "float32")


def terms(count: int) -> SearchStrategy[Term]:
    """Return a centre's term by some of so many lanes."""
    index = st.integers(0, count - 1)
    one = st.builds(Term, st.just("one"), st.just(()), FACTORS)
    single = st.builds(Term, st.just("lane"), st.tuples(index), FACTORS)
    four = st.tuples(index, index, index, index)
    vector = st.builds(Term, st.sampled_from(COMPONENTS), four, FACTORS)
    return one | single | vector


@pytest.mark.parametrize("dtype", TYPES)
@settings(max_examples=60)
@given(data=st.data())
def test_centres_have_the_codes_that_python_gives(dtype: str, data: st.DataObject) -> None:
    sources = data.draw(lanes(TYPES, 4))
    rows = len(sources[0])
    found = data.draw(st.lists(terms(len(sources)), min_size=1, max_size=4))
    found.append(Term("lane", (0,), 1.0))
    far = st.integers(-(2**63), 2**63 - 1)
    low, high = sorted((data.draw(far | st.just(-(2**63))), data.draw(far | st.just(2**63 - 1))))
    is_float = dtype in FLOATS
    grid = data.draw(grids(dtype)) if is_float else ExactInteger(dtype)
    if isinstance(grid, RankGrid):
        grid = ExactFloat(dtype)
    of = Centre(tuple(found), data.draw(st.booleans()), low, high)
    codes = centre(of, sources, rows, grid)
    assert codes.tolist() == of.codes(sources.__getitem__, rows, grid).tolist()
    if rows <= 40 and is_coarse(grid):
        told: Any = written(of)
        theirs = reference.centre_codes(
            told, lambda i: normal(sources[i]), rows, written(grid.planned([])), []
        )
        assert codes.tolist() == theirs.tolist()


def normal(x: NDArray[Any]) -> NDArray[Any]:
    """Return booleans as 0 and 1."""
    return x.view(np.uint8) != 0 if x.dtype.kind == "b" else x


def test_centres_that_do_not_fit_are_refused() -> None:
    x, grid = np.zeros(3), ExactFloat("float64")
    sound = Centre((Term("lane", (0,), 1.0),), False, 0, 9)
    with pytest.raises(CorruptError):
        centre(Centre((Term("lane", (1,), 1.0),), False, 0, 9), [x], 3, grid)
    with pytest.raises(ArgumentError):
        centre(sound, [x], 4, grid)
    with pytest.raises(CorruptError):
        centre(sound, [x], 3, RankGrid("float64", np.zeros(0), np.zeros(1)))
    short = Term("lane", (0,), 1.0)
    object.__setattr__(short, "kind", "energy")
    with pytest.raises(CorruptError):
        centre(Centre((short,), False, 0, 9), [x], 3, grid)


@pytest.mark.parametrize("kind", COMPONENTS)
@settings(max_examples=60)
@given(data=st.data())
def test_components_have_the_same_bits(kind: str, data: st.DataObject) -> None:
    usual = arrays("f8", 40, elements=st.floats(-9, 9))
    pt, eta, phi, mass = (data.draw(lane("float64", 40) | usual) for _ in range(4))
    found = component(kind, pt, eta, phi, mass)
    assert quiet(found).tobytes() == quiet(component_of(kind, pt, eta, phi, mass)).tobytes()
    with np.errstate(all="ignore"):
        rows = zip(*(x.tolist() for x in (pt, eta, phi, mass)), strict=True)
        theirs = np.array([reference.component(kind, *row) for row in rows])
    assert quiet(found).tobytes() == quiet(theirs).tobytes()


@given(x=lane("float64", 700) | arrays("f8", 700, elements=st.floats(-1001, 1001)))
def test_exponential_cosine_and_sine_have_the_same_bits(x: NDArray[Any]) -> None:
    quarters = np.arange(-640, 641) * (np.pi / 4)
    x = np.concatenate([x, quarters, [0.0, -0.0, 1000.0, -1000.0, 700.0, -700.0]])
    out, cosine, sine = (np.empty(len(x)) for _ in range(3))
    run("rootae_exponential", x, len(x), out)
    assert out.tobytes() == exponential(x).tobytes()
    run("rootae_cosine_sine", x, len(x), cosine, sine)
    wanted = cos_sin(x)
    assert (cosine.tobytes(), sine.tobytes()) == (wanted[0].tobytes(), wanted[1].tobytes())


def counts(entries: int) -> SearchStrategy[NDArray[np.int64]]:
    return arrays(np.int64, entries, elements=st.integers(0, 4))


@pytest.mark.parametrize("dtype", TYPES)
@settings(max_examples=60)
@given(data=st.data())
def test_links_show_what_python_s_show(dtype: str, data: st.DataObject) -> None:
    entries = data.draw(st.integers(0, 30))
    mine, theirs = data.draw(counts(entries)), data.draw(counts(entries))
    by = data.draw(lane(data.draw(st.sampled_from(INTEGERS)), int(mine.sum())))
    if by.dtype.kind != "b":
        by = np.where(data.draw(arrays(bool, len(by))), by, by % by.dtype.type(5))
    seen = data.draw(lane(dtype, int(theirs.sum())))
    found = link(by, mine, theirs, seen)
    assert found.tobytes() == follow(places(by, mine, theirs), seen).tobytes()
    second = reference.seen(normal(by), mine, theirs, seen.view(f"u{seen.itemsize}"))
    assert found.tobytes() == second.tobytes()


@pytest.mark.parametrize(
    ("mine", "theirs", "others"),
    [
        ([2], [1], 1),
        ([0], [1], 1),
        ([1], [2], 1),
        ([1], [1, 0], 1),
        ([1, 0], [1], 1),
        ([], [], 0),
        ([-1, 2], [1, 0], 1),
        ([1, 0], [2, -1], 1),
        ([2**63 - 1], [1], 1),
        ([1, 2**62, 2**62], [1, 0, 0], 1),
        ([1], [2**62], 1),
        ([1, 0, 0], [1, 2**31, 2**31], 1),
    ],
)
def test_links_of_other_counts_are_damage(mine: list[int], theirs: list[int], others: int) -> None:
    counts = np.array(mine, np.int64), np.array(theirs, np.int64)
    with pytest.raises(CorruptError):
        link(np.zeros(1, np.int32), *counts, np.ones(others))
    with pytest.raises(ValueError):
        reference.seen(np.zeros(1, np.int32), *counts, np.ones(others))


def test_links_by_floats_are_damage() -> None:
    one = np.ones(1, np.int64)
    with pytest.raises(CorruptError):
        link(np.zeros(1), one, one, np.ones(1))
