"""A plan is taken, or refused, natively as both readers in Python do."""

from __future__ import annotations

import dataclasses
import functools
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from codec.plan.test_check import ASTRAY, GROUP, LANES, TABLES, TREE, WIDER, centre, tree
from codec.plan.test_plan import PLAN
from hypothesis import given
from hypothesis import strategies as st
from native.plans import (
    CORRUPT,
    FORMAT,
    KINDS,
    TAKEN,
    Known,
    codec_of,
    known_of,
    native,
    readers,
    with_text,
)
from planned import other, places
from rounds import rounds

from rootae.codec.plan.check import check
from rootae.codec.plan.plan import Lane, Plan, TreePlan
from rootae.errors import CorruptError
from rootae.schema.column import Branch, Column

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow  # whole blocks, plans and contexts stand for these in the quick ones

ENDS = [(1, 4), (2, 2)]


def of(plan: Plan | TreePlan) -> Known:
    whole = plan if isinstance(plan, Plan) else Plan((plan,))
    return Known(whole.to_json().encode(), TABLES, ENDS)


def agreed(known: Known, what: object) -> bool:
    """Hold that all three say the same of a plan, and say whether they take it."""
    found, why = native(known)
    assert readers(known) == (found, found), f"{what}: {why}"
    return found == TAKEN


def text_with(known: Known, old: str, new: str) -> Known:
    text = known.text.decode()
    assert text.count(old) == 1, text
    return known._replace(text=text.replace(old, new).encode())


@pytest.mark.parametrize("kind", KINDS)
def test_plans_of_codecs_are_taken(kind: str) -> None:
    assert agreed(known_of(codec_of(kind)), kind)


@pytest.mark.parametrize("plan", [TREE, WIDER, Plan(()), PLAN.trees[0]], ids=["t", "w", "0", "p"])
def test_plans_of_other_tests_are_taken_alike(plan: Plan | TreePlan) -> None:
    agreed(of(plan), "a plan")


def test_any_spelling_and_order_is_taken() -> None:
    known = known_of(codec_of("centre"))
    plan = json.loads(known.text)

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: turned(value[k]) for k in reversed(value)}
        return [turned(v) for v in value] if isinstance(value, list) else value

    for text in (
        json.dumps(turned(plan)),
        json.dumps(plan, indent=1),
        json.dumps(plan).replace("{", "\r\n\t {"),
        json.dumps(plan).replace('"name"', '"\\u006eame"').replace("Jet", "\\u004Aet"),
    ):
        assert agreed(known._replace(text=text.encode()), text[:100])


@pytest.mark.parametrize("plan", ASTRAY.values(), ids=ASTRAY)
def test_plans_that_point_astray_are_refused(plan: TreePlan) -> None:
    assert not agreed(of(plan), "astray")


def plan_of(kind: str) -> Known:
    made = {"links": WIDER, "an encoder": TREE}
    return of(made[kind]) if kind in made else known_of(codec_of(kind))


def anything(value: Any, rng: np.random.Generator) -> Any:
    """Return a JSON value that may be of another type."""
    some: list[Any] = [None, True, -1, 0, 2**31, 2**32, 2**63, -(2**63), 2**70, 1.5, 1e400, "", "n",
                       "abs", "stage", "0x0.0p+0", "-0x0.0p+0", "0x1.0000000000000p-52", [],
                       {}, [[]], [0], {"kind": "raw"}, {"kind": "edges", "table": 0}]  # fmt: skip
    return some[rng.integers(len(some))]


def changed(plan: Any, where: list[tuple[Any, ...]], rng: np.random.Generator) -> str:
    """Change a plan in one place, and say how."""
    *path, last = where[rng.integers(len(where))]
    inner = functools.reduce(lambda d, k: d[k], path, plan)
    kind = rng.integers(8)
    if kind == 0 and isinstance(inner, dict):
        inner["surprise"] = 1
    elif kind == 1:
        del inner[last]
    elif kind == 2:
        elsewhere = where[rng.integers(len(where))]
        inner[last] = functools.reduce(lambda d, k: d[k], elsewhere, json.loads(json.dumps(plan)))
    elif kind == 3:
        inner[last] = anything(inner[last], rng)
    else:
        inner[last] = other(inner[last], rng)
    return f"{kind}: {path} {last} -> {inner if kind < 2 else inner[last]}"


@pytest.mark.parametrize("kind", [*KINDS, "links", "an encoder"])
@rounds(300, 4000)
def test_any_change_of_a_plan_is_damage_to_all_or_to_none(
    kind: str, seed: int, rounds: int
) -> None:
    rng, known = np.random.default_rng(seed), plan_of(kind)
    where, taken = list(places(json.loads(known.text))), 0
    where = [p for p in where if p[0] != "tables"]  # rootae takes numbers there
    for _ in range(rounds):
        plan = json.loads(known.text)
        what = changed(plan, where, rng)
        if not plan.get("tables"):
            taken += agreed(with_text(known, plan), what)
    assert 0 < taken < rounds


