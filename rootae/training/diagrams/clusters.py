"""Cutting codes into bins, and bins of several columns into clusters that tell most of another.

Clusters are those of the information bottleneck: the ones that lose least about the target (Slonim
and Tishby, *Agglomerative information bottleneck*, NIPS 1999, here with k-means steps under the
Kullback-Leibler divergence: Dhillon, Mallela and Kumar, JMLR 3, 2003).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["cluster", "coarse_edges", "smooth"]

_PRIOR = 12.0  # rows that a cell's prior counts for
_ROUNDS = 12


def coarse_edges(q: NDArray[np.int64], bins: int) -> NDArray[np.int64]:
    """Cut codes into bins of about equal counts; a code that fills a bin has one of its own.

    Example:
        >>> coarse_edges(np.array([0, 0, 0, 0, 5, 6, 7, 8]), 4).tolist()
        [5, 7]
    """
    codes, counts = np.unique(q, return_counts=True)
    if len(codes) <= bins:
        return codes[1:].astype(np.int64)
    order = np.argsort(-counts, kind="stable")
    for heavy in range(int((counts * bins >= len(q)).sum()), -1, -1):
        single = np.zeros(len(codes), bool)
        single[order[:heavy]] = True
        ends = np.union1d(codes[single], codes[1:][single[:-1]])
        if (ends > codes[0]).sum() < bins:  # neighbours share an end
            break
    left, rest = bins - 2 * heavy, np.repeat(codes[~single], counts[~single])
    if left > 1 and len(rest):
        share = np.arange(1, left) / left
        ends = np.union1d(ends, np.quantile(rest, share, method="nearest"))
    edges: NDArray[np.int64] = ends[ends > codes[0]].astype(np.int64)
    return edges


def smooth(counts: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return each cell's distribution, drawn towards that of all its old state's cells."""
    whole = counts.sum(0) + 0.5
    old = counts.reshape(-1, width, counts.shape[1]).sum(1) + _PRIOR * whole / whole.sum()
    prior = np.repeat(old / old.sum(1, keepdims=True), width, axis=0)
    drawn = counts + _PRIOR * prior
    smooth: NDArray[np.float64] = drawn / drawn.sum(1, keepdims=True)
    return smooth


def cluster(
    share: NDArray[np.float64], weight: NDArray[np.float64], most: int
) -> NDArray[np.int64]:
    """Put cells with like distributions together, losing as little about the target as can be.

    Arguments:
        share: the distributions, shape (cells, bins), above zero.
        weight: rows of each cell.
        most: clusters.

    Returns:
        The cluster of each cell, 0 .. most - 1, neighbours alike; cells without rows are in
        whichever fits their prior.
    """
    mean = share @ np.arange(share.shape[1])
    entropy = -(share * np.log2(share)).sum(1)
    if len(share) <= most:
        label = np.arange(len(share))
    else:
        label = _first_guess(mean, entropy, weight + 1e-3, most)
        for _ in range(_ROUNDS):
            centres = _centres(share, weight + 1e-3, label, most)
            closer = (share @ -np.log2(centres).T).argmin(1)
            if (closer == label).all():
                break
            label = closer
    return _in_order(label, mean, weight + 1e-3)


def _first_guess(
    mean: NDArray[Any], entropy: NDArray[Any], weight: NDArray[Any], most: int
) -> NDArray[np.int64]:
    """Cut by the mean into parts of equal weight, and each by its entropy in two."""
    half = max(most // 2, 1)
    order = np.argsort(mean, kind="stable")
    total = np.cumsum(weight[order])
    label = np.empty(len(mean), np.int64)
    label[order] = np.minimum(total * half / total[-1], half - 1).astype(np.int64)
    for part in range(half) if most > 1 else ():
        inside = np.flatnonzero(label == part)
        if len(inside) > 1:
            label[inside[entropy[inside] > np.median(entropy[inside])]] = part + half
    return label


def _centres(
    share: NDArray[Any], weight: NDArray[Any], label: NDArray[np.int64], most: int
) -> NDArray[np.float64]:
    total = np.full((most, share.shape[1]), 1e-6)
    np.add.at(total, label, share * weight[:, None])
    centres: NDArray[np.float64] = total / total.sum(1, keepdims=True)
    return centres


def _in_order(
    label: NDArray[np.int64], mean: NDArray[Any], weight: NDArray[Any]
) -> NDArray[np.int64]:
    """Number clusters that have cells by their mean, so that neighbours are alike."""
    used, label = np.unique(label, return_inverse=True)
    total = np.bincount(label, weight, len(used))
    middle = np.bincount(label, weight * mean, len(used)) / total
    rank = np.empty(len(used), np.int64)
    rank[np.argsort(middle, kind="stable")] = np.arange(len(used))
    return rank[label]
