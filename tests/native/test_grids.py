"""Grids of the native core give the bits that Python's and the second reader's give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from native.values import TYPES, forward, inverse, run
from reference.grids import code_on, on_grid

from rootae.codec.grids.absolute import AbsGrid
from rootae.codec.grids.exact import ExactFloat, ExactInteger
from rootae.codec.grids.octave import POINTS_AT_MOST, octave_points
from rootae.codec.grids.rank import RankGrid
from rootae.codec.grids.relative import RelGrid
from rootae.codec.grids.special import SpecialGrid
from rootae.codec.plan.parse import written
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy
    from numpy.typing import NDArray

    from rootae.codec.grids.grid import Grid

pytestmark = pytest.mark.slow  # whole blocks, plans and contexts stand for these in the quick ones

FLOATS = ("float32", "float64")
QUICK = [*range(1, 65), *range(65, POINTS_AT_MOST, 61), 1573, POINTS_AT_MOST]
EDGES = [
    0,
    1,
    -1,
    *(s * 2**k + d for s in (1, -1) for k in (30, 31, 32, 52, 53, 61) for d in (-1, 0, 1)),
]
EDGES += [2**62 - 1, 2**62, 2**62 + 1, -(2**62), -(2**62) - 1, 2**63 - 1, -(2**63), 1 - 2**63]
TINY, LONG = 2.0**-52, 700  # rows of more than one piece


def grids(dtype: str) -> SearchStrategy[Grid]:
    """Return grids of a type, of any kind that it has."""
    if dtype not in FLOATS:
        return st.just(ExactInteger(dtype)) | ranks(dtype)
    absolute = st.floats(5e-324, 1.7e308) | st.sampled_from([1e-3, 0.37, 1.0, 2.0**-1074])
    steps = absolute.map(lambda step: AbsGrid(dtype, step))
    octaves = st.integers(1, POINTS_AT_MOST).map(lambda n: RelGrid(dtype, 1e-4, n))
    errors = st.floats(TINY, 0.999) | st.sampled_from([TINY, 1e-5, 1e-8, 0.25])
    segments = errors.map(lambda error: RelGrid(dtype, error, 0))
    bases = steps | octaves | segments
    special = st.tuples(bases, ordered(dtype)).map(lambda x: SpecialGrid(x[0], *x[1]))
    return st.just(ExactFloat(dtype)) | bases | special | ranks(dtype)


def ranks(dtype: str) -> SearchStrategy[Grid]:
    """Return grids of ranks; points are anything finite."""
    finite = st.floats(allow_nan=False, allow_infinity=False)
    near = st.floats(-300, 300)
    points = st.lists(finite | near, min_size=1, max_size=30, unique=True).map(sorted)

    def made(found: list[float]) -> RankGrid:
        x = np.array(found)
        return RankGrid(dtype, x[:-1] / 2 + x[1:] / 2, x)

    return points.map(made)


def ordered(dtype: str) -> SearchStrategy[tuple[tuple[float, ...], tuple[int, ...]]]:
    """Return special values and their codes."""
    some = st.floats(width=64 if dtype == "float64" else 32, allow_nan=False, allow_infinity=False)
    odd = st.sampled_from([-0.0, 0.0, -999.0, 0.5, float(np.finfo(dtype).max)])
    codes = st.integers(-900, 900) | st.integers(-(2**62), 2**62)
    odd_codes = st.sampled_from([c for c in EDGES if abs(c) <= 2**62])

    def several(n: int) -> SearchStrategy[tuple[tuple[float, ...], tuple[int, ...]]]:
        values = st.lists(some | odd, min_size=n, max_size=n, unique_by=repr)
        places = st.lists(codes | odd_codes, min_size=n, max_size=n, unique=True)
        return st.tuples(
            values.map(lambda v: tuple(sorted(v, key=lambda x: (x, np.copysign(1, x))))),
            places.map(lambda c: tuple(sorted(c))),
        )

    return st.integers(1, 16).flatmap(several)


def values(dtype: str) -> SearchStrategy[NDArray[Any]]:
    """Return any bits at all, of booleans too, the odd ones often."""
    unsigned = np.dtype(f"u{np.dtype(dtype).itemsize}")
    some: list[int] = [0, 1, int(np.iinfo(unsigned).max), int(np.iinfo(unsigned).max) // 2 + 1]
    if dtype in FLOATS:
        info = np.finfo(dtype)
        odd = [0.0, np.inf, np.nan, info.max, info.tiny, info.smallest_subnormal, 1, 0.5, 30.154173]
        x = np.array(odd, dtype)
        signalling = x.view(unsigned) - unsigned.type(2)
        some = [*x.view(unsigned).tolist(), *(-x).view(unsigned).tolist(), *signalling.tolist()]
    bits = st.integers(0, int(np.iinfo(unsigned).max)) | st.sampled_from(some)
    return lengths().flatmap(
        lambda n: arrays(unsigned, n, elements=bits).map(lambda u: u.view(dtype))
    )


def lengths() -> SearchStrategy[int]:
    return st.integers(0, 40) | st.sampled_from([511, 512, 513, LONG])


def near(grid: Grid) -> SearchStrategy[int]:
    """Return codes: of ordinary values, of zero, of the ends of the type, and any."""
    any_code = st.integers(-(2**63), 2**63 - 1) | st.sampled_from(EDGES)
    few = st.integers(-2000, 2000)
    base = grid.base if isinstance(grid, SpecialGrid) else grid
    if isinstance(grid, SpecialGrid):
        near_special = [c + d for c in grid.codes for d in (-17, -1, 0, 1, 17)]
        few |= st.sampled_from(near_special)
    if isinstance(base, RelGrid):
        top = (2150 if base.dtype == "float64" else 280) * base.points
        few |= st.integers(-top, top) | st.integers(-3 * base.points, 3 * base.points)
    return few | any_code


def codes(grid: Grid) -> SearchStrategy[NDArray[np.int64]]:
    """Return arrays of codes: all near one another, or any."""
    kinds = (near(grid), st.integers(-(2**30), 2**30 - 1), st.integers(-500, 500))
    return st.sampled_from(kinds).flatmap(
        lambda one: lengths().flatmap(lambda n: arrays(np.int64, n, elements=one))
    )


def is_coarse(grid: Grid) -> bool:
    """Say whether the second reader, which makes all points of an octave, can have the grid."""
    base = grid.base if isinstance(grid, SpecialGrid) else grid
    return not isinstance(base, RelGrid) or base.points < 100_000


def described(grid: Grid) -> tuple[dict[str, Any], list[NDArray[np.int64]]]:
    """Return a grid as the plan's text has it, and tables."""
    tables: list[NDArray[np.int64]] = []
    told: dict[str, Any] = written(grid.planned(tables))
    return told, tables


