from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootae.errors import ArgumentError
from rootae.planner.rules import Choice, Rule, choose, rules_of
from rootae.schema.bounds.bound import EXACT, Bound
from rootae.schema.bounds.deviation import deviation
from rootae.schema.column import Column

F32, F64, I32 = Column("x", "float32"), Column("x", "float64"), Column("x", "int32")


@pytest.mark.parametrize("text", ["exact", "none", "abs:0.5", "rel:0.001", "abs:1e-300"])
def test_text_is_a_round_trip(text: str) -> None:
    assert Bound.parse(str(Bound.parse(text))) == Bound.parse(text)


@given(st.floats(min_value=5e-324, max_value=1e308))
def test_text_keeps_every_digit_of_the_error(error: float) -> None:
    assert Bound.parse(str(Bound("abs", error))).error == error


@pytest.mark.parametrize(
    "text",
    [
        "",
        "exakt",
        "exact:1",
        "none:1",
        "abs",
        "abs:",
        "abs:x",
        "abs:0",
        "abs:-1",
        "abs:inf",
        "abs:nan",
        "rel:0",
        "rel:1",
        "rel:2",
        "rel:nan",
        "rel:-0.1",
        "rel:1e-3:2",
    ],
)
def test_malformed_and_out_of_range_bounds_are_usage_errors(text: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Bound.parse(text)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "=", "=exact", "a", "a=", "a=b", "a:exact"])
def test_malformed_rules_are_usage_errors(text: str) -> None:
    with pytest.raises(ArgumentError):
        Rule.parse(text)


def test_a_glob_may_hold_an_equals_sign() -> None:
    assert Rule.parse("a=b=rel:1e-3").glob == "a=b"


def test_globs_match_branch_or_tree_and_branch_case_sensitively() -> None:
    rule = Rule.parse("Jet_*=rel:1e-3")
    assert rule.matches("Events", "Jet_pt")
    assert not rule.matches("Events", "jet_pt")
    assert Rule.parse("Ev*:Jet_*=exact").matches("Events", "Jet_pt")
    assert not Rule.parse("Runs:Jet_*=exact").matches("Events", "Jet_pt")


@pytest.mark.parametrize("glob", ["hit[6]", "Events:hit[6]", "a:b", "Events:a:b"])
def test_a_rule_that_says_a_name_means_that_only(glob: str) -> None:
    names = ["hit[6]", "hit6", "a:b"]
    rule = Rule.parse(f"{glob}=exact")
    meant = [n for n in names if rule.matches("Events", n, names)]
    assert meant == [glob.removeprefix("Events:")]
    assert rule.names(meant[0])


def test_later_rules_win_over_earlier_ones_and_over_presets() -> None:
    rules, start = rules_of({"*": "rel:1e-3", "x": "abs:0.1"}), Choice(EXACT, "a preset")
    assert choose("t", F32, rules, start).bound == Bound("abs", 0.1)
    assert choose("t", F32, rules[::-1], start).bound == Bound("rel", 1e-3)
    assert choose("t", F32, (), start) == start


def test_the_default_is_exact() -> None:
    assert choose("t", F64).bound == EXACT


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int32", "int64", "uint64", "bool"])
def test_integers_and_booleans_stay_exact_under_abs_and_rel(dtype: str) -> None:
    column = Column("x", dtype)
    for bound in ("abs:1", "rel:0.1"):
        assert choose("t", column, rules_of({"x": bound})).bound == EXACT


def test_none_never_touches_counters() -> None:
    counter = Column("nJet", "int32", is_counter=True)
    assert choose("t", counter, rules_of({"nJet": "none"})).bound == EXACT


@pytest.mark.parametrize(
    ("name", "dtype"), [("run", "uint32"), ("event", "uint64"), ("id", "int64"), ("id", "uint64")]
)
def test_none_reaches_identifiers_only_by_their_full_name(name: str, dtype: str) -> None:
    column = Column(name, dtype)
    assert choose("t", column, rules_of({"*": "none"})).bound == EXACT
    assert choose("t", column, rules_of({name: "none"})).bound.kind == "none"
    assert choose("t", column, rules_of({f"t:{name}": "none"})).bound.kind == "none"


@pytest.mark.parametrize("bound", ["exact", "abs:1", "rel:0.5"])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_special_values_must_come_back_bit_for_bit(bound: str, dtype: str) -> None:
    x = np.array([np.nan, np.inf, -np.inf, -0.0], dtype)
    payload = x.copy()
    payload.view(f"u{x.itemsize}")[0] ^= 1
    for y in (payload, np.array([0.0, np.finfo(dtype).max, -1, 0.0], dtype)):
        assert deviation(x, y, Bound.parse(bound))[1][0]
    assert not deviation(x, x.copy(), Bound.parse(bound))[1].any()
    assert deviation(x, np.array([0, 0, 0, 0], dtype), Bound.parse(bound))[1].all()


def test_an_ordinary_value_may_not_become_nan_or_infinite() -> None:
    x = np.array([1.0, 1.0], "f4")
    assert deviation(x, np.array([np.nan, np.inf], "f4"), Bound("abs", 1e30))[1].all()


def test_zero_stays_zero_under_rel() -> None:
    x = np.zeros(2, "f4")
    assert deviation(x, np.array([0, 1e-45], "f4"), Bound("rel", 0.5))[1].tolist() == [False, True]


def test_the_bound_itself_still_holds() -> None:
    x = np.array([1.0, -1.0])
    assert not deviation(x, np.array([1.5, -1.5]), Bound("abs", 0.5))[1].any()
    largest, wrong = deviation(2 * x, np.array([2.5, -2.25]), Bound("rel", 0.25))
    assert largest == 0.25
    assert not wrong.any()


def test_integers_beyond_float64_are_still_told_apart() -> None:
    x = np.array([2**63 - 1, 2**62 + 1], "i8")
    assert deviation(x, x - 1, EXACT)[1].all()


def test_none_promises_nothing() -> None:
    assert not deviation(np.ones(2), np.array([np.nan, 7.0]), Bound("none"))[1].any()


def test_a_signalling_nan_is_no_reason_to_warn() -> None:
    x = np.array([0x7F800001], "u4").view("f4")
    assert not deviation(x, x.copy(), Bound("rel", 1e-3))[1].any()


def test_booleans_are_told_apart_by_their_byte() -> None:
    x = np.array([0, 1, 2, 255], "u1").view(bool)
    largest, wrong = deviation(x, x.astype("i1").astype(bool), EXACT)
    assert wrong.tolist() == [False, False, True, True]
    assert largest == 254
