"""Parsed JSON as annotated dataclasses, every name and type of it checked."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import reprlib
import types
import typing
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["checked"]

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
    if dataclasses.is_dataclass(kind):
        return _record(kind)
    if origin is tuple:
        return _row(kind, arguments)
    if origin is types.UnionType:
        some = _check(arguments[0])
        return lambda data: None if data is None else some(data)
    if origin is Literal:
        return _only(kind, lambda data: type(data) is str and data in arguments)
    if kind is float:
        number = _only(kind, lambda data: type(data) in (int, float))
        return lambda data: float(number(data))
    plain = origin or kind
    return _only(kind, lambda data: type(data) is plain)


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
    hints = typing.get_type_hints(kind)
    checks = {name: _check(hint) for name, hint in hints.items()}

    def check(data: Any) -> Any:
        if not isinstance(data, dict) or data.keys() != checks.keys():
            text = f"has not the members of a {kind.__name__}"
            raise _Departure(text)
        found: dict[str, Any] = {}
        name = ""
        try:
            for name, one in checks.items():
                found[name] = one(data[name])
        except _Departure as error:
            place = f".{name}"
            raise error.within(place) from None
        return kind(**found)

    return check