@pytest.mark.parametrize("dtype", TYPES)
@settings(max_examples=60)
@given(data=st.data())
def test_codes_have_the_values_that_python_gives(dtype: str, data: st.DataObject) -> None:
    grid = data.draw(grids(dtype))
    q = data.draw(codes(grid))
    y = inverse(grid, q)
    assert y.tobytes() == grid.inverse(q).tobytes()
    if is_coarse(grid):
        told, tables = described(grid)
        assert y.tobytes() == on_grid(told, q, tables).astype(dtype).tobytes()


@pytest.mark.parametrize("dtype", TYPES)
@settings(max_examples=60)
@given(data=st.data())
def test_values_have_the_codes_that_python_gives(dtype: str, data: st.DataObject) -> None:
    grid = data.draw(grids(dtype))
    free, q = data.draw(values(dtype)), data.draw(codes(grid))
    x = np.concatenate([free, inverse(grid, q)])
    if isinstance(grid, SpecialGrid):
        special = np.array(grid.values, dtype)
        x = np.concatenate([x, special, np.nextafter(special, special.dtype.type(9))])
    found = forward(grid, x)
    assert found.tolist() == grid.forward(x).tolist()
    if dtype == "bool" or not is_coarse(grid):
        return
    told, tables = described(grid)
    with np.errstate(all="ignore"):
        theirs = code_on(told, x, tables)
    theirs = theirs.view(np.int64) if theirs.dtype == np.uint64 else theirs.astype(np.int64)
    last = len(grid.points) - 1 if isinstance(grid, RankGrid) else None
    assert found.tolist() == (theirs if last is None else np.minimum(theirs, last)).tolist()


def test_booleans_other_than_0_and_1_count_as_1() -> None:
    x = np.arange(256, dtype=np.uint8).view(bool)
    assert forward(ExactInteger("bool"), x).tolist() == [0] + [1] * 255
    q = np.array([0, 1, -1, 2, 256, 2**63 - 1, -(2**63)])
    assert inverse(ExactInteger("bool"), q).tobytes() == bytes([0, 1, 1, 1, 1, 1, 1])


def check_octaves(numbers: list[int]) -> None:
    for n in numbers:
        out = np.empty(n + 1)
        run("rootae_octave", n, out)
        assert out.tobytes() == octave_points(n).tobytes(), n


def test_points_are_the_same_numbers() -> None:
    check_octaves(QUICK)


@pytest.mark.slow
def test_all_points_of_all_octaves_are_the_same_numbers() -> None:
    check_octaves(list(range(1, POINTS_AT_MOST + 1)))


