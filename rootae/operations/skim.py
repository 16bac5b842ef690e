"""From one file to a smaller one of its kind: entries that pass a cut, columns that are kept."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.checks.values import verify_against
from rootae.codec.codec import Codec
from rootae.errors import ArgumentError, NameNotFound
from rootae.operations.cuts import Cut
from rootae.operations.keepdrop import chosen, read_lines
from rootae.operations.rewrites import Skimmed
from rootae.operations.train import sample_of
from rootae.paths.targets import check_target
from rootae.planner.adapt import adapt
from rootae.planner.transcode import exact_coder
from rootae.progress import Progress
from rootae.reader.cache import forget
from rootae.reader.decoded import DecodedSource, coded_of
from rootae.reader.subset import SelectedTree, narrowed
from rootae.rootio.compression import setting_of
from rootae.rootio.opening import split_path
from rootae.rootio.titles import recreate
from rootae.source.particulars import title_of_file
from rootae.summary import reported
from rootae.writer.composite import Composite
from rootae.writer.losses import refuse_losses
from rootae.writer.provenance import provenance
from rootae.writer.tree import Sizes, TreeWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rootae.paths.targets import Output
    from rootae.reader.tree import CodedTree
    from rootae.source.tree import SourceTree
    from rootae.writer.objects import Objects

__all__ = ["skim"]


@reported
def skim(
    src: str | Path,
    dst: str | Path,
    *,
    cut: str | None = None,
    keep: Sequence[str] = (),
    drop: Sequence[str] = (),
    branches: str | Path | None = None,
    tree: str | None = None,
    force: bool = False,
    compression: int | None = None,
    device: str | None = None,
    progress: Progress | None = None,
) -> Skimmed:
    """Keep the entries of a tree that pass a cut, and some of its columns; no value changes.

    Coded columns are decoded and coded again with the file's own codec and bounds, so that they
    come back bit for bit as the input shows them. Other trees and objects are kept as they are.

    Arguments:
        src: a compressed file, or a plain one, which stays plain; ``file.root:tree`` names the
            tree.
        dst: the output; it appears only after every value was compared with the input's.
        cut: an expression over the columns as in TTree::Draw, one truth value an entry; lists are
            reduced by ``any``, ``all``, ``sum``, ``min``, ``max``, ``mean``, ``num``, or one
            element is named, as in ``Jet_pt[0] > 30``.
        keep: globs of columns to keep, all by default; counters come with what they count.
        drop: globs of columns to leave out of these.
        branches: a file of lines such as ``drop *`` and ``keep Muon_*``, as NanoAOD's tools take
            it, whose last line that matches counts.
        tree: which tree, where the file has several.
        force: overwrite the output.
        compression: ROOT's algorithm * 100 + level for what passes through; the input's own by
            default.
        device: where networks run, as in `rootae.open`.
        progress: told about phases.

    Returns:
        What was written.

    Raises:
        ArgumentError: an argument is wrong, or no column is left.
        NameNotFound: a tree, a column of the cut or a glob matches nothing.
        UnsupportedError: something of the input could not be kept.
        CorruptError: the input is damaged.
        BoundError: the output does not hold the input's values (it is removed).

    Example:
        >>> import rootae
        >>> options = {"cut": "sum(Muon_pt > 20) >= 2", "keep": ["Muon_*", "MET_pt"]}
        >>> rootae.skim("in.root", "dimuons.root", **options).passed  # doctest: +SKIP
        35121
    """
    name, named = split_path(str(src))
    used = () if branches is None else (branches,)
    with DecodedSource.open(name, device) as source:
        target = check_target(dst, [source.path, *used], force=force)
        path = _chosen(source, tree or named)
        whole = source.tree(path)
        lines = () if branches is None else read_lines(Path(branches))
        kept, idle = chosen(whole.schema.order, whole.where, keep, drop, lines)
        selection = None if cut is None else Cut(whole, cut)
        at = np.arange(whole.entries) if selection is None else selection.passing()
        mine = coded_of(whole)
        carried = mine.stored.plans[0].carried if mine is not None else ()
        selected = SelectedTree(whole, narrowed(whole.schema, kept, carried), at)
        asked = {"tree": path, "cut": cut, "keep": list(keep), "drop": list(drop)}
        asked |= {"branches": [x.text for x in lines]} if lines else {}
        notes = [] if selection is None else list(selection.notes)
        notes += [f"{branches}: '{text}' matches no column" for text in idle]
        view = _View(source.path, source.file, selected)
        draft = _decide(view, asked, notes, setting_of(compression, source.compression))
        return _run(draft, target, progress or Progress())


def _chosen(source: DecodedSource, asked: str | None) -> str:
    trees = source.tree_paths()
    if asked is None and len(trees) != 1:
        msg = f"{source.path} holds {', '.join(trees) or 'no trees'}: name one with --tree"
        raise ArgumentError(msg)
    if asked is not None and asked not in trees:
        raise NameNotFound(asked, trees, str(source.path))
    return trees[0] if asked is None else asked


@dataclass
class _View(DecodedSource):
    """A file with a selection in the place of one of its trees."""

    selected: SelectedTree

    def tree(self, path: str) -> SourceTree:
        return self.selected if path == self.selected.schema.path else super().tree(path)


@dataclass(frozen=True)
class _Draft:
    """What the output is going to be.

    Arguments:
        source: the input with the selection in it.
        asked: what is recorded of the options, by name.
        setting: compression of what passes through.
        fitted: codecs for the columns that are left, by the digest of those whose blocks these
            come from.
        notes: what deserves attention, a sentence each.
    """

    source: _View
    asked: Mapping[str, Any]
    setting: Any
    fitted: Mapping[bytes, Codec]
    notes: Sequence[str]


def _decide(source: _View, asked: Mapping[str, Any], notes: Sequence[str], setting: Any) -> _Draft:
    """Fit the codecs to what is left, if nothing else is lost."""
    coded = {path: _carried(source.tree(path)) for path in source.tree_paths()}
    refuse_losses(source, coded, "leave branches out with --drop", anew=True)
    tree, fitted, told = source.selected, dict[bytes, Codec](), [*notes]
    mine = coded_of(tree)
    for codec in mine.stored.codecs if mine is not None and _carried(tree) else ():
        fitted[codec.digest], warnings = _fitted(codec, tree)
        told += [w for w in warnings if w not in told]
    return _Draft(source, asked, setting, fitted, told)


def _fitted(codec: Codec, tree: SelectedTree) -> tuple[Codec, list[str]]:
    """Return a codec for the columns that are left, and what is to be said."""
    plan, schema = codec.tree(tree.schema.path).plan, tree.schema
    if {b.name for b in plan.branches} == set(schema.order):
        return codec, []
    plain = frozenset(c.name for c in schema.columns) - set(plan.carried)
    return adapt(codec, [dataclasses.replace(sample_of(tree), kept=plain)])


def _run(draft: _Draft, output: Output, progress: Progress) -> Skimmed:
    source, selected = draft.source, draft.source.selected
    with output.atomic() as part:
        objects = _write(draft, part, progress)
        forget(source.file)
        verify_against(part, source, progress, exact=True)
        with DecodedSource.open(part) as made:
            objects.hold(made, output.path)
        after = part.stat().st_size
    return Skimmed(
        source.path, output.path, source.path.stat().st_size, after, draft.asked["tree"],
        int(selected.tree.num_entries), selected.entries, selected.schema.order,
        (*draft.notes, *objects.notes),
    )  # fmt: skip


def _write(draft: _Draft, part: Path, progress: Progress) -> Objects:
    source, sizes = draft.source, dict[str, Sizes]()
    trees = [source.tree(path) for path in source.tree_paths()]
    progress.phase("write", sum(tree.entries for tree in trees))

    def advance(_tree: str, entries: int) -> None:
        progress.advance(entries)

    with recreate(part, title_of_file(source.file), compression=draft.setting) as file:
        made = Composite(file, several=False)
        made.objects.add(source)
        for tree in trees:
            mine = coded_of(tree)
            if mine is None or not _carried(tree):
                TreeWriter(file, tree, None).run(advance)
            elif isinstance(tree, SelectedTree):
                sizes[tree.schema.path] = _code(draft, tree, mine, made, advance)
            else:
                made.keep(mine.stored.codecs)
                writer = TreeWriter(file, tree, mine.stored.codecs[0])
                writer.copy(tree, mine, advance)
                sizes[tree.schema.path] = writer.close()
        records = _records(draft, made, sizes) if made.codecs else []
        made.close(records, {path: size.entries for path, size in sizes.items()})
    return made.objects


def _code(
    draft: _Draft,
    tree: SelectedTree,
    mine: CodedTree,
    made: Composite,
    advance: Callable[[str, int], None],
) -> Sizes:
    """Code what is left, each piece with the codec of the blocks it comes from."""
    runs = [(draft.fitted[digest], part) for digest, part in tree.runs()]
    made.keep((codec for codec, _ in runs) if tree.entries else draft.fitted.values())
    writer = TreeWriter(made.file, tree, draft.fitted[mine.stored.codecs[0].digest])
    for codec, part in runs:
        writer.code(part, codec, advance, exact_coder(codec, tree.schema.path))
    return writer.close()


def _records(draft: _Draft, made: Composite, sizes: dict[str, Sizes]) -> list[dict[str, Any]]:
    """Return the input's records, and that of this cut."""
    source = draft.source
    records = source.file.container.provenance
    errors = _errors(records)
    for path, size in sizes.items():
        mine, carried = errors.get(path, {}), _carried(source.tree(path))
        size.errors = {n: e for n, e in mine.items() if n in carried}
    codec = next(iter(made.codecs.values()))
    return [*records, {**provenance(source, codec, sizes), "skim": draft.asked}]


def _carried(tree: SourceTree) -> set[str]:
    """Return the coded columns among a tree's branches."""
    mine = coded_of(tree)
    return set() if mine is None else set(mine.stored.plans[0].carried) & set(tree.schema.order)


def _errors(records: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return the largest error of every column on record, by tree."""
    found: dict[str, dict[str, float]] = {}
    for record in records:
        for path, tree in record.get("trees", {}).items():
            mine = found.setdefault(path, {})
            for name, error in tree.get("errors", {}).items():
                mine[name] = max(mine.get(name, 0.0), error)
    return found
