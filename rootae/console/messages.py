"""Single lines: notes and errors on stderr, JSON on stdout."""

from __future__ import annotations

import json
import sys
from typing import Any

__all__ = ["error", "note", "print_json"]


def note(text: str) -> None:
    """Print a note on stderr."""
    print(f"rootae: note: {' '.join(text.split())}", file=sys.stderr)


def error(text: str) -> None:
    """Print an error on stderr, on one line."""
    print(f"rootae: {' '.join(text.split())}", file=sys.stderr)


def print_json(data: Any) -> None:
    """Print plain JSON."""
    print(json.dumps(data, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)
