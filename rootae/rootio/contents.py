"""Objects as plain values, so that two can be compared wherever they lie."""

from __future__ import annotations

from typing import Any

import numpy as np
from uproot.model import Model

__all__ = ["content_of"]

_FLEETING = ("@fUniqueID", "@fBits", "@num_bytes", "@instance_version", "fTree")


def content_of(found: Any, seen: tuple[int, ...] = ()) -> Any:
    """Return an object as uproot has it as plain values, wherever it lies in its file."""
    if id(found) in seen:
        return "itself"
    seen = (*seen, id(found))
    if isinstance(found, Model):
        members = {n: v for n, v in found._members.items() if n not in _FLEETING}
        inner = [content_of(x, seen) for x in (*found._bases, *members.values())]
        return found.classname, *members, *inner, *_held(found, seen)
    if isinstance(found, np.ndarray):
        return str(found.dtype), found.tobytes()
    if isinstance(found, list | tuple):
        return tuple(content_of(x, seen) for x in found)
    return found if isinstance(found, str | bytes | int | float | None) else repr(found)


def _held(found: Any, seen: tuple[int, ...]) -> list[Any]:
    data = getattr(found, "_data", ())
    return [content_of(x, seen) for x in ([data] if isinstance(data, np.ndarray) else data)]
