"""Finding centres: relations among a group's columns that hold nearly, and save bytes.

Relations are the null space of the sampled columns, as in `exact`, but at looser tolerances and
with more columns: a constant, the Cartesian components of (pt, eta, phi, mass), and, in a second
look, the squares of all of them. Each column of a relation may become the dependent one: where
that saves most. After each round those that were found serve as sources, so that rules can follow
from one another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.grids.codes import codes_of
from rootae.codec.grids.exact import ExactFloat
from rootae.codec.lane import shift_of
from rootae.codec.relations.centre import Centre, Term
from rootae.codec.streams import stream
from rootae.kernels.arithmetic import wide
from rootae.kernels.kinematics import COMPONENTS
from rootae.planner.nullspace import NullSpace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from rootae.codec.grids.registry import Grid

__all__ = ["find", "quadruples"]

_TOLERANCES = (1e-6, 1e-4, 1e-2)  # of a column's size
_SAVING = 0.95  # a centre has to bring a lane's plain bytes below this share
_ROWS = 65_536
_ROUNDS = 12
_LANES_AT_MOST = 200
_TERMS_AT_MOST = 12
_PARTS = ("pt", "eta", "phi", "mass")
_EXACT_INTEGER = 2.0**53


def quadruples(names: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Find columns that are pt, eta, phi and mass of one collection.

    Example:
        >>> quadruples(["Jet_pt", "Jet_eta", "Jet_phi", "Jet_mass", "x"])
        [(0, 1, 2, 3)]
        >>> quadruples(["mass_", "phi_", "eta_", "pt_"])
        [(3, 2, 1, 0)]
    """
    found: dict[str, dict[str, int]] = {}
    for i, name in enumerate(names):
        stem = name.rstrip("_")
        for part in _PARTS:
            if stem == part or stem.endswith("_" + part):
                key = name[: len(stem) - len(part)] + "|" + name[len(stem) :]
                found.setdefault(key, {}).setdefault(part, i)
    whole = [tuple(f[p] for p in _PARTS) for f in found.values() if len(f) == len(_PARTS)]
    return [(a, b, c, d) for a, b, c, d in whole]


def find(
    names: Sequence[str],
    originals: Sequence[NDArray[Any]],
    decoded: Sequence[NDArray[Any]],
    grids: Sequence[Grid],
    derived: set[int],
    seed: int = 0,
) -> dict[int, Centre]:
    """Find lanes that nearly follow from others.

    Arguments:
        names: each lane's column.
        originals: sampled values of every lane, shape (rows,).
        decoded: the same after the grids' round trip.
        grids: each lane's grid.
        derived: lanes that follow from others exactly: they have no part in this.
        seed: chooses the rows that the null space is computed on.

    Returns:
        A centre for each lane where that saves bytes; no lane follows from itself.

    Example:
        >>> from rootae.codec.grids.registry import ExactInteger
        >>> a, b = np.arange(9000) % 977, np.arange(9000) * 7919 % 1009
        >>> lanes = [a, b, a + b + (a % 3 == 0)]
        >>> sorted(find("abc", lanes, lanes, [ExactInteger("int64")] * 3, set()))
        [2]
    """
    search = _Search(names, originals, decoded, grids, derived, seed)
    for _ in range(_ROUNDS):
        if not search.round():
            break
    return search.found