@rounds(400, 5000)
def test_any_change_of_a_text_is_damage_to_all_or_to_none(seed: int, rounds: int) -> None:
    rng = np.random.default_rng(seed)
    known = plan_of("diagram" if seed else "an encoder")
    bits = [b"", b",", b"{", b"}", b"[", b"]", b":", b'"', b"\\", b"0", b"-", b".", b"e", b" ",
            b"\0", b"\n", b"\x7f", b"\xc3\xa9", b"\\u0061", b"\\ud83d", b"1e9"]  # fmt: skip
    taken = 0
    for _ in range(rounds):
        at, size = rng.integers(len(known.text)), rng.integers(3)
        bit = bits[rng.integers(len(bits))]
        text = known.text[:at] + bit + known.text[at + size :]
        found = native(known._replace(text=text))[0]
        first, second = readers(known._replace(text=text))
        assert (found == TAKEN) == (first == TAKEN) == (second == TAKEN), text[at - 50 : at + 50]
        taken += found == TAKEN
    assert taken < rounds


@given(st.binary(max_size=60))
def test_no_bytes_are_a_plan(text: bytes) -> None:
    assert not agreed(Known(text), text)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
                    lambda x: st.lists(x, max_size=4) | st.dictionaries(st.text(max_size=4), x),
                    max_leaves=40), st.booleans())  # fmt: skip
