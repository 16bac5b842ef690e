"""Sections 4 and 6: the lanes of one group of one block."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from reference.byte_strings import Cursor, frame, parts
from reference.damage import hold
from reference.grids import code_on, on_grid, type_of
from reference.plan import FLOATS
from reference.relations import centre_codes, derived, seen
from reference.streams import runs, stream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from reference.codec import Codec

__all__ = ["Group"]

_PLAIN, _CONTEXTS, _BITS, _DERIVED, _PREDICTED, _CENTRED = range(6)
_EXACT = 2**24  # whole numbers up to here are float32
_Json = dict[str, Any]
_Lane = tuple["NDArray[Any]", "NDArray[Any]"]  # codes and values


class Group:
    """One group of one block; lanes are decoded as they are asked for.

    Arguments:
        codec: the block's codec.
        plan: the group's plan.
        rows: of the group.
        latents: their blob.
        blobs: those of the lanes.
        modes: those of the lanes.
    """

    def __init__(
        self,
        codec: Codec,
        plan: _Json,
        rows: int,
        latents: bytes,
        blobs: Sequence[bytes],
        modes: bytes,
    ) -> None:
        self.codec, self.plan, self.rows = codec, plan, rows
        self.most = 0  # the largest value of its counter
        self.others: Mapping[str, Group] = {}  # the block's groups by name
        self._stored, self._blobs, self._modes = latents, blobs, modes
        self._latents: list[NDArray[np.int64]] | None = None
        self._lanes: dict[int, _Lane] = {}
        self._outputs: dict[int, NDArray[Any]] = {}
        self._centres: dict[int, NDArray[np.int64]] = {}

    def lane(self, i: int) -> _Lane:
        """Return codes and values of a lane, or of the links that are numbered behind these."""
        if i not in self._lanes:
            own = len(self.plan["lanes"])
            links = self.plan["links"]
            self._lanes[i] = self._decoded(i) if i < own else self._linked(links[i - own])
        return self._lanes[i]

    def _decoded(self, i: int) -> _Lane:
        lane, mode = self.plan["lanes"][i], self._modes[i]
        hold(mode <= _CENTRED, f"a lane in mode {mode}")
        dtype = type_of(lane["grid"])
        cursor = Cursor(self._blobs[i])
        at, raw = self._escapes(cursor, dtype)
        if mode == _DERIVED:
            codes, values = np.zeros(0, np.int64), self._by_rule(i)
        else:
            predicted = mode == _PREDICTED
            codes = self._of_stage(i, code=True) if predicted else self._codes(i, cursor)
            grid = lane["grid"] if mode != _BITS else {"kind": "bits", "dtype": dtype.name}
            hold(mode != _BITS or dtype.name in FLOATS, "integers in mode 2")
            values = np.array(on_grid(grid, codes, self.codec.tables))
            codes = codes if mode != _BITS else np.zeros(self.rows, np.int64)
        hold(not cursor.rest(), "bytes behind a lane")
        values[at] = raw
        return codes, values

    def _escapes(
        self, cursor: Cursor, dtype: np.dtype[Any]
    ) -> tuple[NDArray[np.int64], NDArray[Any]]:
        k = cursor.varint()
        hold(k <= self.rows, f"{k} escapes in {self.rows} rows")
        if not k:
            return np.zeros(0, np.int64), np.zeros(0, dtype)
        at = stream(cursor.take(cursor.varint()), k).tolist()
        for j in range(1, k):
            at[j] += at[j - 1]
        rising = all(a < b for a, b in itertools.pairwise(at))
        right = at[0] >= 0 and at[-1] < self.rows and rising
        hold(right, "escapes that are out of order or out of the lane")
        raw = frame(cursor.take(cursor.varint()), k * dtype.itemsize)
        return np.array(at), np.frombuffer(raw, dtype.newbyteorder("<"))

    def _codes(self, i: int, cursor: Cursor) -> NDArray[np.int64]:
        """Read the codes of a lane in mode 0, 1, 2 or 5."""
        lane, mode = self.plan["lanes"][i], self._modes[i]
        s = cursor.byte()
        hold(s <= 63, f"a lane that is shifted by {s} bits")
        if mode == _CONTEXTS:
            q = runs(cursor.rest(), self._contexts(i))
        else:
            q = stream(cursor.rest(), self.rows)
        hold(mode != _CENTRED or lane["centre"] is not None, "mode 5 without a centre")
        if mode in (_CONTEXTS, _CENTRED) and lane["centre"] is not None:
            q = q + (self._centre(i) >> s)
        q = np.where(q >= 0, q << s, ~(~q << s))
        grid = lane["grid"]
        narrow = type_of(grid) == np.float32 and (grid["kind"] == "bits" or mode == _BITS)
        return q.astype(np.int32).astype(np.int64) if narrow else q

    def _by_rule(self, i: int) -> NDArray[Any]:
        rule = self.plan["lanes"][i]["derived"]
        hold(rule is not None, "mode 3 without a rule")
        terms = [(self.lane(j)[1], float.fromhex(factor)) for j, factor in rule["terms"]]
        return derived(terms, type_of(self.plan["lanes"][i]["grid"]))

    def _linked(self, link: _Json) -> _Lane:
        """Section 4.3."""
        other, scalars = self.others[link["group"]], self.others[""]
        mine, theirs = (scalars.of(g.plan["name"], 0)[1] for g in (self, other))
        values = other.of(link["column"], link["element"])[1]
        x = seen(self.lane(link["by"])[1], mine, theirs, values)
        return code_on(link["grid"], x, self.codec.tables), x

    def of(self, column: str, element: int) -> _Lane:
        """Return codes and values of a column's lane."""
        where = [(x["column"], x["element"]) for x in self.plan["lanes"]]
        return self.lane(where.index((column, element)))

    def _centre(self, i: int) -> NDArray[np.int64]:
        """Return the codes of a lane's centre."""
        if i not in self._centres:
            lane, tables = self.plan["lanes"][i], self.codec.tables
            found = centre_codes(
                lane["centre"], lambda j: self.lane(j)[1], self.rows, lane["grid"], tables
            )
            self._centres[i] = found
        return self._centres[i]

    def _contexts(self, i: int) -> NDArray[np.int64]:
        number = self.plan["lanes"][i]["contexts"]
        hold(number is not None, "mode 1 without contexts")
        if self.plan["contexts"][number]["kind"] == "stage":
            return self._of_stage(i, code=False)
        return self._of_diagram(self.plan["contexts"][number])

    def _of_stage(self, i: int, *, code: bool) -> NDArray[np.int64]:
        """Return a lane's contexts by its stage, or its codes where it has no bound."""
        lane = self.plan["lanes"][i]
        number = lane["contexts"]
        stage: _Json = {"kind": None}
        if number is not None:
            stage = self.plan["contexts"][number]
        right = stage["kind"] == "stage" and code == (lane["bound"]["kind"] == "none")
        hold(right, "a lane in another mode than its contexts and its bound are for")
        if number not in self._outputs:
            x = np.stack([self._feature(f) for f in stage["inputs"]])
            self._outputs[number] = self.codec.run(stage["network"], x).astype(np.int64)
        y, targets = self._outputs[number], stage["targets"]
        t = [target["lane"] for target in targets].index(i)
        location = self._count(targets[t]["location"], y[2 * t])
        if code:
            return location
        bins = len(self.codec.tables[targets[t]["location"]]) + 1
        scale = self._count(targets[t]["scale"], y[2 * t + 1])
        found: NDArray[np.int64] = location + bins * scale
        return found

    def _of_diagram(self, diagram: _Json) -> NDArray[np.int64]:
        state = np.zeros(self.rows, np.int64)
        for f, table in zip(diagram["inputs"], diagram["tables"], strict=True):
            bins = len(self.codec.tables[f["by"]["table"]]) + 1
            state = self.codec.tables[table][state * bins + self._feature(f)]
        return state

    def _feature(self, f: _Json) -> NDArray[np.int64]:
        of, by = f["of"], f["by"]
        if of["kind"] == "latent":
            q = self._latent(of["index"])
        else:
            q = self.lane(of["index"])[0] if of["kind"] == "lane" else self._centre(of["index"])
        if by["kind"] == "edges":
            return self._count(by["table"], q)
        if by["kind"] == "raw":
            hold((np.abs(q) <= _EXACT).all(), "a raw feature beyond 2^24")
            return q
        low, shift = by["low"], by["shift"]
        top = low + (by["top"] << shift)
        return np.array([(min(max(v, low), top) - low) >> shift for v in q.tolist()], np.int64)

    def _count(self, table: int, v: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many numbers of a table are at most v."""
        return np.searchsorted(self.codec.tables[table], v, side="right").astype(np.int64)

    def _latent(self, number: int) -> NDArray[np.int64]:
        if self._latents is None:
            stored = parts(self._stored)
            wanted = self.plan["encoder"]["latents"]
            hold(len(stored) == wanted, f"{len(stored)} latents, not {wanted}")
            self._latents = [stream(part, self.rows) for part in stored]
        return self._latents[number]