class _Search:
    """One group's sample, and the centres found so far."""

    def __init__(
        self,
        names: Sequence[str],
        originals: Sequence[NDArray[Any]],
        decoded: Sequence[NDArray[Any]],
        grids: Sequence[Grid],
        derived: set[int],
        seed: int,
    ) -> None:
        self.found: dict[int, Centre] = {}
        self._originals = [x[:_ROWS] for x in originals]
        self._decoded = [x[:_ROWS] for x in decoded]
        self._grids = grids
        self._seed = seed
        self._columns: dict[tuple[str, tuple[int, ...], bool], NDArray[np.float64]] = {}
        self._savings: dict[tuple[int, Centre], int] = {}
        self._rows = len(self._originals[0]) if self._originals else 0
        self._codes = [codes_of(g, x) for g, x in zip(grids, self._originals, strict=True)]
        self._shifts = [
            shift_of(q) if isinstance(g, ExactFloat) else 0
            for g, q in zip(grids, self._codes, strict=True)
        ]
        self._cost = [
            len(stream.encode(q >> s)) for q, s in zip(self._codes, self._shifts, strict=True)
        ]
        usable = [i for i in range(len(names)) if i not in derived and self._ordinary(i)]
        self._lanes = usable[:_LANES_AT_MOST]
        self._vectors = [q for q in quadruples(names) if set(q) <= set(self._lanes)]

    def _ordinary(self, lane: int) -> bool:
        if self._rows < 2 or not self._grids[lane].has_metric:
            return False
        value = wide(self._originals[lane])
        fine = bool(np.isfinite(value).all()) and bool(np.abs(value).max() < _EXACT_INTEGER)
        return fine and bool((value != value[0]).any())

    def round(self) -> bool:
        """Add the centres that save most and do not touch one another; say if there were any."""
        best: dict[int, tuple[int, Centre]] = {}
        for lane, centre in self._candidates():
            saved = self._saved(lane, centre)
            if saved > best.get(lane, (0, None))[0]:
                best[lane] = saved, centre
        touched: set[int] = set()
        for lane, (_, centre) in sorted(best.items(), key=lambda item: -item[1][0]):
            involved = {lane, *centre.sources}
            if not involved & touched and lane not in self._behind(centre):
                self.found[lane] = centre
                touched |= involved
        return bool(touched)

    def _behind(self, centre: Centre) -> set[int]:
        """Return every lane that a centre rests on, directly or not."""
        seen: set[int] = set()
        waiting = list(centre.sources)
        while waiting:
            lane = waiting.pop()
            if lane not in seen:
                seen.add(lane)
                waiting += self.found[lane].sources if lane in self.found else ()
        return seen

    def _candidates(self) -> Iterator[tuple[int, Centre]]:
        free = sorted((i for i in self._lanes if i not in self.found), key=self._cost.__getitem__)
        for root in (False, True):
            if root:  # a root is never negative: such lanes become dependent first
                free.sort(key=lambda i: bool((self._originals[i] >= 0).all()))
            sources = [Term("one", (), 1.0)]
            if not root:
                sources += [Term(k, q, 1.0) for q in self._vectors for k in COMPONENTS]
            sources += [Term("lane", (i,), 1.0) for i in (*self.found, *free)]
            columns = [self._column(s, root) for s in sources]
            space = NullSpace(columns, self._seed)
            relations = (r for tolerance in _TOLERANCES for r in space.relations(tolerance))
            for pivot, row in (solved for r in relations for solved in _solved(*r)):
                lane = sources[pivot].lanes[0] if sources[pivot].kind == "lane" else -1
                if lane in free and 0 < len(row) <= _TERMS_AT_MOST:
                    yield from self._centres(lane, sources, columns, pivot, row, root)

    def _column(self, source: Term, root: bool) -> NDArray[np.float64]:
        """Return a term's values, squared under a root; computed once for all rounds."""
        key = (source.kind, source.lanes, root)
        if key not in self._columns:
            values = self._originals.__getitem__
            self._columns[key] = source.evaluate(values, self._rows, squared=root)
        return self._columns[key]

    def _centres(
        self,
        lane: int,
        sources: Sequence[Term],
        columns: Sequence[NDArray[np.float64]],
        pivot: int,
        row: dict[int, float],
        root: bool,
    ) -> Iterator[tuple[int, Centre]]:
        """Offer a relation with whole coefficients, with a free constant, and as it was found."""
        if root and (self._originals[lane] < 0).any():
            return
        whole = {k: float(round(c)) for k, c in row.items() if round(c)}
        moved = {k: c for k, c in whole.items() if k}  # column 0 is the constant
        rest = columns[pivot] - sum(c * columns[k] for k, c in moved.items())
        for plan in (whole, moved | {0: float(np.median(rest))}, row):
            terms = [Term(sources[k].kind, sources[k].lanes, c) for k, c in sorted(plan.items())]
            if len(terms) <= _TERMS_AT_MOST and any(t.lanes for t in terms):
                yield lane, Centre(tuple(terms), root, *self._range(lane))

    def _saved(self, lane: int, centre: Centre) -> int:
        """Return the bytes that a centre saves, measured once for all rounds."""
        if (lane, centre) not in self._savings:
            q = centre.codes(self._decoded.__getitem__, self._rows, self._grids[lane])
            shift = self._shifts[lane]
            nbytes = len(stream.encode((self._codes[lane] >> shift) - (q >> shift)))
            saved = self._cost[lane] - nbytes if nbytes < _SAVING * self._cost[lane] else 0
            self._savings[lane, centre] = saved
        return self._savings[lane, centre]

    def _range(self, lane: int) -> tuple[int, int]:
        """Return the codes between which most values that are not zero lie."""
        q = self._codes[lane]
        some = q[q != 0] if (q != 0).any() else q
        low, high = np.quantile(some, [0.02, 0.999], method="nearest")
        return int(low), int(high)


def _solved(pivot: int, row: dict[int, float]) -> Iterator[tuple[int, dict[int, float]]]:
    """Yield a relation, and the same solved for each column that stands in it as often.

    A difference of the same size is fewer steps of a larger column's relative grid.
    """
    yield pivot, row
    for k, c in row.items():
        if abs(round(c)) == 1:
            yield k, {j: -other / c for j, other in row.items() if j != k} | {pivot: 1 / c}
