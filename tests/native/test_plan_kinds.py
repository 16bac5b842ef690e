"""What is wrong with a plan is told alike by all three readers: damage, or a newer format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from native.plans import CORRUPT, FORMAT, TAKEN, codec_of, known_of, native, readers

if TYPE_CHECKING:
    from collections.abc import Callable

    Plan = dict[str, Any]

KNOWN = known_of(codec_of("diagram"))
REL = {"kind": "rel", "dtype": "float32", "error": "0x1.0000000000000p-7", "octave": 0}


def lane(plan: Plan) -> Plan:
    found: Plan = plan["trees"][0]["groups"][0]["lanes"][0]
    return found


def column(plan: Plan) -> Plan:
    found: Plan = plan["trees"][0]["columns"][0]
    return found


def source(plan: Plan) -> Plan:
    found: Plan = plan["trees"][0]["groups"][0]["contexts"][0]["inputs"][0]
    return found


def by_octaves(plan: Plan, octave: Any) -> None:
    column(plan)["dtype"] = "float32"
    lane(plan)["grid"] = REL | {"octave": octave}


CASES: dict[str, tuple[int, Callable[[Plan], Any]]] = {
    "as it is": (TAKEN, lambda _: None),
    "a bound": (FORMAT, lambda p: lane(p)["bound"].update(kind="new")),
    "a bound with more": (FORMAT, lambda p: lane(p).update(bound={"kind": "new", "x": 1})),
    "a bound of no kind": (CORRUPT, lambda p: lane(p)["bound"].pop("kind")),
    "a bound of nothing": (CORRUPT, lambda p: lane(p)["bound"].update(kind="abs")),
    "a grid": (FORMAT, lambda p: lane(p).update(grid={"kind": "new"})),
    "contexts": (FORMAT, lambda p: p["trees"][0]["groups"][0]["contexts"].append({"kind": "new"})),
    "a source": (FORMAT, lambda p: source(p)["of"].update(kind="new")),
    "a way to look": (FORMAT, lambda p: source(p)["by"].update(kind="new")),
    "a grid's type": (CORRUPT, lambda p: lane(p)["grid"].update(dtype="float16")),
    "a column's type": (CORRUPT, lambda p: column(p).update(dtype="float16")),
    "2048 points": (TAKEN, lambda p: by_octaves(p, 2048)),
    "2049 points": (CORRUPT, lambda p: by_octaves(p, 2049)),
    "-1 points": (CORRUPT, lambda p: by_octaves(p, -1)),
    "2^64 points": (CORRUPT, lambda p: by_octaves(p, 2**64)),
    "points by halves": (CORRUPT, lambda p: by_octaves(p, 2.0)),
    "640 digits": (TAKEN, lambda p: p["training"].update(n=10**640 - 1)),
    "641 digits": (CORRUPT, lambda p: p["training"].update(n=10**640)),
    "minus 641 digits": (CORRUPT, lambda p: p["training"].update(n=[-(10**640)])),
    "a format of 641 digits": (CORRUPT, lambda p: p.update(format=10**640)),
    "points of 641 digits": (CORRUPT, lambda p: by_octaves(p, 10**640)),
    "a float as long": (TAKEN, lambda p: p["training"].update(n=1e300)),
}  # fmt: skip
WRONG = ["\ud800", "a\udc00b", "\udc00\ud800", "\udc7f", "\udd00", "\udbff"]
RIGHT = ["\udc80\udcff", "\U0001f600", "\\ud800", "\0"]
PLACES: dict[str, Callable[[Plan, str], Any]] = {
    "why": lambda p, s: lane(p).update(why=s),
    "title": lambda p, s: p["trees"][0].update(title=s),
    "training": lambda p, s: p["training"].update(x=[{"y": s}]),
    "member": lambda p, s: p["training"].update({s: 1}),
    "branch": lambda p, s: p["trees"][0]["branches"].append(
        {"name": s, "typename": "", "title": "", "coded": False, "counter": None}
    ),
}


def said(text: str) -> int:
    """Hold that all three say the same of a plan, and say what."""
    known = KNOWN._replace(text=text.encode())
    found, why = native(known)
    assert readers(known) == (found, found), why
    return found


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong(case: str) -> None:
    wanted, change = CASES[case]
    plan = json.loads(KNOWN.text)
    change(plan)
    assert said(json.dumps(plan)) == wanted


@pytest.mark.parametrize("digits", [4301, 10_000])
def test_numbers_that_python_does_not_take(digits: int) -> None:
    plan = json.loads(KNOWN.text)
    plan["training"]["n"] = 12345
    for number, wanted in (("", CORRUPT), (".5", TAKEN), ("e5", TAKEN)):
        assert said(json.dumps(plan).replace("12345", "9" * digits + number)) == wanted


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", [*WRONG, *RIGHT], ids=ascii)
def test_halves_of_surrogate_pairs(place: str, text: str) -> None:
    plan = json.loads(KNOWN.text)
    PLACES[place](plan, text)
    wanted = CORRUPT if text in WRONG else TAKEN
    assert said(json.dumps(plan)) == wanted
    assert said(json.dumps(plan).replace("\\ud", "\\uD")) == wanted


def test_a_counter_says_that_it_is_one() -> None:
    known = known_of(codec_of("centre"))
    plan = json.loads(known.text)
    columns = plan["trees"][0]["columns"]
    counters = {c["counter"] for c in columns}
    for wrong in (False, True):
        for each in columns:
            each["is_counter"] = each["name"] in counters and not wrong
        changed = known._replace(text=json.dumps(plan).encode())
        wanted = CORRUPT if wrong and counters != {None} else TAKEN
        assert (native(changed)[0], *readers(changed)) == (wanted,) * 3
    for each in columns:
        each["is_counter"] = True  # of columns that this tree has no more
    changed = known._replace(text=json.dumps(plan).encode())
    assert (native(changed)[0], *readers(changed)) == (TAKEN,) * 3
