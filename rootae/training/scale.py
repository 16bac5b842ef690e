"""A column's own scale, on which networks say where its values lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.training.freeze.quantise import LOCATION_STEP, MIDDLE, TOP

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CodeScale", "RankScale"]

_GAP = 0.05  # counts left in each gap between sampled codes, for what the sample did not see
_FAR = 30.0


class RankScale:
    """Codes to the logit of their empirical distribution.

    On this scale a network that always answers location 0 and scale 1 is exactly the column's
    marginal, so training starts at the rate of plain coding and goes down from there.

    Arguments:
        q: sampled codes, signed integers of shape (rows,).

    Example:
        >>> low, high = RankScale(np.array([0, 0, 1, 3])).interval(np.array([0, 3]))
        >>> bool(low[0] < high[0] < low[1] < high[1])
        True
    """

    def __init__(self, q: NDArray[Any]) -> None:
        codes, counts = np.unique(q, return_counts=True)
        below = np.concatenate([[0.0], np.cumsum(counts, dtype=np.float64)])
        edge, mass = np.empty(2 * len(codes)), np.empty(2 * len(codes))
        edge[0::2], edge[1::2] = codes - 0.5, codes + 0.5
        mass[0::2], mass[1::2] = below[:-1], below[1:]
        gap, keep = np.zeros(len(edge), bool), np.ones(len(edge), bool)
        gap[1:-1:2] = keep[1:-1:2] = (edge[2::2] - edge[1:-1:2]) > 0.5
        extra = np.cumsum(np.where(gap, _GAP, 0.0))
        mass = (mass + np.concatenate([[0.0], extra[:-1]]))[keep]
        share = (mass + 0.5) / (len(q) + 1 + extra[-1])
        self._edge, self._logit = edge[keep], np.log(share / (1 - share))

    def interval(self, q: NDArray[Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return both ends of each code's cell on the scale, float32 of shape (rows,)."""
        low = np.interp(q - 0.5, self._edge, self._logit)
        high = np.interp(q + 0.5, self._edge, self._logit)
        low = np.where(q <= self._edge[0] + 0.5, -_FAR, low).astype(np.float32)
        high = np.where(q >= self._edge[-1] - 0.5, _FAR, high).astype(np.float32)
        return low, np.maximum(high, low + np.float32(1e-5))


class CodeScale:
    """Codes, evenly over the whole range of a network's location, for a lane without a bound.

    Its codes are ranks already, and as nothing but the location says which one it is, each takes
    the same share of the location's steps.

    Arguments:
        q: sampled codes, from 0, shape (rows,).
    """

    def __init__(self, q: NDArray[Any]) -> None:
        self.codes = int(q.max(initial=0)) + 1

    def interval(self, q: NDArray[Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return both ends of each code's cell on the scale, float32 of shape (rows,)."""
        cell = (TOP + 1) / self.codes
        low, high = ((q + end) * cell - MIDDLE for end in (0, 1))
        step = np.float32(LOCATION_STEP)
        return low.astype(np.float32) / step, high.astype(np.float32) / step

    def edges(self) -> NDArray[np.int64]:
        """Return the outputs at which each code but the first begins."""
        output = np.arange(TOP + 1)
        code = ((output + 0.5) * self.codes / (TOP + 1)).astype(np.int64)
        return np.searchsorted(code, np.arange(1, self.codes))
