"""A short name of what JSON holds."""

from __future__ import annotations

import hashlib
import json
from typing import Any

__all__ = ["digest"]

_DIGITS = 16


def digest(data: Any) -> str:
    """Return 16 hexadecimal digits that stand for plain JSON values.

    Example:
        >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
        True
    """
    text = json.dumps(data, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
