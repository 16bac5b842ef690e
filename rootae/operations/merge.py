"""From several files of one kind to one: blocks are copied as they are, each codec once."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rootae.checks.compatible import codes_alike, refuse_others
from rootae.checks.merged import Share
from rootae.container.codecs import CodecWriter
from rootae.errors import ArgumentError, BoundError, UnsupportedError
from rootae.operations.results import Merged
from rootae.planner.transcode import exact_coder, promising
from rootae.progress import Progress
from rootae.reader.cache import forget
from rootae.reader.decoded import DecodedSource, coded_of, whole_file
from rootae.rootio.compression import setting_of
from rootae.rootio.titles import recreate
from rootae.schema.bounds.bound import EXACT
from rootae.source.particulars import title_of_file
from rootae.targets import Output, check_target
from rootae.writer.content import with_content
from rootae.writer.losses import refuse_losses
from rootae.writer.objects import Objects
from rootae.writer.provenance import provenance
from rootae.writer.root_merged import Joining
from rootae.writer.tree import Sizes, TreeWriter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rootae.codec.codec import Codec
    from rootae.codec.plan.plan import TreePlan
    from rootae.schema.tree import TreeSchema
    from rootae.source.tree import SourceTree

__all__ = ["merge"]


def merge(
    sources: Sequence[str | Path],
    target: str | Path,
    *,
    force: bool = False,
    compression: int | None = None,
    device: str | None = None,
    progress: Progress | None = None,
) -> Merged:
    """Merge files of the same trees and branches into one; no value changes.

    Where files code the same columns, blocks are copied without being decoded, whatever their
    codecs, and each codec is stored once. A tree that is plain in one file and coded in another,
    or codes other columns, is decoded and coded with the codec of the first file that codes it,
    exactly: columns that were within a bound keep values and bound, all others stay bit for bit.
    Objects are put together as hadd does it, by ROOT where uproot would not do the same: what ROOT
    merges is merged, and of others all different ones are kept.

    Arguments:
        sources: compressed or plain files; the first one gives the order of branches.
        target: the output; it appears only after it was read back.
        force: overwrite the output.
        compression: ROOT's algorithm * 100 + level for what passes through; the first file's own
            by default.
        device: where networks run, as in `rootae.open`.
        progress: told about phases.

    Returns:
        What was written.

    Raises:
        ArgumentError: the files do not have the same trees, branches and types.
        UnsupportedError: something could not be kept, such as histograms that ROOT cannot merge.
        CorruptError: an input is damaged, or was merged or cut by something else before.
        BoundError: the output does not hold what the inputs hold (it is removed).

    Example:
        >>> import rootae
        >>> rootae.merge(["a.root", "b.root"], "both.root").trees  # doctest: +SKIP
        {'Events': 2600}
    """
    paths = [whole_file(s, "merge") for s in sources]
    if not paths:
        msg = "merge takes at least one input: name the files"
        raise ArgumentError(msg)
    out = check_target(target, paths, force=force)
    return _Job(paths, out, device, progress or Progress()).run(compression)


@dataclass(frozen=True)
class _Tree:
    """One tree of the output: its branches as the first file has them, its codec if any."""

    where: str
    schema: TreeSchema
    codec: Codec | None
    entries: int = 0

    @property
    def plan(self) -> TreePlan | None:
        return None if self.codec is None else self.codec.tree(self.schema.path).plan


@dataclass
class _Job:
    """One run of merge."""

    paths: list[Path]
    output: Output
    device: str | None
    progress: Progress
    notes: list[str] = field(default_factory=list)
    trees: dict[str, _Tree] = field(default_factory=dict)
    codecs: dict[bytes, Codec] = field(default_factory=dict)
    records: list[dict[str, Any]] = field(default_factory=list)
    shares: list[dict[str, Share]] = field(default_factory=list)
    stored: CodecWriter | None = None

    @property
    def target(self) -> Path:
        return self.output.path

    def run(self, compression: int | None) -> Merged:
        with DecodedSource.open(self.paths[0], self.device) as source:
            setting = setting_of(compression, source.compression)
            title = title_of_file(source.file)
        for path in self.paths:
            with DecodedSource.open(path, self.device) as source:
                self._survey(source)
        try:
            for path in self.paths:
                with DecodedSource.open(path, self.device) as source:
                    self._refuse_losses(source)
        except UnsupportedError:
            plans = {name: known.plan for name, known in self.trees.items()}
            joining = Joining(self.paths, plans, self.device)
            if not joining.is_possible():
                raise
            return self._join(joining, setting)
        total = sum(t.entries for t in self.trees.values())
        with self.output.atomic() as part:
            self.progress.phase("write", total)
            with recreate(part, title, compression=setting) as file:
                objects = self._write(file)
            self.progress.phase("read back", total)
            self._hold(part, objects)
            after = part.stat().st_size
        self.notes += objects.notes
        return self._report(after)

    def _join(self, joining: Joining, setting: Any) -> Merged:
        """Let ROOT merge what uproot cannot write."""
        with self.output.atomic() as part:
            objects = joining.run(part, setting)
            self.shares, self.codecs = joining.shares, joining.codecs
            self.progress.phase("read back", sum(t.entries for t in self.trees.values()))
            self._hold(part, objects)
            after = part.stat().st_size
        self.notes += [*joining.notes, *objects.notes]
        return self._report(after)

    def _survey(self, source: DecodedSource) -> None:
        """Hold a file's trees and branches against those of the files before it."""
        found = source.tree_paths()
        for name in set(found) ^ set(self.trees) if self.trees else ():
            pair = [source.path, self.paths[0]]
            lacks, has = pair if name in self.trees else reversed(pair)
            msg = f"{lacks} has no tree {name}, {has} has: merge files that hold the same trees"
            raise ArgumentError(msg)
        for path in found:
            tree = source.tree(path)
            known = self.trees.get(path) or _Tree(tree.where, tree.schema, None)
            refuse_others((known.where, known.schema), (tree.where, tree.schema))
            mine, codec = coded_of(tree), known.codec
            if codec is None and mine is not None:
                codec = mine.stored.codecs[0]
            entries = known.entries + tree.entries
            self.trees[path] = dataclasses.replace(known, codec=codec, entries=entries)

    def _refuse_losses(self, source: DecodedSource) -> None:
        plans = {path: known.plan for path, known in self.trees.items()}
        coded = {path: set(plan.carried) for path, plan in plans.items() if plan is not None}
        refuse_losses(source, coded, "merge the files with hadd", anew=True)

    def _write(self, file: Any) -> Objects:
        objects, writers = Objects(file, len(self.paths) > 1), dict[str, TreeWriter]()
        self.stored = CodecWriter(file)
        for path in self.paths:
            with DecodedSource.open(path, self.device) as source:
                objects.add(source)
                shares = {}
                for name, known in self.trees.items():
                    tree = source.tree(name)
                    if name not in writers:
                        writers[name] = TreeWriter(file, tree, known.codec)
                    shares[name] = self._share(writers[name], tree, source)
                self.records += source.file.container.provenance
                self.records += self._new_records(source, shares)
                self.shares.append(shares)
        for writer in writers.values():
            writer.close()
        objects.write()
        entries = {p: t.entries for p, t in self.trees.items() if t.codec is not None}
        self.stored.close(with_content(self.records, file, entries), entries)
        return objects

    def _share(self, writer: TreeWriter, tree: SourceTree, source: DecodedSource) -> Share:
        """Add one input's entries to a tree: blocks copied, or coded anew, or as they are."""
        path, plan = tree.schema.path, self.trees[tree.schema.path].plan
        mine = coded_of(tree)
        entry, block = writer.entries, writer.sizes.blocks
        alike = mine is not None and plan is not None and codes_alike(mine.stored, plan)
        if mine is not None and alike:
            for each in mine.stored.codecs:
                self._keep(each)
            writer.copy(tree, mine, self._advance)
        else:
            codec = self._codec(tree, source)
            coder = None if codec is None else exact_coder(codec, path)
            writer.code(tree, codec, self._advance, coder)
        return Share(entry, block, writer.sizes.blocks - block, copied=alike)

    def _keep(self, codec: Codec) -> None:
        """Store a codec, before the first block that needs it."""
        self.codecs[codec.digest] = codec
        if self.stored is not None:
            self.stored.add(codec)

    def _advance(self, _tree: str, entries: int) -> None:
        self.progress.advance(entries)

    def _codec(self, tree: SourceTree, source: DecodedSource) -> Codec | None:
        """Return what codes an input's entries anew, promising what they came with."""
        path = tree.schema.path
        known = self.trees[path]
        if known.codec is None or known.plan is None:
            return None
        carried, bounds = set(known.plan.carried), source.file.bounds.get(path, {})
        codec = promising(known.codec, path, bounds)
        if not tree.entries:
            return codec
        self._keep(codec)
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
            known = self.trees[path]
            if known.codec is not None and known.plan is not None:
                codec = promising(known.codec, path, {})
                errors = dict.fromkeys(known.plan.carried, 0.0)
                entries = int(source.opened(path).num_entries)
                sizes = Sizes(errors=errors, blocks=share.blocks, entries=entries)
                made.setdefault(codec.digest, {})[path] = sizes
        known_codecs = (self.codecs[d] for d in made if d in self.codecs)
        return [provenance(source, c, made[c.digest]) for c in known_codecs]

    def _hold(self, part: Path, objects: Objects) -> None:
        """Hold the output against the inputs, before it appears."""
        with DecodedSource.open(part, self.device) as made:
            objects.hold(made, self.target)
            trees = {name: made.tree(name) for name in self.trees}
            for path, shares in zip(self.paths, self.shares, strict=True):
                with DecodedSource.open(path, self.device) as source:
                    for name, share in shares.items():
                        share.hold(trees[name], source.tree(name), self.progress.advance)
                forget(made.file)
            for name, known in self.trees.items():
                if trees[name].entries != known.entries:
                    msg = f"{self.target}:{name} has another number of entries than its inputs"
                    raise BoundError(msg)

    def _report(self, after: int) -> Merged:
        shares = [s for each in self.shares for s in each.values()]
        trees = {name: known.entries for name, known in self.trees.items()}
        before = sum(p.stat().st_size for p in self.paths)
        copied = sum(s.blocks for s in shares if s.copied)
        coded = sum(s.blocks for s in shares if not s.copied)
        return Merged(
            tuple(self.paths), self.target, before, after, trees, copied, coded, len(self.codecs),
            tuple(dict.fromkeys(self.notes)),
        )  # fmt: skip
