"""Expressions: read by one grammar, computed as TTree::Draw computes them, and never run."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootae.errors import ArgumentError, NameNotFound
from rootae.formula.formula import FUNCTIONS, Formula
from rootae.formula.grammar import DEPTH, read
from rootae.formula.tokens import LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = {
    "n": np.array([0, 1, 2], "i4"),
    "u": np.array([0, 1, 2], "u4"),
    "big": np.array([2**62, 2**62 + 1, -(2**63)], "i8"),
    "huge": np.array([2**64 - 1, 2**63, 1], "u8"),
    "met": np.array([10.5, 200, np.nan], "f4"),
    "ok": np.array([True, False, True]),
    "pt": ak.Array([[], [50.0], [60.0, 10.0]]),
    "id": ak.Array([[], [1], [0, 3]]),
    "mass": ak.Array([[1.0], [2.0], [3.0]]),
    "vv": ak.Array([[], [[1], [2, 3]], [[5]]]),
    "p3": ak.Array(np.arange(9.0).reshape(3, 3)),
    "m23": ak.Array(np.arange(18).reshape(3, 2, 3)),
    "label": ak.Array(["a", "b", "a"]),
    "Jet.pt": np.array([1, 2, 3]),
    "Cluster[6]": np.array([4, 5, 6]),
    "odd/na me": np.array([7, 8, 9]),
}


def computed(text: str, columns: Mapping[str, Any] = COLUMNS, rows: int = 3) -> list[Any]:
    formula = Formula.parse("--cut", text)
    value, missing = formula.compute(columns.__getitem__, rows)
    value = value if isinstance(value, ak.Array) else np.broadcast_to(value, missing.shape)
    return [None if lost else v for v, lost in zip(value.tolist(), missing, strict=True)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("n + 1", [1, 2, 3]),
        ("u - 1", [-1, 0, 1]),
        ("-u", [0, -1, -2]),
        ("n / 2", [0, 0.5, 1]),
        ("(n - 3) // 2", [-2, -1, -1]),
        ("(n - 3) % 2", [1, 0, 1]),
        ("fmod(n - 3, 2)", [-1, 0, -1]),
        ("7 // (n - 1)", [-7, np.inf, 7]),
        ("-n ** 2", [0, -1, -4]),
        ("2 ** 3 ** 2", [512] * 3),
        ("2 ** -n", [1, 0.5, 0.25]),
        ("big == 4611686018427387905", [False, True, False]),
        ("big + big", [2.0**63, 2.0**63, -(2.0**64)]),
        ("huge == 18446744073709551615", [True, False, False]),
        ("huge > -1", [True] * 3),
        ("(huge & 1) == 1", [True, False, True]),
        ("huge - 1", [2.0**64, 2.0**63, 0.0]),
        ("met > 10.5", [False, True, False]),
        ("ok + ok", [2, 0, 2]),
        ("1 <= n < 2", [False, True, False]),
        ("!n", [True, False, False]),
        ("!n == 1", [True, False, False]),
        ("not n == 1", [True, False, True]),
        ("~ok", [False, True, False]),
        ("ok && n or n > 1", [False, False, True]),
        ("(n & 2) == 2 || n == 0", [True, False, True]),
        ("n | 4", [4, 5, 6]),
        ("n > 0 ? n : -1", [-1, 1, 2]),
        ("where(n > 0, n, 0.5)", [0.5, 1, 2]),
        ("min(n, 1) + max(n, 1)", [1, 2, 3]),
        ("hypot(3, 4) + abs(-1) + pi * 0", [6] * 3),
        ("0x10 + 1e1 + .5 + 5.", [31.5] * 3),
        ("True", [True] * 3),
        # lists
        ("any(pt > 55)", [False, False, True]),
        ("all(pt > 20)", [True, True, False]),
        ("sum(pt > 20) + num(pt) + len(pt) + count(pt)", [0, 4, 7]),
        ("Sum$(pt) + Length$(id)", [0, 51, 72]),
        ("prod(id)", [1, 1, 0]),
        ("max(pt)", [None, 50, 60]),
        ("min(id)", [None, 1, 0]),
        ("mean(pt)", [None, 50, 35]),
        ("Max$(pt) - Min$(pt)", [0, 0, 50]),
        ("sum(vv)", [0, 6, 5]),
        ("sum(m23)", [15, 51, 87]),
        ("sum(pt * (id == 1))", [0, 50, 0]),
        ("any(pt > met)", [False, False, False]),
        # elements
        ("pt[0]", [None, 50, 60]),
        ("pt[1]", [None, None, 10]),
        ("pt[99999999999999999999]", [None] * 3),
        ("pt[0] > 55 || n == 0", [None, False, True]),
        ("!(pt[0] > 55)", [None, True, False]),
        ("n > 0 ? 1 : pt[0]", [None, 1, 1]),
        ("vv[0][1]", [None, None, None]),
        ("vv[1][1]", [None, 3, None]),
        ("sum(vv[1])", [0, 5, 0]),
        ("p3[2]", [2, 5, 8]),
        ("m23[1][2]", [5, 11, 17]),
        ("sum(m23[1])", [12, 30, 48]),
        ("n[0]", [0, 1, 2]),
        ("Alt$(pt[0], -1)", [-1, 50, 60]),
        ("any(pt < pt[1] * 2)", [False, False, True]),
        ("Sum$(pt[1] > 5)", [0, 0, 1]),
        # names and texts
        ("Jet.pt + `Jet.pt`", [2, 4, 6]),
        ("`Cluster[6]` + get('odd/na me')", [11, 13, 15]),
        ('label == "a"', [True, False, True]),
        ("label != 'a'", [False, True, False]),
    ],
)
def test_values_are_those_that_are_meant(text: str, values: list[Any]) -> None:
    found = computed(text)
    assert [f is None for f in found] == [v is None for v in values]
    np.testing.assert_array_equal(
        [f for f in found if f is not None], [v for v in values if v is not None]
    )


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("", "the end"), ("n +", "the end"), ("n n", "'n' where the expression is over"),
        ("(n", "')' is due"), ("sqrt(n", "',' is due"), ("n ^ 2", "a power is written **"),
        ("n = 2", "equality is written =="), ("Cluster[n]", "whole number"), ("pt[-1]", "'-'"),
        ("pt[1.5]", "whole number"), ("pt[:]", "whole number"), ("n if ok else 1", "'if'"),
        ("lambda: n", "':'"), ("[n for n in pt]", "'['"), ("n.real()", "no function 'n.real'"),
        ("__import__('os')", "no function '__import__'"), ("open(n)", "no function"),
        ("(sqrt)(n)", "'('"), ("n;n", "between backticks"), ("`n", "ends with one"), ("``", ""),
        ("sqrt(n, n)", "takes 1"), ("where(n)", "takes 3"), ("sqrt(n=1)", "=="), ("n\x00", ""),
        ("f'{n}'", "'{n}'"), ("'a", ""), ("n << 1", "'<'"), ("3n", "'n'"), ("1_000", "'_000'"),
        ("(" * 99 + "n" + ")" * 99, "levels deep"), ("-" * 999 + "n", "levels deep"),
        ("2 ** " * 999 + "2", "levels deep"), ("not " * 999 + "n", "levels deep"),
        ("n ? 1 : " * 99 + "n", "levels deep"), ("n+" * LENGTH + "n", "characters"),
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused_in_one_line(text: str, phrase: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Formula.parse("--cut", text)
    assert phrase in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 900


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("pt > mass", "same length"), ("pt[0][0]", "more indices"), ("n[1]", "one value an entry"),
        ("p3[3] > 0", "it has 3 elements: the last one is [2]"), ("m23[1][3]", "3 elements"),
        ("sum(n)", "takes a list"), ("sum(p3[0])", "takes a list"), ("label > 1", "by == or !="),
        ("label < 'a'", "by == or !="), ("label == 1", "compared with a text"),
        ("label[0] == 1", "no elements"), ("!label", "only be compared"),
        ("sqrt(label)", "only be compared"), ("~n", "write !"), ("n & ok", "write &&"),
        ("n & 2 == 2", "(flags & 4) == 4"), ("met | 1", "write ||"), ("met & met", "whole numbers"),
        ("any(p3 > pt)", "same length"),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_is_refused_with_what_would_work(text: str, phrase: str) -> None:
    with pytest.raises(ArgumentError, match="cannot be computed") as caught:
        computed(text)
    assert phrase in str(caught.value)


def test_arrays_of_one_length_as_there_are_entries_are_still_one_each() -> None:
    with pytest.raises(ArgumentError):
        computed("n > mass && p3 > pt")
    assert computed("p3 > n") == [[False, True, True], [True, True, True], [True, True, True]]


@pytest.mark.parametrize(
    "text", ["met > 3 & n > 0", "n > 0 | ok", "ok & n > 1", "ok & (n>1) & n<3"]
)
def test_comparisons_beside_bits_are_noted(text: str) -> None:
    node, notes = read(text)
    assert len(notes) == 1
    assert "as in C++" in notes[0]
    double, _ = read(text.replace("&", "&&").replace("|", "||"))
    assert str(node).replace("'&'", "'&&'").replace("'|'", "'||'") == str(double)


@pytest.mark.parametrize(
    "text", ["(met > 3) & (n > 0)", "met > 3 && n > 0", "ok & ok", "(n & 2) > 0"]
)
def test_what_cannot_be_mistaken_is_not_noted(text: str) -> None:
    assert not read(text)[1]


def test_bits_bind_after_comparisons() -> None:
    assert computed("n > 0 & n < 2") == computed("(n > 0) && (n < 2)") == [False, True, False]


def test_a_list_of_all_trigger_paths_is_no_deep_expression() -> None:
    names = [f"HLT_{i}" for i in range(900)]
    paths = {n: np.arange(3) == i for i, n in enumerate(names)}
    assert computed(" || ".join(names), paths) == [True] * 3
    deep = "(" * (DEPTH - 1) + "n" + ")" * (DEPTH - 1)
    assert computed(deep) == [0, 1, 2]


def test_a_name_alone_may_hold_any_characters() -> None:
    formula = Formula.parse("--cut", " Cluster[6] ", COLUMNS)
    assert formula.columns == ("Cluster[6]",)


def test_columns_of_no_numbers_are_refused() -> None:
    odd = {"r": ak.Array([{"a": 1}]), "o": ak.Array([1, None]), "s": ak.Array([["a"]])}
    for name in odd:
        with pytest.raises(ArgumentError, match="neither numbers nor lists"):
            computed(name, odd, len(odd[name]))


def test_a_function_that_is_not_there_is_named_with_its_like() -> None:
    with pytest.raises(NameNotFound, match="did you mean 'sqrt'"):
        Formula.parse("--cut", "sqrtt(n)")
    assert not {"eval", "exec", "open", "get", "system"} & set(FUNCTIONS)


@given(st.text(alphabet="nu pt()[]0123+-*/&|!~<>=.,'\"`?:^$and or not", max_size=30))
def test_whatever_is_written_is_computed_or_refused(text: str) -> None:
    with contextlib.suppress(ArgumentError):
        formula = Formula.parse("--cut", text)
        if set(formula.columns) <= set(COLUMNS):
            formula.compute(COLUMNS.__getitem__, 3)