def check_all_codes(dtype: str, n: int) -> None:
    """Hold all codes of a grid, and the values between which codes change."""
    grid = RelGrid(dtype, 1e-4, n)
    top = (2150 if dtype == "float64" else 280) * n
    q = np.arange(-top, top + 1)
    y = inverse(grid, q)
    assert y.tobytes() == grid.inverse(q).tobytes()
    points = octave_points(n)
    middle = (points[:-1] + points[1:]) / 2
    m = np.concatenate([middle, np.nextafter(middle, 0), np.nextafter(middle, 3), points])
    x = np.concatenate([np.ldexp(m, e).astype(dtype) for e in (0, 1, -100, 120, -126, -140)])
    assert forward(grid, x).tolist() == grid.forward(x).tolist()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("n", [1, 2, 3, 35, 64, 347])
def test_all_codes_of_a_grid_have_the_same_values(n: int, dtype: str) -> None:
    check_all_codes(dtype, n)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", FLOATS)
def test_all_codes_of_every_grid_have_the_same_values(dtype: str) -> None:
    for n in range(1, POINTS_AT_MOST + 1, 1 if dtype == "float32" else 16):
        check_all_codes(dtype, n)


@pytest.mark.parametrize("error", [TINY, 2.0**-51, 1e-12, 1e-8, 1e-5, 1e-3, 0.11, 0.5, 0.99])
@pytest.mark.parametrize("dtype", FLOATS)
def test_segments_meet_where_python_s_do(dtype: str, error: float) -> None:
    grid = RelGrid(dtype, error, 0)
    starts = grid._segments[0]
    near_starts = np.concatenate([starts + d for d in (-1, 0, 1)])
    octaves = 2150 if dtype == "float64" else 280
    some = np.array([0, 1, 23, 24, 25, 52, 53, 54, 149, 150, 151, 277, 278, 279, 1074, 2098, 2099])
    q = np.add.outer(grid.points * some[some < octaves], near_starts).ravel()
    q = np.concatenate([q, -q])
    y = inverse(grid, q)
    assert y.tobytes() == grid.inverse(q).tobytes()
    x = np.concatenate([y, np.nextafter(y, y.dtype.type(0)), np.nextafter(y, y.dtype.type(9))])
    assert forward(grid, x).tolist() == grid.forward(x).tolist()


class Forged:
    """A grid that no constructor lets pass."""

    def __init__(self, make: Callable[[], Grid], **members: Any) -> None:
        self.grid = make()
        for name, value in members.items():
            object.__setattr__(self.grid, name, value)


ABSOLUTE = AbsGrid("float32", 0.7)
FORGED = {
    "a step of 0": Forged(lambda: AbsGrid("float32", 0.7), step=0.0),
    "a step below 0": Forged(lambda: AbsGrid("float32", 0.7), step=-1.0),
    "a step that is none": Forged(lambda: AbsGrid("float32", 0.7), step=np.nan),
    "an endless step": Forged(lambda: AbsGrid("float32", 0.7), step=np.inf),
    "steps of integers": Forged(lambda: AbsGrid("float32", 0.7), dtype="int32"),
    "bits of integers": Forged(lambda: ExactFloat("float32"), dtype="int32"),
    "integers of floats": Forged(lambda: ExactInteger("int8"), dtype="float64"),
    "too many points": Forged(lambda: RelGrid("float32", 1e-3, 9), octave=2049),
    "far too many points": Forged(lambda: RelGrid("float32", 1e-3, 9), octave=2**32 - 1),
    "too small an error": Forged(lambda: RelGrid("float32", 1e-3, 0), error=2.0**-53),
    "an error of 1": Forged(lambda: RelGrid("float32", 1e-3, 0), error=1.0),
    "no error": Forged(lambda: RelGrid("float32", 1e-3, 0), error=np.nan),
    "no special values": Forged(lambda: SpecialGrid(ABSOLUTE, (1.0,), (1,)), values=(), codes=()),
    "fewer values": Forged(lambda: SpecialGrid(ABSOLUTE, (1.0,), (1,)), codes=(1, 2)),
    "codes that do not ascend": Forged(
        lambda: SpecialGrid(ABSOLUTE, (1.0, 2.0), (1, 2)), codes=(1, 1)
    ),
    "a code too far out": Forged(lambda: SpecialGrid(ABSOLUTE, (1.0,), (1,)), codes=(2**62 + 1,)),
    "too many special values": Forged(
        lambda: SpecialGrid(ABSOLUTE, (1.0,), (1,)), values=(*range(17),), codes=(*range(17),)
    ),
    "no points": Forged(lambda: RankGrid("int8", np.zeros(0), np.zeros(0))),
}


@pytest.mark.parametrize("name", FORGED)
def test_grids_beyond_the_format_are_refused(name: str) -> None:
    with pytest.raises(CorruptError):
        inverse(FORGED[name].grid, np.zeros(3, np.int64))
