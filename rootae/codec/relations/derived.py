"""Columns that are an exact expression of others: nothing of them is stored but the rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.indices import LaneIndex
from rootae.kernels.arithmetic import add

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


__all__ = ["Derived"]

_ROWS = 16_384  # at a time: intermediate results stay near the processor


@dataclass(frozen=True)
class Derived:
    """A lane equals the sum of `coefficient * lane`, added in order and rounded once.

    Arguments:
        terms: pairs of lane and coefficient.
    """

    terms: tuple[tuple[LaneIndex, float], ...]

    def evaluate(self, sources: Sequence[NDArray[Any]], dtype: str) -> NDArray[Any]:
        """Compute the lane from its terms' decoded values.

        Arguments:
            sources: values of the terms' lanes, shape (rows,) each.
            dtype: the derived lane's dtype.

        Example:
            >>> Derived(((0, 1.0), (1, 2.0))).evaluate([np.ones(1), np.ones(1)], "float32")
            array([3.], dtype=float32)
        """
        target = np.dtype(dtype)
        if len(self.terms) == 1 and self.terms[0][1] == 1 and sources[0].dtype == target:
            return sources[0].copy()
        out = np.empty(len(sources[0]), target)
        for a in range(0, len(out), _ROWS):
            out[a : a + _ROWS] = self._some([s[a : a + _ROWS] for s in sources], target)
        return out

    def _some(self, sources: Sequence[NDArray[Any]], target: np.dtype[Any]) -> NDArray[Any]:
        total = np.zeros(len(sources[0]), np.int64 if target.kind != "f" else np.float64)
        with np.errstate(all="ignore"):
            for (_, coefficient), source in zip(self.terms, sources, strict=True):
                add(total, source, coefficient)
            if target.kind == "f":  # which of two NaN a sum keeps hangs on the processor
                total[np.isnan(total)] = np.nan
            return total.astype(target)
