"""Section 3: the plan's text, by a closed grammar.

A grammar is a table of members, a list of one grammar (any number of these), a tuple of grammars
(one of each), `Either` of several objects told by their `kind`, `Maybe` one or null, or a function
that says whether a value is right.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from reference.damage import Damaged, Newer, hold

__all__ = ["FLOATS", "INTEGERS", "NEWER", "parsed"]

FLOATS = ("float32", "float64")
INTEGERS = ("bool", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)))
NEWER = "written by a newer rootae, or damaged"
_FORMAT = 2
_BYTES_AT_MOST, _VALUES_AT_MOST, _NESTED_AT_MOST = 1 << 26, 1 << 22, 64
_DIGITS_AT_MOST = 640  # of a whole number
_FLOAT = re.compile(r"-?0x[01]\.([0-9a-f]{13}|0)p[+-][0-9]{1,4}")


class Maybe(NamedTuple):
    """A value of one grammar, or null."""

    of: Any


class Either(NamedTuple):
    """An object of one of several grammars, by its member `kind`."""

    kinds: dict[str, Any]


def _text(value: Any) -> bool:
    return type(value) is str


def _flag(value: Any) -> bool:
    return type(value) is bool


def _whole(low: int, high: int) -> Any:
    return lambda value: type(value) is int and low <= value <= high


def _one_of(*texts: str) -> Any:
    return lambda value: type(value) is str and value in texts


def _number(value: Any) -> bool:
    if type(value) is not str or not _FLOAT.fullmatch(value):
        return False
    try:
        return float.fromhex(value).hex() == value  # one number, one text
    except OverflowError:
        return False


def _between(low: float, high: float) -> Any:
    return lambda value: _number(value) and low < float.fromhex(value) < high


_INFINITE = float("inf")
_INDEX, _INT64 = _whole(0, 2**31 - 1), _whole(-(2**63), 2**63 - 1)

_BASES: dict[str, Any] = {
    "abs": {"dtype": _one_of(*FLOATS), "step": _between(0, _INFINITE)},
    "rel": {"dtype": _one_of(*FLOATS), "error": _between(0, 1), "octave": _whole(0, 2048)},
}
_GRID = Either(
    {
        "integer": {"dtype": _one_of(*INTEGERS)},
        "bits": {"dtype": _one_of(*FLOATS)},
        **_BASES,
        "special": {
            "base": Either(_BASES),
            "values": [_number],
            "codes": [_whole(-(2**62), 2**62)],
        },
        "rank": {"dtype": _one_of(*FLOATS, *INTEGERS), "edges": _INDEX, "points": _INDEX},
    }
)
_BOUND = Either(
    {
        "exact": {"error": lambda x: _number(x) and float.fromhex(x) == 0},
        "none": {"error": lambda x: _number(x) and float.fromhex(x) == 0},
        "abs": {"error": _between(0, _INFINITE)},
        "rel": {"error": _between(0, 1)},
    }
)
_FEATURE = {
    "of": Either({kind: {"index": _INDEX} for kind in ("lane", "centre", "latent")}),
    "by": Either(
        {
            "edges": {"table": _INDEX},
            "digit": {"low": _INT64, "shift": _whole(0, 63), "top": _whole(0, 2**24 - 1)},
            "raw": {},
        }
    ),
}
_TERM = {
    "kind": _one_of("one", "lane", "px", "py", "pz", "energy"),
    "lanes": [_INDEX],
    "coefficient": _number,
}
_TARGET = {"lane": Maybe(_INDEX), "location": _INDEX, "scale": _INDEX}
_CONTEXTS = Either(
    {
        "stage": {"network": _INDEX, "inputs": [_FEATURE], "targets": [_TARGET]},
        "diagram": {"inputs": [_FEATURE], "tables": [_INDEX]},
    }
)
_CENTRE = {"terms": [_TERM], "root": _flag, "low": _INT64, "high": _INT64}
_LANE = {
    "column": _text,
    "element": _INDEX,
    "grid": _GRID,
    "bound": _BOUND,
    "why": _text,
    "derived": Maybe({"terms": [(_INDEX, _number)]}),
    "contexts": Maybe(_INDEX),
    "centre": Maybe(_CENTRE),
}
_LINK = {"by": _INDEX, "group": _text, "column": _text, "element": _INDEX, "grid": _GRID}
_GROUP = {
    "name": _text,
    "lanes": [_LANE],
    "contexts": [_CONTEXTS],
    "links": [_LINK],
    "encoder": Maybe({"network": _INDEX, "inputs": [_FEATURE], "latents": _whole(1, 2**16)}),
    "family": _text,
}
_LEAF = {"kind": _text, "name": _text, "title": _text, "of": _text}
_COLUMN = {
    "name": _text,
    "dtype": _one_of(*FLOATS, *INTEGERS),
    "inner_shape": [_whole(1, 2**31 - 1)],
    "counter": Maybe(_text),
    "typename": _text,
    "title": _text,
    "is_counter": _flag,
    "leaf": Maybe(_LEAF),
}
_BRANCH = {
    "name": _text,
    "typename": _text,
    "title": _text,
    "coded": _flag,
    "counter": Maybe(_text),
}
_TREE = {"path": _text, "title": _text, "columns": [_COLUMN], "branches": [_BRANCH]}
_PLAN = {
    "format": lambda value: value == _FORMAT,
    "trees": [_TREE | {"groups": [_GROUP]}],
    "training": lambda value: type(value) is dict and _shallow(value, _NESTED_AT_MOST),
    "tables": lambda value: value == [],
}


def parsed(text: bytes) -> dict[str, Any]:
    """Read a plan's text.

    Arguments:
        text: what a codec holds of it, uncompressed.

    Raises:
        Damaged: it is no plan of this format.
    """
    hold(len(text) <= _BYTES_AT_MOST, f"a plan of {len(text)} bytes")
    hold(sum(map(text.count, (b",", b"[", b"{"))) <= _VALUES_AT_MOST, "a plan of too many values")
    try:
        plan = json.loads(
            text.decode("ascii"),
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_int=_integer,
        )
        _hold_texts(plan)
    except Damaged:
        raise
    except (ValueError, RecursionError) as error:
        msg = "a plan that is not JSON"
        raise Damaged(msg) from error
    hold(type(plan) is dict and type(plan.get("format")) is int, "a plan without a format")
    if plan["format"] != _FORMAT:
        newer = plan["format"] > _FORMAT
        advice = "upgrade" if newer else "read it with the version of rootae that wrote it"
        msg = f"a plan of format {plan['format']}, not {_FORMAT}: {advice}"
        raise Newer(msg)
    _follow(_PLAN, plan, "plan")
    return dict(plan)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    hold(len(found) == len(pairs), "a plan with a member twice")
    return found


def _integer(text: str) -> int:
    hold(len(text.lstrip("-")) <= _DIGITS_AT_MOST, "a plan with a number of too many digits")
    return int(text)


def _hold_texts(value: Any) -> None:
    """Hold that halves of surrogate pairs stand for bytes 0x80 ... 0xff."""
    if type(value) is str:
        alone = [ord(c) for c in value if "\ud800" <= c <= "\udfff"]
        hold(all(0xDC80 <= c <= 0xDCFF for c in alone), "a plan with half of a surrogate pair")
    elif type(value) in (dict, list):
        for inside in (*value, *(value.values() if type(value) is dict else ())):
            _hold_texts(inside)


def _no_number(text: str) -> None:
    msg = f"a plan with {text}"
    raise Damaged(msg)


def _shallow(value: Any, left: int) -> bool:
    inside = value.values() if type(value) is dict else value if type(value) is list else ()
    return left > 0 and all(_shallow(v, left - 1) for v in inside)


def _follow(grammar: Any, value: Any, where: str) -> None:
    """Hold a value against a grammar."""
    wrong = f"{where} is not as a plan has it"
    match grammar:
        case Maybe(of):
            if value is not None:
                _follow(of, value, where)
        case Either(kinds):
            kind = value.get("kind") if type(value) is dict else None
            hold(type(kind) is str, wrong)
            if kind not in kinds:
                msg = f"{where} is of the kind {str(kind)[:40]!r}: {NEWER}"
                raise Newer(msg)
            _follow({"kind": _text, **kinds[str(kind)]}, value, where)
        case dict():
            hold(type(value) is dict and value.keys() == grammar.keys(), wrong)
            for name, of in grammar.items():
                _follow(of, value[name], f"{where}.{name}")
        case [of] if type(grammar) is list:
            hold(type(value) is list, wrong)
            for i, one in enumerate(value):
                _follow(of, one, f"{where}[{i}]")
        case tuple():
            hold(type(value) is list and len(value) == len(grammar), wrong)
            for i, (of, one) in enumerate(zip(grammar, value, strict=True)):
                _follow(of, one, f"{where}[{i}]")
        case _:
            hold(grammar(value), wrong)
