"""Parsed JSON as annotated dataclasses, every name and type of it checked."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from typing import Any, Literal

from rootae.errors import CorruptError

__all__ = ["checked"]


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
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _load_dataclass(kind, data, where)
    if origin is tuple and isinstance(data, list):
        kinds = [arguments[0]] * len(data) if arguments[-1] is Ellipsis else list(arguments)
        if len(kinds) == len(data):
            pairs = enumerate(zip(kinds, data, strict=True))
            return tuple(checked(k, d, f"{where}[{i}]") for i, (k, d) in pairs)
    elif origin is types.UnionType:
        return None if data is None else checked(arguments[0], data, where)
    elif origin is Literal:
        if data in arguments:
            return data
    elif origin is dict and isinstance(data, dict):
        return data
    elif kind is float and type(data) in (int, float):
        return float(data)
    elif isinstance(kind, type) and type(data) is kind:
        return data
    msg = f"{where} is {str(data)[:40]!r}, not {kind}: the codec's plan is damaged"
    raise CorruptError(msg)


def _load_dataclass(kind: Any, data: Any, where: str) -> Any:
    hints = _hints(kind)
    if not isinstance(data, dict) or set(data) != set(hints):
        msg = f"{where} has not the members of a {kind.__name__}: the codec's plan is damaged"
        raise CorruptError(msg)
    return kind(**{k: checked(h, data[k], f"{where}.{k}") for k, h in hints.items()})


@functools.cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
