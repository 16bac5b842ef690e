"""One lane by itself, as the writer codes it in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rootae.codec import lane_encoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.codec.grids.registry import Grid
    from rootae.codec.lane_encoder import Encoded, Seen
    from rootae.schema.bounds.bound import Bound

__all__ = ["encoded", "followed"]


def encoded(
    x: NDArray[Any],
    grid: Grid,
    bound: Bound,
    contexts: NDArray[Any] | None = None,
    centre: NDArray[Any] | None = None,
) -> tuple[Encoded, Seen]:
    """Return a lane's bytes, and what its reader will see."""
    seen = lane_encoder.on_grid(x, grid, bound)
    return lane_encoder.encode(x, seen.codes, seen.wrong, grid, contexts, centre), seen


def followed(
    x: NDArray[Any], value: NDArray[Any], grid: Grid, bound: Bound
) -> tuple[Encoded, Seen]:
    """Return the same of a lane that follows from others, where that pays."""
    seen = lane_encoder.by_rule(x, value, grid, bound)
    if seen is None or seen.wrong is None:
        return encoded(x, grid, bound)
    return lane_encoder.encode_derived(x, seen.wrong), seen
