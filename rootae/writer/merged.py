"""Files merged by uproot: blocks are copied as they are, other entries coded exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rootae.checks.compatible import codes_alike
from rootae.checks.merged import Share
from rootae.planner.transcode import exact_coder, promising
from rootae.reader.decoded import coded_of
from rootae.schema.bounds.bound import EXACT
from rootae.writer.provenance import provenance
from rootae.writer.tree import Sizes, TreeWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rootae.codec.codec import Codec
    from rootae.codec.plan.plan import TreePlan
    from rootae.reader.decoded import DecodedSource
    from rootae.schema.tree import TreeSchema
    from rootae.source.tree import SourceTree
    from rootae.writer.composite import Composite

__all__ = ["MergedTree", "Merging"]


@dataclass(frozen=True)
class MergedTree:
    """One tree of a merged file.

    Arguments:
        where: the first file and the tree, for messages.
        schema: its branches as the first file has them.
        codec: what the first file that codes the tree codes it with, if any does.
        entries: of all files.
    """

    where: str
    schema: TreeSchema
    codec: Codec | None
    entries: int = 0

    @property
    def plan(self) -> TreePlan | None:
        """What its coded columns are."""
        return None if self.codec is None else self.codec.tree(self.schema.path).plan


class Merging:
    """Files with trees of the same branches, on their way into one that uproot writes.

    Arguments:
        made: the file.
        trees: its trees, by path.
        advance: told the number of entries that are done.
    """

    def __init__(
        self, made: Composite, trees: Mapping[str, MergedTree], advance: Callable[[float], None]
    ) -> None:
        self._made, self._trees = made, trees
        self._advance = lambda _tree, entries: advance(entries)
        self.shares: list[dict[str, Share]] = []
        self.notes: list[str] = []
        self._records: list[dict[str, Any]] = []
        self._writers: dict[str, TreeWriter] = {}

    def add(self, source: DecodedSource) -> None:
        """Add what one input holds: its objects, its trees' entries and its records.

        Raises:
            UnsupportedError: an object cannot be put together with that of an earlier file.
            CorruptError: entries and blocks do not belong together.
        """
        self._made.objects.add(source)
        shares = {}
        for name, known in self._trees.items():
            tree = source.tree(name)
            if name not in self._writers:
                self._writers[name] = TreeWriter(self._made.file, tree, known.codec)
            shares[name] = self._share(self._writers[name], tree, source)
        self._records += source.file.container.provenance
        self._records += self._new_records(source, shares)
        self.shares.append(shares)

    def close(self) -> None:
        """Write what comes behind the trees.

        Raises:
            UnsupportedError: neither uproot nor ROOT can put objects together.
        """
        for writer in self._writers.values():
            writer.close()
        trees = self._trees.items()
        self._made.close(self._records, {p: t.entries for p, t in trees if t.codec is not None})

    def _share(self, writer: TreeWriter, tree: SourceTree, source: DecodedSource) -> Share:
        """Add one input's entries to a tree: blocks copied, or coded anew, or as they are."""
        path = tree.schema.path
        mine, plan = coded_of(tree), self._trees[path].plan
        entry, block = writer.entries, writer.sizes.blocks
        alike = mine is not None and plan is not None and codes_alike(mine.stored, plan)
        if mine is not None and alike:
            self._made.keep(mine.stored.codecs)
            writer.copy(tree, mine, self._advance)
        else:
            codec = self._codec(tree, source)
            coder = None if codec is None else exact_coder(codec, path)
            writer.code(tree, codec, self._advance, coder)
        return Share(entry, block, writer.sizes.blocks - block, copied=alike)

    def _codec(self, tree: SourceTree, source: DecodedSource) -> Codec | None:
        """Return what codes an input's entries anew, promising what they came with."""
        path = tree.schema.path
        known = self._trees[path]
        if known.codec is None or known.plan is None:
            return None
        carried, bounds = set(known.plan.carried), source.file.bounds.get(path, {})
        codec = promising(known.codec, path, bounds)
        if not tree.entries:
            return codec
        self._made.keep([codec])
        first = f"as in {known.codec.id[:8]}, the codec of the first file that codes the tree"
        self.notes.append(f"{tree.where}: decoded and coded anew, {first}; no value changed")
        lost = [f"{n} ({b})" for n, b in bounds.items() if n not in carried and b != EXACT]
        if lost:
            self.notes.append(
                f"{tree.where}: {', '.join(lost)} became ordinary branches; these bounds are on "
                "record in the provenance only"
            )
        return codec

    def _new_records(self, source: DecodedSource, shares: dict[str, Share]) -> list[dict[str, Any]]:
        """Say how a plain file's trees came to be coded; other files bring their own records."""
        if source.file.is_coded:
            return []
        made: dict[bytes, dict[str, Sizes]] = {}
        for path, share in shares.items():
            known = self._trees[path]
            if known.codec is not None and known.plan is not None:
                codec = promising(known.codec, path, {})
                errors = dict.fromkeys(known.plan.carried, 0.0)
                entries = int(source.opened(path).num_entries)
                sizes = Sizes(errors=errors, blocks=share.blocks, entries=entries)
                made.setdefault(codec.digest, {})[path] = sizes
        codecs = (self._made.codecs[d] for d in made if d in self._made.codecs)
        return [provenance(source, c, made[c.digest]) for c in codecs]
