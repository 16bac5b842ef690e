"""Annotated dataclasses as JSON, and back with every name and type checked.

A member that may be of several dataclasses is told by their member `kind`, a literal that no two
of them share. Floats are hexadecimal text: what decides codes never passes through decimals.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
import re
import reprlib
import types
import typing
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from rootae.codec.indices import members
from rootae.errors import ArgumentError, CorruptError, FormatError
from rootae.schema.bounds.bound import KINDS, Bound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["checked", "written"]

_FLOAT = re.compile(r"-?0x[01]\.[0-9a-f]{1,13}p[+-][0-9]{1,4}")

Check: TypeAlias = "Callable[[Any], Any]"


class _Departure(Exception):
    """Where the JSON departs from its type; the place is put together on the way out."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.place = ""

    def within(self, part: str) -> _Departure:
        """Put a part in front of the place."""
        self.place = part + self.place
        return self


def checked(kind: Any, data: Any, where: str) -> Any:
    """Build a value of an annotated type from JSON, or say where the JSON departs from it.

    Arguments:
        kind: a frozen dataclass or the annotation of one of its members.
        data: parsed JSON.
        where: what is read, for messages.

    Raises:
        CorruptError: the JSON is not of that type.

    Example:
        >>> checked(tuple[int, ...], [1, 2], "x")
        (1, 2)
    """
    try:
        return _check(kind)(data)
    except _Departure as error:
        msg = f"{where}{error.place} {error}: the codec's plan is damaged"
        raise CorruptError(msg) from None


@functools.cache
def _check(kind: Any) -> Check:
    """Return what checks and builds one type, made once: a plan holds thousands of values."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is Bound:
        return _told(dict.fromkeys(KINDS, _record(kind)))
    if dataclasses.is_dataclass(kind):
        return _record(kind)
    if origin is tuple:
        return _row(kind, arguments)
    if origin is Annotated:
        return _check(arguments[0])
    if origin in (types.UnionType, typing.Union):
        return _union(tuple(a for a in arguments if a is not type(None)), len(arguments))
    if origin is Literal:
        return _only(kind, lambda data: type(data) is str and data in arguments)
    if kind is float:
        return _number
    plain = origin or kind
    return _only(kind, lambda data: type(data) is plain)


@functools.cache
def _plain(kind: Any) -> frozenset[type]:
    """Return the types of JSON that need no further look: most members are text or missing."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is Annotated:
        return _plain(arguments[0])
    if origin in (types.UnionType, typing.Union):
        return frozenset[type]().union(*map(_plain, arguments))
    return frozenset([kind]) if kind in (str, int, bool, types.NoneType) else frozenset()


def written(value: Any) -> Any:
    """Return a dataclass as what JSON can say; `checked` reads it back.

    Arguments:
        value: a frozen dataclass, or a member of one; dicts are taken as they are.

    Example:
        >>> from rootae.codec.grids.absolute import AbsGrid
        >>> written(AbsGrid("float32", 0.25))
        {'dtype': 'float32', 'step': '0x1.0000000000000p-2', 'kind': 'abs'}
    """
    if dataclasses.is_dataclass(value):
        kind: Any = type(value)
        return {n: written(getattr(value, n)) for n in members(kind)}
    if isinstance(value, tuple):
        return [written(x) for x in value]
    return value.hex() if isinstance(value, float) else value


def _number(data: Any) -> float:
    if not isinstance(data, str) or not _FLOAT.fullmatch(data):
        raise _not(data, float)
    try:
        number = float.fromhex(data)
    except OverflowError:
        number = math.inf
    if number.hex() != data:  # one number, one text
        raise _not(data, float)
    return number


def _union(kinds: tuple[Any, ...], many: int) -> Check:
    """Return what checks a value of one of several types, or of none of them."""
    may_lack = many > len(kinds)
    tagged = {k: c for kind in kinds if dataclasses.is_dataclass(kind) for k, c in _tagged(kind)}
    only, told = None if tagged else _check(kinds[0]), _told(tagged)

    def check(data: Any) -> Any:
        if data is None and may_lack:
            return None
        return only(data) if only is not None else told(data)

    return check


def _told(tagged: Mapping[str, Check]) -> Check:
    """Return what checks a value that says by its member `kind` what it is."""

    def check(data: Any) -> Any:
        tag = data.get("kind") if isinstance(data, dict) else None
        if not isinstance(tag, str):
            raise _not(data, " | ".join(tagged))
        if tag not in tagged:
            msg = f"the codec's plan has a {reprlib.repr(tag)} in the place of {', '.join(tagged)}"
            raise FormatError(msg + ": the file needs a newer rootae, or is damaged")
        return tagged[tag](data)

    return check


def _tagged(kind: Any) -> list[tuple[str, Check]]:
    """Return what checks a type, by its tag."""
    return [(tag, _check(kind)) for tag in typing.get_args(members(kind).get("kind"))]


def _only(kind: Any, holds: Callable[[Any], bool]) -> Check:
    def check(data: Any) -> Any:
        if not holds(data):
            raise _not(data, kind)
        return data

    return check


def _not(data: Any, kind: Any) -> _Departure:
    return _Departure(f"is {reprlib.repr(data)}, not {kind}")


def _row(kind: Any, arguments: tuple[Any, ...]) -> Check:
    many = arguments[-1] is Ellipsis
    checks = [_check(k) for k in arguments if k is not Ellipsis]

    def check(data: Any) -> Any:
        if not isinstance(data, list) or not (many or len(data) == len(checks)):
            raise _not(data, kind)
        found: list[Any] = []
        try:
            for one, item in zip(itertools.cycle(checks), data, strict=False):
                found.append(one(item))
        except _Departure as error:
            place = f"[{len(found)}]"
            raise error.within(place) from None
        return tuple(found)

    return check


def _record(kind: Any) -> Check:
    checks = [(name, _plain(hint), _check(hint)) for name, hint in members(kind).items()]
    names = members(kind).keys()

    def check(data: Any) -> Any:
        if not isinstance(data, dict) or data.keys() != names:
            text = f"has not the members of a {kind.__name__}"
            raise _Departure(text)
        found: dict[str, Any] = {}
        name = ""
        try:
            for name, plain, one in checks:
                item = data[name]
                found[name] = item if type(item) in plain else one(item)
        except _Departure as error:
            place = f".{name}"
            raise error.within(place) from None
        try:
            return kind(**found)
        except ArgumentError as error:  # a bound that nobody can ask for
            msg = f"is wrong ({error})"
            raise _Departure(msg) from None

    return check
