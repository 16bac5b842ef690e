"""Plans as JSON: every place in one, and something else to put there."""

from __future__ import annotations

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
