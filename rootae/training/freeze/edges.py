"""From a trained stage to contexts: which edges on location and scale, by measured bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.streams import runs, stream
from rootae.training.scale import CodeScale

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Bins", "choose", "predicted"]

_SHAPES = ((1, 16), (1, 32), (6, 6), (8, 12), (24, 1), (3, 24), (12, 20))  # scale by location


@dataclass(frozen=True)
class Bins:
    """Edges of both outputs, and what a lane's codes came to with them.

    Arguments:
        location, scale: edges, int64.
        nbytes: bytes of the lane's codes in these contexts.
    """

    location: NDArray[np.int64]
    scale: NDArray[np.int64]
    nbytes: int

    @property
    def fixed(self) -> int:
        """Return the bytes of the edges."""
        return len(stream.encode(self.location)) + len(stream.encode(self.scale))


def choose(codes: NDArray[Any], location: NDArray[Any], scale: NDArray[Any]) -> Bins:
    """Try several shapes and keep the smallest.

    Arguments:
        codes: a lane's codes, shape (rows,).
        location, scale: the network's whole outputs, same shape.
    """
    best: Bins | None = None
    for scales, locations in _SHAPES:
        a, b = _edges(location, locations), _edges(scale, scales)
        context = np.searchsorted(a, location, side="right")
        context = context + (len(a) + 1) * np.searchsorted(b, scale, side="right")
        nbytes = len(runs.encode(codes, context.astype(np.uint16)))
        if best is None or nbytes < best.nbytes:
            best = Bins(a, b, nbytes)
    if best is None:
        msg = "there are no shapes of bins"
        raise ValueError(msg)
    return best


def predicted(codes: NDArray[Any]) -> Bins:
    """Let the location alone give the codes, of a lane whose codes are not stored.

    Arguments:
        codes: the lane's codes, 0 .. n, shape (rows,).
    """
    return Bins(CodeScale(codes).edges(), np.zeros(0, np.int64), 2)


def _edges(output: NDArray[Any], bins: int) -> NDArray[np.int64]:
    """Cut an output into bins of equal counts."""
    if bins == 1:
        return np.zeros(0, np.int64)
    at = np.quantile(output, np.arange(1, bins) / bins, method="nearest")
    return np.unique(at.astype(np.int64))
