"""A block of one tree on its way back: lanes from blobs, in the order that a program says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rootae.codec import lane as lanes
from rootae.codec.contexts.contexts import StageContexts
from rootae.codec.decoder import Decoder
from rootae.codec.plan.contexts import Stage
from rootae.codec.view import Held, View
from rootae.errors import CorruptError
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.codec.compiled import CompiledTree
    from rootae.codec.directory import Directory
    from rootae.codec.group import GroupCoder
    from rootae.codec.plan.plan import GroupPlan
    from rootae.codec.program import Program

__all__ = ["BlockDecoder", "Request"]


class Request(NamedTuple):
    """What some columns of a block take.

    Arguments:
        names: the columns.
        every: these and what counts them.
        wanted: numbers of the lanes of all of these.
        program: what has to be decoded.
        blobs: numbers of the blobs that are read.
    """

    names: tuple[str, ...]
    every: tuple[str, ...]
    wanted: frozenset[int]
    program: Program
    blobs: list[int]


class BlockDecoder(Decoder):
    """Decodes one block: only lanes that are asked for, and what these are decoded from.

    Arguments:
        tree: the coder of the block's tree.
        found: the block's directory.
        fetch: gives blobs by their numbers, see `rootae.codec.layout`.
    """

    holds_sums = False

    def __init__(
        self,
        tree: CompiledTree,
        found: Directory,
        fetch: Callable[[Sequence[int]], Sequence[bytes]],
    ) -> None:
        super().__init__(found.entries, fetch)
        self._tree = tree
        self._rows = found.rows
        self._most = found.most
        self._modes = found.modes
        self._held = Held()
        self._views: dict[int, View] = {}
        self._contexts: dict[int, StageContexts] = {}

    def request(self, names: Collection[str]) -> Request:
        """Find what has to be read and decoded for some columns: nothing is read yet.

        Arguments:
            names: which.
        """
        layout, plan = self._tree.layout, self._tree.plan
        every = dict.fromkeys(names)
        for name in names:
            every |= {c.name: None for c in plan.counters_of(plan.column(name))}
        wanted = frozenset(i for name in every for i in layout.lanes_of(name))
        program = self._tree.resolver.resolve(wanted, self._modes, self._held.values)
        latents = [layout.latent_blobs[g] for g in program.latents]
        blobs = [*latents, *(layout.lane_blobs[i] for i in program.lanes)]
        return Request((*names,), (*every,), wanted, program, blobs)

    def run(
        self,
        request: Request,
        blobs: Sequence[bytes],
        *,
        keep: bool = False,
        into: Mapping[str, NDArray[Any]] | None = None,
        threads: int = 1,  # noqa: ARG002  one is at work, whatever is allowed
    ) -> dict[str, Values]:
        """Decode columns, see `rootae.codec.decoder.Decoder`.

        Raises:
            CorruptError: the block is damaged.
        """
        is_all = len(request.every) == len(self._tree.plan.columns)
        self._run(request, blobs, forget=is_all and not keep)
        done: dict[str, Values] = {}
        for name in request.every:
            self._assemble(name, done)
        if not keep:
            left = frozenset[int]() if is_all else self._tree.read_by_others
            self._held.drop(request.wanted - left)
        if is_all and not keep:
            self._views.clear()
            self._contexts.clear()
        for name, memory in (into or {}).items():
            memory[:] = done[name].flat
            done[name] = Values(memory, done[name].counts)
        return {name: done[name] for name in request.names}

    def keeps(self, name: str) -> bool:
        """Say whether a column's values are kept, so that its arrays are the decoder's own."""
        return any(i in self._held.values for i in self._tree.layout.lanes_of(name))

    def latents(self, group: str) -> NDArray[Any]:
        """Return a group's latents, shape (latents, rows).

        Raises:
            CorruptError: the block is damaged.
        """
        number = self._tree.layout.groups[group]
        view = self._view(number)
        if view.stored_latents is None and number in self._tree.layout.latent_blobs:
            (view.stored_latents,) = self._fetch([self._tree.layout.latent_blobs[number]])
        return view.latents()

    @property
    def nbytes(self) -> int:
        """Return the bytes of decoded values that are kept."""
        return self._held.nbytes + sum(c.nbytes for c in self._contexts.values())

    def _run(self, request: Request, blobs: Sequence[bytes], *, forget: bool) -> None:
        """Decode lanes in order; to forget is to let go of codes that nobody looks at any more."""
        program, resolver = request.program, self._tree.resolver
        for group, blob in zip(program.latents, blobs, strict=False):
            self._view(group).stored_latents = blob
        readers = dict(program.readers)
        for lane, blob in zip(program.lanes, blobs[len(program.latents) :], strict=True):
            self._decode(lane, blob)
            for other in resolver.of(lane, self._modes[lane]) if forget else ():
                readers[other] -= 1
                if not readers[other]:
                    self._held.drop_codes(other)

    def _decode(self, lane: int, blob: bytes) -> None:
        layout, mode = self._tree.layout, self._modes[lane]
        number, i = layout.group_of[lane], layout.within[lane]
        view, coder = self._view(number), self._tree.coders[number]
        contexts = self._contexts[number]
        if mode == lanes.PREDICTED:
            _check_predicted(coder.plan, i)
        decoded = lanes.decode(
            mode,
            blob,
            view.rows,
            coder.grids[i],
            contexts.of(i) if mode in (lanes.CONTEXTS, lanes.PREDICTED) else None,
            contexts.centre(i) if mode in (lanes.CONTEXTS, lanes.CENTRED) else None,
            _derived(coder, i, view) if mode == lanes.DERIVED else None,
        )
        seen = i in coder.looked_at
        self._held.add(lane, decoded.codes, decoded.values, looked_at=seen)

    def _view(self, number: int) -> View:
        """Return what contexts and centres of a group may look at."""
        if number not in self._views:
            view = View(self._tree, number, self._rows[number], self._held)
            self._views[number] = view
            self._contexts[number] = StageContexts(self._tree.coders[number], view)
        return self._views[number]

    def _assemble(self, name: str, done: dict[str, Values]) -> None:
        """Put a column's lanes together, and its counters' before it."""
        column = self._tree.plan.column(name)
        if name in done:
            return
        if column.counter is not None:
            self._assemble(column.counter, done)
        parts = [self._held.values[i] for i in self._tree.layout.lanes_of(name)]
        flat = parts[0]
        if column.inner_shape:
            flat = np.stack(parts, axis=1).reshape(len(flat), *column.inner_shape)
        lists = done[column.counter] if column.counter is not None else None
        values = Values(flat, None if lists is None else lists.sums())
        self._check(name, values, lists)
        if column.counter is not None:
            self._check_most(column.counter, done[column.counter])
        done[name] = values

    def _check(self, name: str, values: Values, lists: Values | None) -> None:
        flat, counts = values.flat, values.counts
        entries = len(flat) if counts is None else len(counts)
        total = len(flat) if counts is None else int(counts.sum())
        odd = lists is not None and bool(((lists.flat < 0) | (lists.flat > len(flat))).any())
        if entries != self.entries or total != len(flat) or odd:
            msg = f"column {name} has another number of values than its block: the file is damaged"
            raise CorruptError(msg)

    def _check_most(self, counter: str, lists: Values) -> None:
        """Refuse a counter whose largest value is another than ROOT would be told."""
        most, found = self._most[self._tree.layout.groups[counter]], lists.flat.max(initial=0)
        if found != most:
            msg = f"column {counter} counts up to {found}, its block says {most}: it is damaged"
            raise CorruptError(msg)


def _check_predicted(plan: GroupPlan, i: int) -> None:
    """Refuse a lane of which nothing is stored, but that no network alone gives."""
    if plan.lanes[i].bound.promises or not isinstance(plan.contexts_of(i), Stage):
        msg = f"lane {i} is in the mode of lanes without a bound: the block is damaged"
        raise CorruptError(msg)


def _derived(coder: GroupCoder, i: int, view: View) -> NDArray[Any]:
    rule = coder.plan.lanes[i].derived
    if rule is None:
        msg = f"lane {i} has no rule to follow from others: the block is damaged"
        raise CorruptError(msg)
    return rule.evaluate([view.values(j) for j, _ in rule.terms], coder.grids[i].dtype)
