"""From one file to a smaller one of its kind: entries that pass a cut, columns that are kept."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.checks.values import verify_against
from rootae.container.codecs import CodecWriter
from rootae.errors import ArgumentError, NameNotFound
from rootae.operations.cuts import Cut
from rootae.operations.keepdrop import chosen, read_lines
from rootae.operations.train import sample_of
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
from rootae.targets import Output, check_target
from rootae.writer.content import with_content
from rootae.writer.losses import refuse_losses
from rootae.writer.objects import Objects
from rootae.writer.provenance import provenance
from rootae.writer.tree import Sizes, TreeWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rootae.codec.codec import Codec
    from rootae.source.tree import SourceTree

__all__ = ["Skimmed", "skim"]


@dataclass(frozen=True)
class Skimmed:
    """What skim wrote.

    Arguments:
        source, target: the files.
        before, after: their bytes.
        tree: the tree that was cut.
        entries, passed: its entries before and after.
        columns: the branches that were kept.
        notes: what deserves attention, a sentence each.
    """

    source: Path
    target: Path
    before: int
    after: int
    tree: str
    entries: int
    passed: int
    columns: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        paths = {"source": str(self.source), "target": str(self.target)}
        return dataclasses.asdict(self) | paths


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
        asked_cut = None if cut is None else Cut(whole, cut)
        at = np.arange(whole.entries) if asked_cut is None else asked_cut.passing()
        mine = coded_of(whole)
        carried = mine.stored.plans[0].carried if mine is not None else ()
        selected = SelectedTree(whole, narrowed(whole.schema, kept, carried), at)
        asked = {"tree": path, "cut": cut, "keep": list(keep), "drop": list(drop)}
        asked |= {"branches": [x.text for x in lines]} if lines else {}
        view = _View(source.path, source.file, selected)
        notes = list(asked_cut.notes) if asked_cut is not None else []
        notes += [f"{branches}: '{text}' matches no column" for text in idle]
        job = _Job(view, target, progress or Progress(), asked, notes)
        return job.run(setting_of(compression, source.compression))


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


@dataclass
class _Job:
    """One run of skim."""

    source: _View
    output: Output
    progress: Progress
    asked: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    codecs: dict[bytes, Codec] = field(default_factory=dict)
    sizes: dict[str, Sizes] = field(default_factory=dict)

    @property
    def target(self) -> Path:
        return self.output.path

    def run(self, setting: Any) -> Skimmed:
        trees = {path: self.source.tree(path) for path in self.source.tree_paths()}
        coded = {p: _carried(t) for p, t in trees.items()}
        refuse_losses(self.source, coded, "leave branches out with --drop", anew=True)
        self.progress.phase("write", sum(t.entries for t in trees.values()))
        with self.output.atomic() as part:
            title = title_of_file(self.source.file)
            with recreate(part, title, compression=setting) as file:
                objects, stored = Objects(file, several=False), CodecWriter(file)
                objects.add(self.source)
                for tree in trees.values():
                    self._write(file, tree, stored)
                objects.write()
                if self.codecs:
                    self._write_records(file, stored)
            forget(self.source.file)
            verify_against(part, self.source, self.progress, exact=True)
            with DecodedSource.open(part) as made:
                objects.hold(made, self.target)
            after = part.stat().st_size
        self.notes += objects.notes
        return self._report(after)

    def _advance(self, _tree: str, entries: int) -> None:
        self.progress.advance(entries)

    def _write(self, file: Any, tree: SourceTree, stored: CodecWriter) -> None:
        mine, path = coded_of(tree), tree.schema.path
        coded = mine is not None and bool(_carried(tree))
        if mine is None or not coded:
            TreeWriter(file, tree, None).run(self._advance)
        elif isinstance(tree, SelectedTree):
            self._write_selected(file, tree, mine.stored.codecs, stored)
        else:
            self._keep(mine.stored.codecs, stored)
            writer = TreeWriter(file, tree, mine.stored.codecs[0])
            writer.copy(tree, mine, self._advance)
            self.sizes[path] = writer.close()

    def _keep(self, codecs: Iterable[Codec], stored: CodecWriter) -> None:
        """Store codecs, before the first block that needs them."""
        for codec in codecs:
            self.codecs[codec.digest] = codec
            stored.add(codec)

    def _write_selected(
        self, file: Any, tree: SelectedTree, codecs: Sequence[Codec], stored: CodecWriter
    ) -> None:
        """Code what is left, each piece with the codec of the blocks it comes from."""
        path = tree.schema.path
        fitted = {c.digest: self._fitted(c, tree) for c in codecs}
        runs = list(tree.runs())
        self._keep((fitted[d] for d, _ in runs) if tree.entries else fitted.values(), stored)
        writer = TreeWriter(file, tree, fitted[codecs[0].digest])
        for digest, part in runs:
            codec = fitted[digest]
            writer.code(part, codec, self._advance, exact_coder(codec, path))
        self.sizes[path] = writer.close()

    def _fitted(self, codec: Codec, tree: SelectedTree) -> Codec:
        """Return the codec for the columns that are left."""
        plan, schema = codec.tree(tree.schema.path).plan, tree.schema
        if {b.name for b in plan.branches} == set(schema.order):
            return codec
        plain = frozenset(c.name for c in schema.columns) - set(plan.carried)
        sampled = dataclasses.replace(sample_of(tree), kept=plain)
        fitted, warnings = adapt(codec, [sampled])
        self.notes += [w for w in warnings if w not in self.notes]
        return fitted

    def _write_records(self, file: Any, stored: CodecWriter) -> None:
        records = self.source.file.container.provenance
        errors = _errors(records)
        for path, sizes in self.sizes.items():
            mine, carried = errors.get(path, {}), _carried(self.source.tree(path))
            sizes.errors = {n: e for n, e in mine.items() if n in carried}
        made = provenance(self.source, next(iter(self.codecs.values())), self.sizes)
        entries = {path: sizes.entries for path, sizes in self.sizes.items()}
        records = [*records, made | {"skim": self.asked}]
        stored.close(with_content(records, file, entries), entries)

    def _report(self, after: int) -> Skimmed:
        selected, source = self.source.selected, self.source
        entries = int(selected.tree.num_entries)
        return Skimmed(
            source.path, self.target, source.path.stat().st_size, after, self.asked["tree"],
            entries, selected.entries, selected.schema.order, tuple(self.notes),
        )  # fmt: skip


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
