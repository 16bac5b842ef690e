"""The native core reads lanes as rootae does: codes, the grid they are on, and escapes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from native.coded import GRID, OF_BITS, RULE, Stored, spoilt
from one_lane import encoded, followed

from native import coded
from rootae.codec import lane, lane_encoder
from rootae.codec.escapes import escapes_of
from rootae.codec.grids.registry import ExactFloat, ExactInteger, grid_for
from rootae.codec.streams import runs, stream, zstd
from rootae.codec.streams.cursor import svarint, varint
from rootae.errors import RootaeError
from rootae.schema.bounds.bound import EXACT, Bound

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.codec.grids.registry import Grid

ROWS = 600


class Case(NamedTuple):
    """A lane, its grid, and the values of the rule that it has in mode 3."""

    stored: Stored
    grid: Grid
    derived: NDArray[Any] | None = None


def theirs(case: Case) -> tuple[bytes, list[int]] | None:
    """Return values and codes as rootae reads them."""
    stored = case.stored
    seen = stored.predicted if stored.mode == lane.PREDICTED else stored.contexts
    derived = None if case.derived is None else case.derived.copy()
    centre = stored.centre if stored.mode in (lane.CONTEXTS, lane.CENTRED) else None
    try:
        found = lane.decode(stored.mode, stored.blob, stored.rows, case.grid, seen, centre, derived)
    except RootaeError:
        return None
    return found.values.tobytes(), found.codes.tolist()


def ours(case: Case) -> tuple[bytes, list[int]] | None:
    """Return the same by the native core, the grid's part and the rule's aside."""
    found = coded.lane(case.stored)
    if found is None or (found.applies == RULE and case.derived is None):
        return None
    codes = found.codes
    if found.applies == RULE:
        assert case.derived is not None
        values, codes = case.derived.copy(), codes[:0]
    elif found.applies == OF_BITS:
        values, codes = ExactFloat(case.grid.dtype).inverse(codes), np.zeros_like(codes)
    else:
        assert found.applies == GRID
        values = case.grid.inverse(codes).copy()
    values[found.at] = found.raw
    return values.tobytes(), codes.tolist()


def samples() -> list[tuple[NDArray[Any], Bound]]:
    rng = np.random.default_rng(0)
    integers = [
        rng.integers(0, 100, ROWS).astype(d) for d in coded.TYPES if "int" in d or d == "bool"
    ]
    found = [(x, EXACT) for x in integers]
    raw = rng.integers(0, 256, ROWS).astype(np.uint8)
    found.append((np.where(rng.random(ROWS) < 0.99, raw % 2, raw).view(bool), EXACT))
    for dtype in ("f4", "f8"):
        x = (rng.normal(size=ROWS) * 50).astype(dtype)
        x[[3, 99, ROWS - 1]] = [np.nan, np.inf, -0.0]
        mostly = np.where(rng.random(ROWS) < 0.5, np.nan, x).astype(dtype)
        cut = np.rint(x[np.isfinite(x)]).astype(dtype)
        for some, text in itertools.product((x, mostly, cut), ("exact", "abs:1e-3", "rel:1e-3")):
            found.append((some, Bound.parse(text)))
    return found


def by_contexts(x: NDArray[Any], q: NDArray[Any], c: NDArray[Any]) -> lane_encoder.Encoded:
    """Write a lane by contexts whether it pays or not."""
    head = escapes_of(x, np.array([0, 7, len(x) - 1]))
    return lane_encoder.Encoded(head + b"\0" + runs.encode(q, c), lane.CONTEXTS)


def cases() -> list[Case]:
    """Return lanes in every mode, of every type."""
    rng, found = np.random.default_rng(0), []
    for x, bound in samples():
        grid, n = grid_for(bound, x), len(x)
        q = grid.forward(x).astype(np.int64)
        c = rng.integers(0, 5, n).astype(np.uint8)
        centre = q + rng.integers(-9, 9, n)
        given = [
            (encoded(x, grid, bound)[0], None, None),
            (by_contexts(x, q, c), c, None),
            (by_contexts(x, q - centre, c), c, centre),
            (encoded(x, grid, bound, None, centre)[0], None, centre),
            (followed(x, x.copy(), grid, bound)[0], None, centre),
            (lane_encoder.encode_predicted(), c, None),
        ]
        for made, contexts, middle in given:
            how = (grid.dtype, isinstance(grid, ExactFloat), contexts, middle, q % 7)
            derived = x.copy() if made.mode == lane.DERIVED else None
            found.append(Case(Stored(made.mode, made.blob, n, *how), grid, derived))
    return found


CASES = cases()


def test_lanes_are_in_every_mode() -> None:
    assert {case.stored.mode for case in CASES} == set(range(6))


def test_every_lane_is_read() -> None:
    for case in CASES:
        assert ours(case) == theirs(case) is not None, case


def test_lanes_in_other_modes_are_read_by_both_or_by_neither() -> None:
    for case in CASES:
        for mode in range(8):
            other = case._replace(stored=case.stored._replace(mode=mode))
            assert ours(other) == theirs(other), other


def changed(case: Case, rng: np.random.Generator) -> Case:
    stored = case.stored
    mode = rng.integers(7) if rng.integers(6) == 0 else stored.mode
    rows = stored.rows
    bad = stored._replace(mode=int(mode), blob=spoilt(stored.blob, rng), rows=rows)
    match rng.integers(12):
        case 0:
            bad = bad._replace(contexts=None)
        case 1:
            bad = bad._replace(centre=None)
        case 2:
            bad = bad._replace(predicted=None)
        case 3:
            return Case(bad, case.grid)
    return case._replace(stored=bad)


@pytest.mark.parametrize(
    ("seed", "rounds"), [(0, 2000), pytest.param(1, 60_000, marks=pytest.mark.slow)]
)
def test_any_change_is_damage_to_both_or_to_neither(seed: int, rounds: int) -> None:
    rng, taken = np.random.default_rng(seed), 0
    for _ in range(rounds):
        bad = changed(CASES[rng.integers(len(CASES))], rng)
        found = ours(bad)
        assert found == theirs(bad), bad
        taken += found is not None
    assert 0 < taken < rounds


def test_rows_of_escapes_may_not_lead_out_and_back_in() -> None:
    """Sums are modulo 2^64, so that each difference alone may be right."""
    rows = stream.encode(np.array([0, 2**63 - 1, 2**63 - 1, 5]))
    raw = zstd.compress(bytes(16))
    blob = varint(4) + varint(len(rows)) + rows + varint(len(raw)) + raw + b"\0\0\0"
    case = Case(Stored(lane.PLAIN, blob, 10, "int32"), ExactInteger("int32"))
    assert ours(case) is None
    assert theirs(case) is None


@pytest.mark.parametrize("q", [2**31, -(2**31) - 1, 2**40 + 2**31, -(2**63), 2**63 - 1, -1])
@pytest.mark.parametrize("shift", [0, 1, 3, 31, 32, 40, 63])
def test_bits_of_a_narrow_float_have_the_sign_of_all_64(q: int, shift: int) -> None:
    blob = b"\0" + bytes([shift, 0]) + svarint(q)
    wide = (q << shift if q >= 0 else ~(~q << shift)) & (1 << 32) - 1
    case = Case(Stored(lane.PLAIN, blob, 3, "float32", by_bits=True), ExactFloat("float32"))
    found = coded.lane(case.stored)
    assert found is not None
    assert found.codes.tolist() == [wide - (wide >> 31 << 32)] * 3
    assert ours(case) == theirs(case)


@pytest.mark.parametrize("shift", [0, 1, 20, 63])
def test_centres_are_shifted_towards_minus_infinity(shift: int) -> None:
    centre = np.array([-(2**63), -1, 0, 1, 2**63 - 1, -12_345_678])
    grid = ExactInteger("int64")
    stored = Stored(
        lane.CENTRED, b"\0" + bytes([shift]) + stream.encode(np.arange(6) - 3), 6, "int64"
    )
    case = Case(stored._replace(centre=centre), grid)
    assert ours(case) == theirs(case) is not None


@pytest.mark.parametrize("dtype", ["bool", "int32", "int64", "uint64"])
def test_codes_stay_as_they_are_under_escapes(dtype: str) -> None:
    head = escapes_of(np.array([1, 1, 1], dtype), np.array([2]))
    case = Case(Stored(lane.PLAIN, head + b"\0\0\0", 3, dtype), ExactInteger(dtype))
    assert ours(case) == theirs(case) == (np.array([0, 0, 1], dtype).tobytes(), [0, 0, 0])
