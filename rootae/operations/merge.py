"""From several files of one kind to one: blocks are copied as they are, each codec once."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rootae.checks.compatible import refuse_others
from rootae.errors import ArgumentError, BoundError, UnsupportedError
from rootae.operations.rewrites import Merged
from rootae.paths.targets import check_target
from rootae.progress import Progress
from rootae.reader.cache import forget
from rootae.reader.decoded import DecodedSource, coded_of, whole_file
from rootae.rootio.compression import setting_of
from rootae.rootio.titles import recreate
from rootae.source.particulars import title_of_file
from rootae.summary import reported
from rootae.writer.composite import Composite
from rootae.writer.losses import refuse_losses
from rootae.writer.merged import MergedTree, Merging
from rootae.writer.root_merged import Joining

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from rootae.checks.merged import Share
    from rootae.codec.codec import Codec
    from rootae.codec.plan.plan import TreePlan
    from rootae.writer.objects import Objects

__all__ = ["merge"]


@reported
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
    output, progress = check_target(target, paths, force=force), progress or Progress()
    draft = _decide(paths, device, compression)
    with output.atomic() as part:
        written = _write(draft, part, progress)
        progress.phase("read back", draft.entries)
        _hold(part, output.path, draft, written, progress)
        after = part.stat().st_size
    return _report(output.path, after, draft, written)


@dataclass(frozen=True)
class _Draft:
    """What the output is going to be.

    Arguments:
        paths: the inputs.
        device: where their networks run.
        title: of the file.
        setting: compression of what passes through.
        trees: its trees, by path.
        by_root: ROOT merges the files, as uproot would lose something.
    """

    paths: Sequence[Path]
    device: str | None
    title: str
    setting: Any
    trees: Mapping[str, MergedTree]
    by_root: bool = False

    @cached_property
    def plans(self) -> dict[str, TreePlan | None]:
        return {path: tree.plan for path, tree in self.trees.items()}

    @property
    def entries(self) -> int:
        return sum(tree.entries for tree in self.trees.values())


@dataclass(frozen=True)
class _Written:
    """What was written: objects, what each input's trees became, codecs, and what is to be said."""

    objects: Objects
    shares: Sequence[dict[str, Share]]
    codecs: Mapping[bytes, Codec]
    notes: Sequence[str]


def _decide(paths: Sequence[Path], device: str | None, compression: int | None) -> _Draft:
    """Decide what the trees are, and who merges them."""
    with DecodedSource.open(paths[0], device) as source:
        setting = setting_of(compression, source.compression)
        title = title_of_file(source.file)
    trees: dict[str, MergedTree] = {}
    for path in paths:
        with DecodedSource.open(path, device) as source:
            trees = _joined(trees, source, paths[0])
    draft = _Draft(paths, device, title, setting, trees)
    coded = {name: set(plan.carried) for name, plan in draft.plans.items() if plan is not None}
    try:
        for path in paths:
            with DecodedSource.open(path, device) as source:
                refuse_losses(source, coded, "merge the files with hadd", anew=True)
    except UnsupportedError:
        if not Joining(paths, draft.plans, device).is_possible():
            raise
        return dataclasses.replace(draft, by_root=True)
    return draft


def _joined(
    trees: Mapping[str, MergedTree], source: DecodedSource, first: Path
) -> dict[str, MergedTree]:
    """Add a file's trees to those of the files before it, which have to be the same."""
    found = source.tree_paths()
    for name in set(found) ^ set(trees) if trees else ():
        pair = [source.path, first]
        lacks, has = pair if name in trees else reversed(pair)
        msg = f"{lacks} has no tree {name}, {has} has: merge files that hold the same trees"
        raise ArgumentError(msg)
    joined = dict(trees)
    for path in found:
        tree = source.tree(path)
        known = trees.get(path) or MergedTree(tree.where, tree.schema, None)
        refuse_others((known.where, known.schema), (tree.where, tree.schema))
        mine, codec = coded_of(tree), known.codec
        if codec is None and mine is not None:
            codec = mine.stored.codecs[0]
        entries = known.entries + tree.entries
        joined[path] = dataclasses.replace(known, codec=codec, entries=entries)
    return joined


def _write(draft: _Draft, part: Path, progress: Progress) -> _Written:
    if draft.by_root:
        joining = Joining(draft.paths, draft.plans, draft.device)
        objects = joining.run(part, draft.setting)
        return _Written(objects, joining.shares, joining.codecs, joining.notes)
    progress.phase("write", draft.entries)
    with recreate(part, draft.title, compression=draft.setting) as file:
        made = Composite(file, several=len(draft.paths) > 1)
        merging = Merging(made, draft.trees, progress.advance)
        for path in draft.paths:
            with DecodedSource.open(path, draft.device) as source:
                merging.add(source)
        merging.close()
    return _Written(made.objects, merging.shares, made.codecs, merging.notes)


def _hold(part: Path, target: Path, draft: _Draft, written: _Written, progress: Progress) -> None:
    """Hold the output against the inputs, before it appears."""
    with DecodedSource.open(part, draft.device) as made:
        written.objects.hold(made, target)
        trees = {name: made.tree(name) for name in draft.trees}
        for path, shares in zip(draft.paths, written.shares, strict=True):
            with DecodedSource.open(path, draft.device) as source:
                for name, share in shares.items():
                    share.hold(trees[name], source.tree(name), progress.advance)
            forget(made.file)
        for name, known in draft.trees.items():
            if trees[name].entries != known.entries:
                msg = f"{target}:{name} has another number of entries than its inputs"
                raise BoundError(msg)


def _report(target: Path, after: int, draft: _Draft, written: _Written) -> Merged:
    shares = [s for each in written.shares for s in each.values()]
    return Merged(
        tuple(draft.paths),
        target,
        sum(p.stat().st_size for p in draft.paths),
        after,
        {name: known.entries for name, known in draft.trees.items()},
        sum(s.blocks for s in shares if s.copied),
        sum(s.blocks for s in shares if not s.copied),
        len(written.codecs),
        tuple(dict.fromkeys((*written.notes, *written.objects.notes))),
    )
