from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import one_lane
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rootae.codec import lane, lane_encoder
from rootae.codec.escapes import escapes_of
from rootae.codec.grids.absolute import AbsGrid
from rootae.codec.grids.registry import ExactFloat, ExactInteger, grid_for
from rootae.codec.grids.special import SpecialGrid
from rootae.codec.streams import stream, zstd
from rootae.errors import CorruptError
from rootae.schema.bounds.bound import EXACT, Bound
from rootae.schema.bounds.deviation import deviation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.codec.grids.registry import Grid
    from rootae.codec.lane import Decoded
    from rootae.codec.lane_encoder import Encoded

RNG = np.random.default_rng(0)


def never() -> NoReturn:
    raise AssertionError


def round_trip(
    x: NDArray[Any], bound: Bound, contexts: NDArray[Any] | None = None
) -> tuple[Encoded, Decoded]:
    grid = grid_for(bound, x)
    encoded, seen = one_lane.encoded(x, grid, bound, contexts)
    decoded = lane.decode(encoded.mode, encoded.blob, len(x), grid, contexts)
    assert decoded.values.dtype == x.dtype
    assert not deviation(x, decoded.values, bound)[1].any()
    assert decoded.codes.tolist() == seen.codes.tolist()  # the writer sees what the reader sees
    assert decoded.values.tobytes() == seen.values.tobytes()
    return encoded, decoded


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("text", ["exact", "abs:1e-3", "rel:1e-3", "rel:1e-6"])
@given(data=st.data())
def test_any_bit_pattern_keeps_its_bound(dtype: str, text: str, data: st.DataObject) -> None:
    unsigned = dtype.replace("float", "uint")
    x = data.draw(arrays(unsigned, st.integers(0, 60))).view(dtype)
    round_trip(x, Bound.parse(text))


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int64", "uint64", "bool"])
@given(data=st.data())
def test_any_integer_comes_back(dtype: str, data: st.DataObject) -> None:
    round_trip(data.draw(arrays(dtype, st.integers(0, 60))), EXACT)


@given(arrays("u1", st.integers(0, 60)))
def test_any_byte_of_a_boolean_comes_back(raw: NDArray[Any]) -> None:
    x = raw.view(bool)
    _, decoded = round_trip(x, EXACT, (raw % 3).astype("u1"))
    assert decoded.values.view("u1").tolist() == raw.tolist()
    assert set(decoded.codes.tolist()) <= {0, 1}


def test_booleans_of_zeros_and_ones_escape_nothing() -> None:
    x = RNG.random(8000) < 0.5
    assert len(round_trip(x, EXACT)[0].blob) < 1040
    x.view("u1")[:200] = 255
    assert len(round_trip(x, EXACT)[0].blob) < 1100


def test_what_the_grid_cannot_keep_is_escaped() -> None:
    x = RNG.normal(size=2000).astype("f4")
    x[[0, 7, 1999]] = [np.nan, -0.0, np.inf]
    encoded, decoded = round_trip(x, Bound("abs", 1e-3))
    assert encoded.mode == lane.PLAIN
    assert np.signbit(decoded.values[7])


def test_a_lane_of_mostly_special_values_is_stored_by_its_bits() -> None:
    x = np.where(RNG.random(2000) < 0.5, np.nan, RNG.normal(size=2000)).astype("f4")
    encoded, decoded = round_trip(x, Bound("rel", 1e-3))
    assert encoded.mode == lane.BITS
    assert not decoded.codes.any()
    assert decoded.values.tobytes() == x.tobytes()


def test_truncated_mantissas_cost_nothing() -> None:
    x = RNG.normal(size=4000).astype("f4")
    cut = (x.view("u4") & 0xFFFFF000).view("f4")
    assert len(round_trip(cut, EXACT)[0].blob) < 0.6 * len(round_trip(x, EXACT)[0].blob)


@given(arrays(np.int64, st.integers(1, 40)), st.integers(0, 52))
def test_a_shift_undoes_itself(q: NDArray[Any], shift: int) -> None:
    q = np.where(q < 0, ~(~q >> shift << shift), q >> shift << shift)
    x = ExactFloat("float64").inverse(q)
    grid = ExactFloat("float64")
    encoded, _ = one_lane.encoded(x, grid, EXACT)
    assert lane.decode(encoded.mode, encoded.blob, len(x), grid).values.tobytes() == x.tobytes()


def test_contexts_are_taken_only_where_they_pay() -> None:
    c = RNG.integers(0, 8, 20_000).astype(np.uint8)
    assert (
        round_trip(c.astype(int) * 1000 + RNG.integers(0, 5, 20_000), EXACT, c)[0].mode
        == lane.CONTEXTS
    )
    assert round_trip(RNG.integers(0, 1000, 20_000), EXACT, c)[0].mode == lane.PLAIN


def derived(
    x: NDArray[Any], value: NDArray[Any], bound: Bound = EXACT, grid: Grid | None = None
) -> tuple[Encoded, Decoded]:
    grid = grid_for(bound, x) if grid is None else grid
    encoded, seen = one_lane.followed(x, value, grid, bound)
    decoded = lane.decode(encoded.mode, encoded.blob, len(x), grid, None, None, value.copy())
    assert decoded.values.tobytes() == seen.values.tobytes()
    return encoded, decoded


def test_a_derived_lane_stores_its_exceptions_only() -> None:
    x = RNG.normal(size=5000).astype("f4")
    value = x.copy()
    value[[3, 4000]] = [np.nan, 1]
    encoded, decoded = derived(x, value)
    assert encoded.mode == lane.DERIVED
    assert len(encoded.blob) < 60
    assert decoded.values.tobytes() == x.tobytes()


