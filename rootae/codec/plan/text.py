"""A plan's text: JSON of one reading, with limits on all that a few bytes could ask for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["TEXT_AT_MOST", "is_number", "is_record", "read"]

TEXT_AT_MOST = 1 << 26  # characters
_DEEP_AT_MOST = 64  # objects and lists in one another
_ABOVE = 10**640  # any whole number: a limit on digits that a user sets for Python is 640 at least
_VALUES_AT_MOST = 1 << 22  # each takes twenty times its text in memory


def read(text: str) -> Any:
    """Read JSON.

    Raises:
        CorruptError: the text is none, or larger than any plan's.
    """
    try:
        data = json.loads(text, **_STRICT) if _is_modest(text) else None
    except (ValueError, RecursionError) as error:
        msg = "the codec's plan is not JSON: the file is damaged"
        raise CorruptError(msg) from error
    if "\\ud" in text or "\\uD" in text:
        _hold_texts(data)
    return data


def _is_modest(text: str) -> bool:
    """Say whether a plan's text is ASCII, as JSON may be, and no larger than any that is meant."""
    modest = len(text) <= TEXT_AT_MOST and sum(map(text.count, ",[{")) <= _VALUES_AT_MOST
    return modest and text.isascii()


def is_record(value: Any, most: int = _DEEP_AT_MOST) -> bool:
    """Say whether objects and lists lie no deeper, and numbers are no longer, than any is meant."""
    inside = _inside(value)
    long = type(value) is int and not is_number(value)
    return most > 0 and not long and all(is_record(v, most - 1) for v in inside)


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def is_number(value: Any) -> bool:
    """Say whether a value is a whole number of no more digits than any Python takes."""
    return type(value) is int and -_ABOVE < value < _ABOVE


def _hold_texts(value: Any) -> None:
    """Refuse halves of surrogate pairs, but for those that stand for bytes that are not UTF-8."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        texts = [*each] if isinstance(each, dict) else [each] if isinstance(each, str) else []
        try:
            "".join(texts).encode(errors="surrogateescape")
        except UnicodeEncodeError as error:
            msg = "the codec's plan has text that is none: the file is damaged"
            raise CorruptError(msg) from error
        waiting += _inside(each)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of which no member comes twice: another reader might take the other one."""
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "a member twice"
        raise ValueError(msg)
    return found


def _constant(text: str) -> float:
    """Refuse what is not JSON, though Python takes it for a number."""
    raise ValueError(text)


_STRICT: dict[str, Any] = {"object_pairs_hook": _object, "parse_constant": _constant}
