"""What a compressed file is going to be: decided before it is written, and reconsidered after."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rootae.planner.rules import unmatched
from rootae.planner.survey import branches_of, matching
from rootae.source.unreadable import told
from rootae.writer.backend import AUTO, ROOT, UPROOT, backend_for, is_better_by_root
from rootae.writer.eligible import NOT_PAID, left_alone, pays, unpaid, without

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rootae.codec.codec import Codec
    from rootae.operations.request import Request
    from rootae.schema.tree import TreeSchema
    from rootae.source.source import Source
    from rootae.writer.attempt import Attempt

__all__ = ["Draft", "decide", "reconsider"]

_SLACK = 1.02  # an output that is hardly larger keeps its columns coded


@dataclass(frozen=True)
class Draft:
    """What an output is going to be.

    Arguments:
        request: what is wanted.
        trees: the trees that are coded; none, and the output is a copy of the input.
        left: why each of the others is left as it is.
        backend: who writes: ``uproot`` or ``root``.
        notes: what deserves attention, a sentence each.
        codec: what the trees are coded with, once there is one.
        history: how it was learned, a record a group.
    """

    request: Request
    trees: tuple[str, ...]
    left: Mapping[str, str]
    backend: str
    notes: tuple[str, ...] = ()
    codec: Codec | None = None
    history: tuple[dict[str, Any], ...] = ()

    @property
    def is_forced(self) -> bool:
        """Say whether trees are coded even if that does not pay: a codec was given for them."""
        return self.request.codec is not None

    @property
    def drops(self) -> bool:
        """Say whether what cannot be written is left out; ROOT leaves nothing out."""
        return self.request.drop and self.backend == UPROOT

    @property
    def may_be_for_root(self) -> bool:
        """Say whether ROOT may write what uproot would make larger than it was."""
        return self.request.backend == AUTO and self.backend == UPROOT and not self.drops

    def coded_by(
        self, codec: Codec, notes: Sequence[str] = (), history: Sequence[dict[str, Any]] = ()
    ) -> Draft:
        """Return the draft with a codec for its trees, and what was said as it was made."""
        return dataclasses.replace(
            self, codec=codec, notes=(*self.notes, *notes), history=tuple(history)
        )

    def leaving(self, why: Mapping[str, str]) -> Draft:
        """Return the draft with some trees less coded.

        Arguments:
            why: why each of these is left as it is.
        """
        trees = tuple(path for path in self.trees if path not in why)
        codec = None if self.codec is None else without(self.codec, why)
        return dataclasses.replace(self, trees=trees, left={**self.left, **why}, codec=codec)


def decide(source: Source, request: Request) -> Draft:
    """Decide which trees are coded, and who writes the file, before any training.

    Arguments:
        source: the input.
        request: what is wanted.

    Raises:
        NameNotFound: a glob of trees matches none.
        UnsupportedError: something would be lost.
    """
    promises, given = request.promises, request.codec is not None
    left = left_alone(source, promises.trees, request.kept, given=given)
    trees = tuple(p for p in source.tree_paths(promises.trees) if p not in left)
    schemas = [source.tree(p).schema for p in source.tree_paths()]
    notes = unmatched(schemas, promises.bounds, promises.keep_plain)
    if not trees:  # nothing is written: nothing can be lost
        return Draft(request, trees, left, request.backend, tuple(notes))
    coded = {s.path: _coded_of(s, request.kept) for s in schemas if s.path in trees}
    backend = backend_for(request.backend, source, coded, drop=request.drop)
    return Draft(request, trees, left, backend, (*notes, *told(source)))


def _coded_of(schema: TreeSchema, kept: Sequence[str]) -> set[str]:
    return {b.name for b in branches_of(schema, matching(schema, kept)) if b.coded}


def reconsider(draft: Draft, attempt: Attempt, source: Source) -> Draft:
    """Return what had better be written, or the draft itself where that is well.

    Trees that did not pay are left as they are; ROOT takes over where uproot made the file larger
    though its blocks are smaller; a file that is larger all the same becomes a copy. Each time
    fewer trees are coded, or the backend is the last: so there is an end.

    Arguments:
        draft: what was written.
        attempt: what it came to.
        source: the input.
    """
    if draft.codec is None:
        return draft
    fixed = 2 * len(b"".join(draft.codec.parts[1:]))  # it is stored twice
    lost = {} if draft.is_forced else unpaid(source, attempt.sizes, fixed)
    if lost:
        return draft.leaving(lost)
    larger = draft.may_be_for_root and is_better_by_root(source, attempt.nbytes)
    if larger and pays(source, attempt.sizes):
        return dataclasses.replace(draft, backend=ROOT)
    if not draft.is_forced and attempt.nbytes > source.path.stat().st_size * _SLACK:
        return draft.leaving(dict.fromkeys(draft.trees, NOT_PAID))
    return draft
