"""Single lines: notes and errors on stderr, JSON on stdout."""

from __future__ import annotations

import json
import sys
from typing import Any

from rootae.errors.legible import legible, valid

__all__ = ["begin", "error", "note", "print_json"]


_said: set[str] = set()  # notes of this command: what was told before the work is not told again


def begin() -> None:
    """Forget what another command of this process has said."""
    _said.clear()


def note(text: str, name: str = "") -> None:
    """Print a note on stderr, once a command.

    Arguments:
        text: the note.
        name: of the one of several files that it is about; what was said of all files is not
            repeated of one.
    """
    full = f"{name}: {text}" if name else text
    if text not in _said and full not in _said:
        _said.add(full)
        print(f"rootae: note: {_line(full)}", file=sys.stderr)


def error(text: str) -> None:
    """Print an error on stderr, on one line."""
    print(f"rootae: {_line(text)}", file=sys.stderr)


def print_json(data: Any) -> None:
    """Print plain JSON; bytes of names that are not UTF-8 are escaped."""
    plain = json.loads(json.dumps(data, default=_plain), object_pairs_hook=_valid_keys)
    print(json.dumps(_valid(plain), indent=2))


def _line(text: str) -> str:
    return legible(" ".join(text.split()))


def _valid_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {valid(key): value for key, value in pairs}


def _valid(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _valid(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_valid(v) for v in value]
    return valid(value) if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)