@pytest.mark.parametrize(("times", "mode"), [(60, lane.DERIVED), (600, lane.PLAIN)])
def test_a_derived_lane_keeps_special_values(times: int, mode: int) -> None:
    x = RNG.normal(size=5000).astype("f4")
    x[:times] = 7.7
    bound = Bound("abs", 0.5)
    grid = SpecialGrid(AbsGrid.for_bound("float32", 0.5, 9), (float(x[0]),), (9,))
    encoded, decoded = derived(x, x + np.float32(0.01), bound, grid)
    assert encoded.mode == mode
    assert decoded.values[:times].tobytes() == x[:times].tobytes()
    assert (decoded.values[times:] != x[times:]).any()


def test_a_derived_lane_with_many_exceptions_is_coded_plainly() -> None:
    x = RNG.normal(size=5000)
    encoded, decoded = derived(x, np.zeros(5000))
    assert encoded.mode == lane.PLAIN
    assert decoded.values.tobytes() == x.tobytes()


def test_a_predicted_lane_stores_nothing() -> None:
    encoded = lane_encoder.encode_predicted()
    grid = grid_for(Bound("none"), np.arange(9.0))
    decoded = lane.decode(encoded.mode, encoded.blob, 5, grid, np.array([0, 1, 2, 3, 4]))
    assert len(encoded.blob) == 1
    assert len(decoded.values) == 5


@pytest.mark.parametrize("mode", [lane.DERIVED, lane.PREDICTED])
def test_bytes_behind_a_lane_that_needs_none_are_damage(mode: int) -> None:
    grid, q = AbsGrid("float32", 0.5), np.zeros(5, np.int64)
    with pytest.raises(CorruptError, match="bytes follow a lane"):
        lane.decode(mode, b"\0\0", 5, grid, q, None, np.zeros(5, "f4"))


def test_codes_of_another_grid_than_bits_are_not_narrowed() -> None:
    decoded = lane.decode(lane.PLAIN, b"\0\x28\0\2", 3, AbsGrid("float32", 2.0**-40))
    assert decoded.codes.tolist() == [1 << 40] * 3
    assert decoded.values.tolist() == [1.0] * 3
    decoded = lane.decode(lane.PLAIN, b"\0\x28\0\2", 3, ExactFloat("float32"))
    assert decoded.codes.tolist() == [0] * 3


@pytest.mark.parametrize("q", [2**31, -(2**31) - 1, 2**40 + 2**31, -(2**63), 2**63 - 1, -1])
@pytest.mark.parametrize("shift", [0, 1, 3, 31, 32, 40, 63])
def test_bits_of_a_narrow_float_have_the_sign_of_all_64(q: int, shift: int) -> None:
    blob = b"\0" + bytes([shift]) + stream.encode(np.array([q] * 3))
    wide = (q << shift if q >= 0 else ~(~q << shift)) & (1 << 32) - 1
    decoded = lane.decode(lane.PLAIN, blob, 3, ExactFloat("float32"))
    assert decoded.codes.tolist() == [wide - (wide >> 31 << 32)] * 3


def test_rows_of_escapes_that_lead_out_of_a_lane_and_back_in_are_damage() -> None:
    rows = stream.encode(np.array([2**63 - 1, 2**63 - 1, 2**62, 2**62 + 3, 1]))
    frame = zstd.compress(bytes(20))
    blob = b"\5" + b"".join(stream.varint(len(x)) + x for x in (rows, frame)) + b"\0\0\0"
    with pytest.raises(CorruptError, match="outside a lane"):
        lane.decode(lane.PLAIN, blob, 9, AbsGrid("float32", 0.5))


@pytest.mark.parametrize("dtype", ["bool", "int32", "int64", "uint64"])
def test_codes_stay_as_they_are_under_escapes(dtype: str) -> None:
    head = escapes_of(np.array([1, 1, 1], dtype), np.array([2]))
    decoded = lane.decode(lane.PLAIN, head + b"\0\0\0", 3, ExactInteger(dtype))
    assert decoded.codes.tolist() == [0, 0, 0]
    assert decoded.values.tolist() == [0, 0, 1]


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64"])
def test_integers_are_in_no_mode_of_floats(dtype: str) -> None:
    with pytest.raises(CorruptError, match="mode of floats"):
        lane.decode(lane.BITS, b"\0\0\0\0", 3, ExactInteger(dtype))


def test_the_writer_sees_the_escapes_that_the_reader_sees() -> None:
    x = RNG.normal(size=2000).astype("f4")
    x[5] = np.inf
    encoded, decoded = round_trip(x, Bound("abs", 0.1))
    assert encoded.mode == lane.PLAIN
    assert decoded.values[5] == np.inf


@pytest.mark.parametrize("text", ["exact", "abs:1e-3"])
def test_cut_and_flipped_bytes_are_damage_or_n_numbers(text: str) -> None:
    x = RNG.normal(size=600).astype("f4")
    x[[1, 9]] = np.nan
    encoded, _ = round_trip(x, Bound.parse(text))
    grid, rng = grid_for(Bound.parse(text), x), np.random.default_rng(1)
    cut = [encoded.blob[:k] for k in range(len(encoded.blob))]
    flipped = [bytearray(encoded.blob) for _ in range(300)]
    for data in flipped:
        data[rng.integers(len(data))] ^= 1 << rng.integers(8)
        data[rng.integers(8)] ^= rng.integers(2)
    modes = itertools.cycle([*[encoded.mode] * 6, *range(7)])
    for mode, damaged in zip(modes, [*cut, *map(bytes, flipped)], strict=False):
        try:
            decoded = lane.decode(mode, damaged, 600, grid, np.zeros(600, np.uint8), None, x.copy())
            assert len(decoded.values) == 600
        except CorruptError:
            continue
