"""Special values come back bit for bit, and all others as the grid that is behind has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tables import table

from rootae.codec.codec import Codec
from rootae.codec.grids.absolute import AbsGrid
from rootae.codec.grids.registry import AnyGrid, RelGrid
from rootae.codec.grids.special import SPECIAL_AT_MOST, SpecialGrid, changed
from rootae.codec.plan.parse import checked, written
from rootae.codec.plan.plan import Plan
from rootae.errors import ArgumentError, CorruptError, FormatError
from rootae.planner.rules import rules_of
from rootae.planner.survey import survey
from rootae.schema.bounds.bound import Bound
from rootae.schema.bounds.deviation import deviation

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy
    from numpy.typing import NDArray

FLOATS = ("float32", "float64")
BOUNDS = ("abs:0.5", "abs:1e-3", "rel:1e-2", "rel:1e-5")
BASE = AbsGrid("float32", 0.75)


def base(bound: str, dtype: str) -> AbsGrid | RelGrid:
    promise = Bound.parse(bound)
    error = promise.error
    if promise.kind == "abs":
        return AbsGrid.for_bound(dtype, error, 1.0)
    grid = RelGrid.for_bound(dtype, error)
    assert isinstance(grid, RelGrid)
    return grid


def ordered(dtype: str) -> SearchStrategy[tuple[tuple[float, ...], tuple[int, ...]]]:
    """Return ascending values of a type, -0.0 before 0.0, and ascending codes."""
    info = np.finfo(dtype)
    some = st.floats(width=64 if dtype == "float64" else 32, allow_nan=False, allow_infinity=False)
    odd = st.sampled_from([-0.0, 0.0, -999.0, -1.0, 0.5, float(info.max), float(info.tiny)])
    values = st.lists(some | odd, min_size=1, max_size=SPECIAL_AT_MOST, unique_by=repr)
    return values.map(lambda v: sorted(v, key=lambda x: (x, np.copysign(1, x)))).flatmap(
        lambda v: st.tuples(
            st.just(tuple(v)),
            st.lists(
                st.integers(-900, 900) | st.integers(-(2**62), 2**62),
                min_size=len(v),
                max_size=len(v),
                unique=True,
            ).map(lambda c: tuple(sorted(c))),
        )
    )


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("bound", BOUNDS)
@given(data=st.data())
def test_special_values_come_back_and_others_as_without_them(
    bound: str, dtype: str, data: st.DataObject
) -> None:
    behind = base(bound, dtype)
    grid = SpecialGrid(behind, *data.draw(ordered(dtype)))
    special = np.array(grid.values, dtype)
    near = np.concatenate([np.nextafter(special, special.dtype.type(s)) for s in (-9, 9)])
    free = data.draw(arrays(dtype, st.integers(0, 40)))
    x = np.concatenate([special, near, free])
    y = grid.inverse(grid.forward(x))
    own = np.isin(x.view(f"u{x.itemsize}"), special.view(f"u{x.itemsize}"), kind="sort")
    assert y[own].tobytes() == x[own].tobytes()
    assert y[~own].tobytes() == behind.inverse(behind.forward(x[~own])).tobytes()
    assert not changed(grid, x, y)[own].any()
    promise = Bound.parse(bound)
    finite = np.isfinite(x)
    without = deviation(x, behind.inverse(behind.forward(x)), promise)[1]
    assert not (deviation(x, y, promise)[1] & finite & ~without).any()


@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_no_two_kinds_of_value_share_a_code(dtype: str, data: st.DataObject) -> None:
    grid = SpecialGrid(base("abs:0.5", dtype), *data.draw(ordered(dtype)))
    x = data.draw(arrays(dtype, st.integers(0, 40)))
    special = np.array(grid.values, dtype).view(f"u{x.itemsize}")
    ordinary = x[~np.isin(x.view(f"u{x.itemsize}"), special, kind="sort")]
    assert not set(grid.forward(ordinary).tolist()) & set(grid.codes)


@given(arrays("i8", st.integers(0, 60), elements=st.integers(-(2**63), 2**63 - 1)))
def test_any_code_has_some_value(q: NDArray[np.int64]) -> None:
    grid = SpecialGrid(BASE, (-999.0, 0.5), (-1332, 1))
    y = grid.inverse(q)
    assert (y.dtype, y.shape) == (np.dtype("f4"), q.shape)
    one_by_one = [grid.inverse(q[i : i + 1]) for i in range(len(q))]
    assert y.tobytes() == b"".join(v.tobytes() for v in one_by_one)


HOSTILE: dict[str, tuple[list[float], list[int]]] = {
    "no values": ([], []),
    "too many": (list(range(17)), list(range(17))),
    "values that do not ascend": ([2.0, 1.0], [1, 2]),
    "values that repeat": ([1.0, 1.0], [1, 2]),
    "zeros the wrong way round": ([0.0, -0.0], [1, 2]),
    "codes that do not ascend": ([1.0, 2.0], [2, 1]),
    "codes that repeat": ([1.0, 2.0], [2, 2]),
    "fewer codes": ([1.0, 2.0], [2]),
    "more codes": ([1.0], [2, 3]),
    "a code that is too far out": ([1.0], [2**62 + 1]),
    "a code far beyond 64 bits": ([1.0], [-(2**80)]),
    "a value of another type": ([0.1], [0]),
    "a value beyond the type": ([1e300], [0]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_lists_are_refused_by_their_place(name: str) -> None:
    values, codes = HOSTILE[name]
    config = {
        "kind": "special",
        "base": written(BASE),
        "values": [float(v).hex() for v in values],
        "codes": codes,
    }
    with pytest.raises(CorruptError, match=r"^here is wrong \(special values .* damaged$"):
        checked(AnyGrid, config, "here")
    with pytest.raises(ArgumentError, match="special values"):
        SpecialGrid(BASE, tuple(values), tuple(codes))


@pytest.mark.parametrize(
    "change",
    [
        {"values": ["nan"]},
        {"values": ["inf"]},
        {"values": ["0x7fc00000"]},
        {"values": [1.0]},
        {"values": None},
        {"codes": [1.0]},
        {"codes": ["1"]},
        {"codes": [True]},
        {"base": {"kind": "bits", "dtype": "float32"}},
        {"base": {"kind": "abs", "dtype": "int32", "step": (1.0).hex()}},
        {"base": written(SpecialGrid(BASE, (1.0,), (2,)))},
        {"dtype": "float64"},
    ],
    ids=str,
)
def test_special_grids_of_other_kinds_of_members_are_refused(change: dict[str, Any]) -> None:
    good = written(SpecialGrid(BASE, (1.0,), (2,)))
    assert checked(AnyGrid, good, "here") == SpecialGrid(BASE, (1.0,), (2,))
    with pytest.raises((CorruptError, FormatError), match="damaged"):
        checked(AnyGrid, good | change, "here")


def test_a_plan_s_damage_is_named_by_its_place() -> None:
    schema, values = table({"x": np.repeat(np.array([0.3, -7.7, -999.0], "f4"), 20)})
    plan = Plan((survey(schema, values, rules_of({"x": "abs:0.5"})),))
    text = json.loads(plan.to_json())
    grid = text["trees"][0]["groups"][0]["lanes"][0]["grid"]
    assert list(map(float.fromhex, grid["values"])) == values_of(-999.0, -7.7, 0.3)
    grid["values"].reverse()
    with pytest.raises(CorruptError, match=r"trees\[0\]\.groups\[0\]\.lanes\[0\]\.grid is wrong"):
        Codec.from_parts(json.dumps(text).encode(), *Codec(plan).parts[1:])


def values_of(*numbers: float) -> list[float]:
    return [float(np.float32(x)) for x in numbers]
