"""From codes decoded earlier to contexts: what networks and diagrams see, and what they say."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from rootae.codec.plan.contexts import Diagram, Digit, Edges, OfLane, OfLatent, Raw, Stage
from rootae.errors import CorruptError
from rootae.kernels import gather
from rootae.kernels.lut import Indexed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rootae.codec.contexts.network import Network
    from rootae.codec.grids.registry import Grid
    from rootae.codec.plan.contexts import Feature
    from rootae.codec.plan.plan import GroupPlan

__all__ = ["Coder", "StageContexts", "View", "feature"]

_OUTPUTS = 1024  # a network's outputs are 0 .. 1023
_EXACT = 1 << 24  # whole numbers up to here are float32


class Coder(Protocol):
    """What stages need of a group's coder."""

    plan: GroupPlan
    tables: Sequence[NDArray[np.int64]]
    networks: Sequence[Network]
    grids: list[Grid]
    linked_grids: list[Grid]


class View(Protocol):
    """What contexts and centres may look at."""

    rows: int

    def codes(self, i: int) -> NDArray[Any]:
        """Return the codes of an own lane that is decoded, shape (rows,)."""
        ...

    def values(self, i: int) -> NDArray[Any]:
        """Return the values of such a lane, or of a linked one behind these, shape (rows,)."""
        ...

    def latents(self) -> NDArray[Any]:
        """Return the latents, shape (latents, rows)."""
        ...


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
    return _of_codes(spec, Indexed(codes), tables, np.float32)


def _of_codes(
    spec: Feature, codes: Indexed, tables: Sequence[NDArray[np.int64]], dtype: type[Any]
) -> NDArray[Any]:
    match spec.by:
        case Edges(table):
            return codes.count(tables[table], dtype)
        case Digit() as digit:
            return codes.through(lambda q: _digit(digit, q).astype(dtype))
    return codes.through(lambda q: q.astype(dtype))


def _digit(spec: Digit, q: NDArray[np.int64]) -> NDArray[np.int64]:
    top = min(spec.low + (spec.top << spec.shift), np.iinfo(np.int64).max)
    above = np.clip(q, spec.low, top).view(np.uint64) - np.int64(spec.low).view(np.uint64)
    return (above >> np.uint64(spec.shift)).view(np.int64)


@functools.lru_cache(maxsize=4096)
def _counts(edges: bytes, times: int, dtype: str) -> NDArray[Any]:
    """Return how many edges lie at or below each possible output of a network, times a factor."""
    below = np.searchsorted(np.frombuffer(edges, np.int64), np.arange(_OUTPUTS), side="right")
    return (times * below).astype(dtype)


def _bins(
    output: NDArray[Any], edges: NDArray[np.int64], times: int = 1, dtype: type[Any] = np.int64
) -> NDArray[Any]:
    """Count the edges at or below each of a network's whole outputs, times a factor."""
    table = _counts(np.ascontiguousarray(edges, np.int64).tobytes(), times, np.dtype(dtype).name)
    found: NDArray[Any] = table[output]
    return found


def _whole(outputs: NDArray[Any]) -> NDArray[np.int16]:
    """Return a network's outputs, of shape (outputs, rows), all of which are whole numbers."""
    with np.errstate(invalid="ignore"):  # a damaged network may say anything
        at = outputs.astype(np.int16)
        if (at != outputs).any() or not 0 <= at.min(initial=0) <= at.max(initial=0) < _OUTPUTS:
            msg = f"a network says other than whole numbers below {_OUTPUTS}: the file is damaged"
            raise CorruptError(msg)
    return at


def _contexts(output: NDArray[Any], edges: Sequence[NDArray[np.int64]]) -> NDArray[Any]:
    """Combine the bins of a target's location and scale into contexts (uint8 where they fit)."""
    bins = len(edges[0]) + 1
    dtype: type[Any] = np.uint8 if bins * (len(edges[1]) + 1) <= 256 else np.uint16
    parts = [
        _bins(y, e, times, dtype)
        for y, e, times in zip(output, edges, (1, bins), strict=True)
        if len(e)
    ]
    if not parts:
        return np.zeros(output.shape[1], np.uint8)
    return parts[0] if len(parts) == 1 else parts[0] + parts[1]


def _is_exact(codes: NDArray[Any]) -> bool:
    return int(codes.min()) >= -_EXACT and int(codes.max()) <= _EXACT


