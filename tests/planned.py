"""Plans as JSON: every place in one, and something else to put there."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np


def places(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every member of a JSON value but free-form ones."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield (*at, key)
        if isinstance(value, dict | list) and key != "training":
            yield from places(value, (*at, key))


def other(value: Any, rng: np.random.Generator) -> Any:
    """Return another JSON value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return int(rng.choice([-1, 0, 1, 2, 64, 10**6, 2**31, 2**62, -(2**62), value + 1]))
    if isinstance(value, str) and "0x" in value:
        return float(rng.choice([0.0, -1.0, 1e-300, 1e300, 0.5])).hex()
    if isinstance(value, str):
        return str(
            rng.choice(["", "lane", "centre", "latent", "edges", "raw", "a", "int64", "none"])
        )
    if isinstance(value, list) and value:
        return value[:-1] if rng.random() < 0.5 else [*value, value[0]]
    return value


def changes(text: bytes, rng: np.random.Generator, times: int) -> Iterator[tuple[bytes, str]]:
    """Yield a plan's text with one value exchanged, so many times, and what was exchanged."""
    where = list(places(json.loads(text)))
    for _ in range(times):
        plan = json.loads(text)
        *path, last = where[rng.integers(len(where))]
        inner = functools.reduce(lambda d, k: d[k], path, plan)
        was, inner[last] = inner[last], other(inner[last], rng)
        yield json.dumps(plan).encode(), f"{path} {last}: {was} -> {inner[last]}"