def test_records_of_training_are_any_json(value: Any, ascii_only: bool) -> None:
    plan = json.loads(Plan(()).to_json()) | {"training": {"a": value}}
    agreed(Known(json.dumps(plan, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")), value)


FORMATS = {
    '"format":3': FORMAT, '"format":1': FORMAT, '"format":0': FORMAT, '"format":-7': FORMAT,
    '"format":99999999999999999999999': FORMAT, '"format":2.0': CORRUPT, '"format":"2"': CORRUPT,
    '"format":2e0': CORRUPT, '"format":true': CORRUPT, '"format":null': CORRUPT,
    '"format":-0': FORMAT, '"format":02': CORRUPT, '"form":2': CORRUPT, '"format":2': TAKEN,
}  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), FORMATS.items())
def test_another_format_is_refused_before_all_else(text: str, kind: int) -> None:
    for known in (Known(Plan(()).to_json().encode()), Known(b'{"forests":[[{}]],"format":2}')):
        changed = text_with(known, '"format":2', text)
        wanted = CORRUPT if kind == TAKEN and b"forests" in changed.text else kind
        found, why = native(changed)
        assert found == wanted == readers(changed)[0], why
        assert ("upgrade" in why) == (text in ('"format":3', '"format":99999999999999999999999'))


UNKNOWN = {
    "grid": (("trees", 0, "groups", 0, "lanes", 0, "grid"), "fractal"),
    "contexts": (("trees", 0, "groups", 1, "contexts", 0), "tree"),
    "source": (("trees", 0, "groups", 1, "contexts", 0, "inputs", 0, "of"), "moon"),
    "feature": (("trees", 0, "groups", 1, "contexts", 0, "inputs", 0, "by"), "eval"),
    "bound": (("trees", 0, "groups", 0, "lanes", 0, "bound"), "some"),
}


@pytest.mark.parametrize(("path", "kind"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_kind_that_nobody_knows_needs_a_newer_rootae(path: tuple[Any, ...], kind: str) -> None:
    plan = json.loads(of(TREE).text)
    functools.reduce(lambda d, k: d[k], path, plan)["kind"] = kind
    found, why = native(with_text(of(TREE), plan))
    assert found == FORMAT
    assert f"'{kind}'" in why
    assert why.startswith(
        "plan" + "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in path)
    )


def test_tables_in_the_plan_are_refused() -> None:
    found, why = native(of(dataclasses.replace(PLAN, tables=(4, 5))))
    assert (found, why.split(":")[0]) == (CORRUPT, "plan.tables is no empty list")


@pytest.mark.parametrize("depth", [1, 61, 62, 63, 64, 65, 1000, 100_000])
@pytest.mark.parametrize("ends", ["[]", '{"a":}', "[0]"])
def test_nesting_is_refused_beyond_64(depth: int, ends: str) -> None:
    left, right = ('{"a":', "}") if ends[0] == "{" else ("[", "]")
    inner = "0" if "0" in ends else "{}"
    value = left * depth + inner + right * depth
    empty = Known(Plan(()).to_json().encode())
    known = text_with(empty, '"training":{}', f'"training":{{"a":{value}}}')
    assert agreed(known, depth) == (depth < 63)
    assert not agreed(text_with(empty, '"trees":[]', f'"trees":{value}'), depth)


def members(more: str = "") -> str:
    """Return an object of a million members."""
    return "{" + ",".join(f'"{i}":0' for i in range(1 << 20)) + more + "}"


BOMBS: dict[str, tuple[Callable[[], str], bool]] = {  # made when asked for: they are long
    "small values": (lambda: "[" + ",".join(["{}"] * (1 << 21)) + "]", False),
    "numbers": (lambda: "[" + ",".join(["0"] * ((1 << 22) - 10)) + "]", True),
    "more numbers": (lambda: "[" + ",".join(["0"] * (1 << 22)) + "]", False),
    "a long text": (lambda: '"' + "x" * ((1 << 26) - 100) + '"', True),
    "a longer text": (lambda: '"' + "x" * (1 << 26) + '"', False),
    "commas in a text": (lambda: '"' + "," * (1 << 22) + '"', False),
    "members": (members, True),
    "the same member at last": (lambda: members(',"7":1'), False),
    "a number of many digits": (lambda: "9" * 4000, False),
    "a number beyond floats": (lambda: "-1e999999999", True),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_plans_that_grow_are_refused(name: str) -> None:
    value, right = BOMBS[name]
    text = Plan(()).to_json().replace('"training":{}', f'"training":{{"a":{value()}}}')
    known = Known(text.encode())
    assert (native(known)[0] == TAKEN) == right
    assert readers(known) == (TAKEN if right else CORRUPT,) * 2


def test_a_long_chain_is_no_circle_and_a_long_circle_is_one() -> None:
    many = 2000
    some = dataclasses.replace(LANES[0], contexts=None)
    lanes = tuple(
        dataclasses.replace(some, column=f"c{i}", centre=centre(max(i - 1, 0))) for i in range(many)
    )
    columns = tuple(Column(f"c{i}", "int32") for i in range(many))
    group = dataclasses.replace(GROUP, name="", lanes=lanes, contexts=(), encoder=None)

    def chained(first: Lane) -> Known:
        some = dataclasses.replace(group, lanes=(first, *lanes[1:]))
        return of(dataclasses.replace(TREE, columns=columns, groups=(some,)))

    assert agreed(chained(dataclasses.replace(lanes[0], centre=None)), "a chain")
    assert not agreed(chained(dataclasses.replace(lanes[0], centre=centre(many - 1))), "a circle")


def test_groups_that_see_each_other_are_refused() -> None:
    first, second = WIDER.groups[1:]
    for by, column in (("n", "J_a"), ("o", "K_x")):
        lanes = (*second.lanes, dataclasses.replace(LANES[0], column="K_i", contexts=None))
        link = dataclasses.replace(first.links[0], by=2, group=by, column=column)
        link = dataclasses.replace(link, grid=LANES[0].grid if by == "n" else link.grid)
        groups = (WIDER.groups[0], first, dataclasses.replace(second, lanes=lanes, links=(link,)))
        columns = (*WIDER.columns, Column("K_i", "int32", (), "o"))
        plan = dataclasses.replace(WIDER, columns=columns, groups=groups)
        check(plan, TABLES, 2)  # but for the circle it is right
        assert native(of(plan))[0] == CORRUPT
        assert readers(of(plan)) == (CORRUPT, CORRUPT)


def test_branches_and_trees_come_once() -> None:
    twice = tree(branches=(Branch("n", "", "", coded=True),) * 2)
    passing = tree(branches=(Branch("n", "", "", coded=True), Branch("n", "", "", coded=False)))
    assert not agreed(of(twice), "a branch twice")
    assert agreed(of(passing), "a branch that passes too")
    assert not agreed(of(Plan((TREE, TREE))), "a tree twice")
    assert agreed(of(Plan((TREE, dataclasses.replace(TREE, path="u")))), "two trees")


@pytest.mark.parametrize("change", [0, 1, 2])
def test_a_network_of_other_ends_is_refused(change: int) -> None:
    ends = [[(2, 4), (2, 2)], [(1, 4), (2, 3)], [(1, 4)]][change]
    assert not agreed(of(TREE)._replace(ends=ends), ends)


def test_names_are_in_the_order_of_code_points() -> None:
    names = ["", "\x00", "Z", "a", "\u00e9", "\ue000", "\U0001f600"]
    counters = tuple(Column(n, "int32", is_counter=True) for n in names[1:])
    lane = dataclasses.replace(LANES[0], contexts=None)
    lanes = tuple(dataclasses.replace(lane, column=n) for n in names[1:])
    first = dataclasses.replace(GROUP, name="", contexts=(), encoder=None, lanes=lanes)
    groups = [dataclasses.replace(first, name=n, lanes=()) for n in names[1:]]
    plan = TreePlan("t", "", counters, (), (first, *groups))
    assert agreed(of(plan), "in order")
    groups[-2:] = groups[-1], groups[-2]
    assert not agreed(of(dataclasses.replace(plan, groups=(first, *groups))), "not in order")
    with pytest.raises(CorruptError):
        check(dataclasses.replace(plan, groups=(first, *groups)), (), 0)
