"""Settings of a family: text by name in, a frozen dataclass out; what is unknown is refused."""

from __future__ import annotations

import dataclasses
import math
import typing
from typing import TYPE_CHECKING, Any, TypeVar

from rootae.errors import ArgumentError, NameNotFound

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["NoSettings", "read", "setting"]

_T = TypeVar("_T")
_SWITCH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "a name"}


@dataclasses.dataclass(frozen=True)
class NoSettings:
    """Settings of a family that has none."""


def setting(
    default: Any,
    *,
    least: float = -math.inf,
    most: float = math.inf,
    among: Collection[str] = (),
) -> Any:
    """Declare a field of a dataclass of settings.

    Arguments:
        default: its value where the user says nothing.
        least, most: the range of a number, ends included.
        among: the names that a text may be; any, if there are none.
    """
    range_ = {"least": least, "most": most, "among": tuple(among)}
    return dataclasses.field(default=default, metadata=range_)


def read(kind: type[_T], given: Mapping[str, str], family: str) -> _T:
    """Read settings.

    Arguments:
        kind: a dataclass whose fields are declared by `setting`; they are of the types int, float,
            bool or str, or one of these or None.
        given: what the user gave, as text by name.
        family: its name, for messages.

    Raises:
        NameNotFound: there is no such setting, or no such choice.
        ArgumentError: a value is of the wrong type or out of range.

    Example:
        >>> @dataclasses.dataclass(frozen=True)
        ... class Settings:
        ...     weight: float = setting(1.0, least=0)
        >>> read(Settings, {"weight": "2.5"}, "wae")
        Settings(weight=2.5)
    """
    fields: Any = dataclasses.fields(kind)  # type: ignore[arg-type]
    known = {f.name: f for f in fields}
    types = typing.get_type_hints(kind)
    values = {}
    for name, text in given.items():
        if name not in known:
            raise NameNotFound(name, known, f"family {family}", "setting")
        values[name] = _value(types[name], str(text), known[name], family)
    return kind(**values)


def _value(hint: Any, text: str, field: dataclasses.Field[Any], family: str) -> Any:
    """Turn one text into the value of a field."""
    kinds = [k for k in (typing.get_args(hint) or (hint,)) if k is not type(None)]
    kind, limits = kinds[0], field.metadata
    if kind is str:
        if limits["among"] and text not in limits["among"]:
            raise NameNotFound(text, limits["among"], f"family {family}", field.name)
        return text
    try:
        value = _SWITCH[text.lower()] if kind is bool else kind(text)
    except (ValueError, KeyError) as error:
        msg = f"family {family}: setting {field.name} is {text!r}, not {_KINDS[kind]}"
        raise ArgumentError(msg) from error
    if not limits["least"] <= value <= limits["most"] or not math.isfinite(value):
        msg = f"family {family}: setting {field.name} is {text}, not {_range(limits)}"
        raise ArgumentError(msg)
    return value


def _range(limits: Mapping[str, Any]) -> str:
    least, most = limits["least"], limits["most"]
    if math.isinf(least):
        return f"at most {most:g}" if math.isfinite(most) else "a finite number"
    return f"from {least:g} to {most:g}" if math.isfinite(most) else f"at least {least:g}, finite"