class StageContexts:
    """Runs networks and diagrams once each and hands out the contexts and centres of their lanes.

    Arguments:
        coder: the group's coder.
        view: what they look at.
    """

    def __init__(self, coder: Coder, view: View) -> None:
        self._coder = coder
        self._view = view
        self._done: dict[int, NDArray[Any]] = {}
        self._features: dict[tuple[Feature, type[Any]], NDArray[Any]] = {}
        self._centres: dict[int, NDArray[np.int64]] = {}
        self.nbytes = 0  # of what is kept for lanes still to come

    def of(self, lane: int) -> NDArray[Any] | None:
        """Return a lane's contexts, its codes if it has no bound, None if its plan has neither."""
        if lane not in self._done:
            match self._coder.plan.contexts_of(lane):
                case Diagram() as diagram:
                    return self._follow(diagram)
                case Stage() as stage:
                    self._run(stage)
        return self._done.get(lane)

    def _keep(self, lane: int, contexts: NDArray[Any]) -> None:
        self._done[lane] = contexts
        self.nbytes += contexts.nbytes

    def centre(self, lane: int) -> NDArray[np.int64] | None:
        """Return the codes that a lane's codes are centred on, None if it has no centre."""
        rule = self._coder.plan.lanes[lane].centre
        if rule is None:
            return None
        if lane not in self._centres:
            self._centres[lane] = rule.codes(
                self._view.values, self._view.rows, self._coder.grids[lane]
            )
            self.nbytes += self._centres[lane].nbytes
        return self._centres[lane]

    def _input(self, f: Feature, dtype: type[Any] = np.float32) -> NDArray[Any]:
        """Return a feature, computed once however many look at it."""
        if (f, dtype) not in self._features:
            source = self._source(f)
            if isinstance(f.by, Raw) and len(source) and not _is_exact(source):
                msg = f"a network looks at codes beyond {_EXACT}: the file is damaged"
                raise CorruptError(msg)
            codes = Indexed(source)
            self._features[f, dtype] = _of_codes(f, codes, self._coder.tables, dtype)
            self.nbytes += self._features[f, dtype].nbytes
        return self._features[f, dtype]

    def _source(self, f: Feature) -> NDArray[Any]:
        """Return the codes that a feature is made of."""
        number = f.of.index
        if isinstance(f.of, OfLatent):
            latents: NDArray[Any] = self._view.latents()[number]
            return latents
        if isinstance(f.of, OfLane):
            link = number - len(self._coder.grids)
            if link < 0:
                return self._view.codes(number)
            return self._coder.linked_grids[link].forward(self._view.values(number))
        found = self.centre(number)
        if found is None:
            msg = "a network looks at a centre that no lane has: the plan is damaged"
            raise CorruptError(msg)
        return found

    def _follow(self, diagram: Diagram) -> NDArray[Any]:
        """Take every row through a diagram."""
        tables = [self._coder.tables[i] for i in diagram.tables]
        widths = [len(self._coder.tables[i]) + 1 for i in diagram.edges]
        # narrow numbers: fresh memory is slow
        kinds = [np.uint8 if w <= 256 else np.uint16 if w <= 1 << 16 else np.uint32 for w in widths]
        inputs = [self._input(f, kind) for f, kind in zip(diagram.inputs, kinds, strict=True)]
        return gather.follow(inputs, tables, widths, self._view.rows)

    def _run(self, stage: Stage) -> None:
        coder = self._coder
        y = coder.networks[stage.network].run([self._input(f) for f in stage.inputs])
        if y.shape[0] != 2 * len(stage.targets):
            msg = f"a network has {y.shape[0]} outputs for {len(stage.targets)} lanes"
            raise CorruptError(msg)
        y = _whole(y)
        for t, target in enumerate(stage.targets):
            if target.lane is None:  # a column that this file does not have
                continue
            if coder.plan.contexts_of(target.lane) is not stage:  # another one is its own
                continue
            if not coder.plan.lanes[target.lane].bound.promises:
                edges = coder.tables[target.location]
                self._keep(target.lane, _bins(y[2 * t], edges))
            else:
                edges_of = [coder.tables[i] for i in (target.location, target.scale)]
                self._keep(target.lane, _contexts(y[2 * t : 2 * t + 2], edges_of))
