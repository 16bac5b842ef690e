"""From codes decoded earlier to contexts: what a stage's network sees, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from rootae.errors import CorruptError
from rootae.grids import through_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from rootae.grids import Grid
    from rootae.network import Network
    from rootae.plan import Feature, GroupPlan, Stage, Target

__all__ = ["Coder", "StageContexts", "feature"]


class Coder(Protocol):
    """What stages need of a group's coder."""

    plan: GroupPlan
    tables: Sequence[NDArray[np.int64]]
    networks: Sequence[Network]
    grids: list[Grid]


def feature(
    spec: Feature, codes: NDArray[Any], tables: Sequence[NDArray[np.int64]]
) -> NDArray[Any]:
    """Turn codes into one small integer a row for a network.

    Arguments:
        spec: which integer.
        codes: signed integers of shape (rows,).
        tables: the codec's tables.

    Returns:
        Whole numbers of shape (rows,), float32, at most 1024 or the digit's top.
    """
    if spec.kind == "raw":
        return codes.astype(np.float32)
    if spec.kind == "edges":
        edges = tables[spec.table]
        return through_table(
            lambda q: np.searchsorted(edges, q, side="right").astype(np.float32), codes
        )
    return through_table(lambda q: _digit(spec, q).astype(np.float32), codes)


def _digit(spec: Feature, q: NDArray[np.int64]) -> NDArray[np.int64]:
    top = min(spec.low + (spec.top << spec.shift), np.iinfo(np.int64).max)
    above = np.clip(q, spec.low, top).view(np.uint64) - np.int64(spec.low).view(np.uint64)
    return (above >> np.uint64(spec.shift)).view(np.int64)


def _bins(
    output: NDArray[Any], edges: NDArray[np.int64], times: int = 1, dtype: type[Any] = np.int64
) -> NDArray[Any]:
    """Count the edges at or below each of a network's whole outputs, times a factor."""

    def count(q: NDArray[np.int64]) -> NDArray[Any]:
        return (times * np.searchsorted(edges, q, side="right")).astype(dtype)

    return through_table(count, output.astype(np.int64))


def _contexts(
    target: Target,
    location: NDArray[Any],
    scale: NDArray[Any],
    tables: Sequence[NDArray[np.int64]],
) -> NDArray[Any]:
    """Combine the bins of a target's two outputs into contexts (uint8 where they fit)."""
    bins = len(tables[target.location]) + 1
    most = bins * (len(tables[target.scale]) + 1)
    dtype: type[Any] = np.uint8 if most <= 256 else np.uint16
    context = _bins(location, tables[target.location], 1, dtype)
    if len(tables[target.scale]):
        context += _bins(scale, tables[target.scale], bins, dtype)
    return context


class StageContexts:
    """Runs stages once each and hands out the contexts and centres of their lanes.

    Arguments:
        coder: the group's coder.
        codes, values: give an earlier lane's, decoded.
        latents: gives the latents, shape (latents, rows).
    """

    def __init__(
        self,
        coder: Coder,
        codes: Callable[[int], NDArray[Any]],
        values: Callable[[int], NDArray[Any]],
        latents: Callable[[], NDArray[Any]],
    ) -> None:
        self._coder = coder
        self._codes = codes
        self._values = values
        self._latents = latents
        self._done: dict[int, NDArray[Any]] = {}
        self._features: dict[Feature, NDArray[Any]] = {}
        self._centres: dict[int, NDArray[np.int64]] = {}

    def of(self, lane: int) -> NDArray[Any]:
        """Return a lane's contexts, or its codes if it has no bound."""
        if lane not in self._done:
            plan = self._coder.plan
            self._run(plan.stages[plan.lanes[lane].stage])
        return self._done[lane]

    def centre(self, lane: int) -> NDArray[np.int64] | None:
        """Return the codes that a lane's codes are centred on, None if it has no centre."""
        rule = self._coder.plan.lanes[lane].centre
        if rule is None:
            return None
        if lane not in self._centres:
            rows = len(self._values(rule.sources[0]))
            self._centres[lane] = rule.codes(self._values, rows, self._coder.grids[lane])
        return self._centres[lane]

    def _input(self, f: Feature) -> NDArray[Any]:
        """Return a feature, computed once however many stages see it."""
        if f not in self._features:
            self._features[f] = self._compute(f)
        return self._features[f]

    def _compute(self, f: Feature) -> NDArray[Any]:
        if f.source == "latent":
            codes = self._latents()[f.index]
        elif f.source == "centre":
            found = self.centre(f.index)
            if found is None:
                msg = "a network looks at a centre that no lane has: the plan is damaged"
                raise CorruptError(msg)
            codes = found
        else:
            codes = self._codes(f.index)
        return feature(f, codes, self._coder.tables)

    def _run(self, stage: Stage) -> None:
        coder = self._coder
        y = coder.networks[stage.network].run([self._input(f) for f in stage.inputs])
        if y.shape[0] != 2 * len(stage.targets):
            msg = f"a network has {y.shape[0]} outputs for {len(stage.targets)} lanes"
            raise CorruptError(msg)
        for t, target in enumerate(stage.targets):
            if target.lane < 0:  # a column that this file does not have
                continue
            if coder.plan.lanes[target.lane].bound == "none":
                edges = coder.tables[target.location]
                self._done[target.lane] = _bins(y[2 * t], edges)
            else:
                pair = y[2 * t], y[2 * t + 1]
                self._done[target.lane] = _contexts(target, *pair, coder.tables)
