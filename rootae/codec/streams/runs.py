"""Values gathered by context, each context's run coded by itself.

A context is a small integer that a network gives to every value from what is decoded before it.
Coding each context's values with an ordinary coder is asymptotically as good as arithmetic coding
with the network's own probabilities (Montanari and Weiner, ICML 2023).
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.streams import stream
from rootae.codec.streams.kind import Effort
from rootae.errors import CorruptError
from rootae.kernels import gather, lanes

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["decode", "encode"]

_APART = Effort(delta=False)  # neighbours in a run were none before
_MERGED_AT_MOST = 8  # bits of contexts
_LEAST_RUN = 512  # values a context should hold on average before its run pays for its tables


def encode(q: NDArray[Any], contexts: NDArray[Any]) -> bytes:
    """Write integers as one stream a context.

    Arguments:
        q: integers of shape (rows,).
        contexts: the context of each, shape (rows,), small unsigned integers.

    Returns:
        A byte that says how far neighbouring contexts were merged, and the joined streams.

    Example:
        >>> q, c = np.array([5, 80, 6, 81]), np.array([0, 1, 0, 1], np.uint8)
        >>> decode(encode(q, c), c).tolist()
        [5, 80, 6, 81]
    """
    merge = 0
    present = int(np.count_nonzero(gather.count(contexts, 0))) if len(q) else 0
    while merge < _MERGED_AT_MOST and len(q) < _LEAST_RUN * (present >> merge):
        merge += 1
    ordered, counts = lanes.sort_by_context(q, contexts, merge)
    ends = np.cumsum(counts).tolist()
    pairs = itertools.pairwise([0, *ends])
    runs = [stream.encode(ordered[a:b], _APART) for a, b in pairs if a < b]
    return bytes([merge]) + stream.join(runs)


def decode(data: bytes, contexts: NDArray[Any]) -> NDArray[Any]:
    """Read integers back into their places.

    Arguments:
        data: what `encode` returned.
        contexts: the same contexts, shape (rows,).

    Raises:
        CorruptError: the runs do not fit the contexts.
    """
    cursor = stream.Cursor(data)
    merge = cursor.byte()
    if merge > _MERGED_AT_MOST:
        msg = f"contexts are merged by {merge} bits: the block is damaged"
        raise CorruptError(msg)
    if contexts.dtype not in (np.uint8, np.uint16):
        msg = "a lane without a bound has runs by context: the block is damaged"
        raise CorruptError(msg)
    counts = gather.count(contexts, merge)
    present = np.flatnonzero(counts)
    parts = stream.split(cursor.rest())
    if len(parts) != len(present):
        msg = f"{len(parts)} runs for {len(present)} contexts: the block is damaged"
        raise CorruptError(msg)
    runs = stream.Runs.read(parts, counts[present].tolist())
    lows = np.zeros(len(counts), np.int64)
    lows[present] = runs.lows
    return gather.scatter(runs.values, contexts, merge, counts, lows, runs.dtype)
