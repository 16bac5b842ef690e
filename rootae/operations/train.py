"""From samples of files to a codec: survey, contexts of the family, union of schemas."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.codec import Codec
from rootae.codec.plan.plan import Plan
from rootae.container.codecs import write_records
from rootae.container.container import read_codec
from rootae.container.side_tree import DIRECTORY
from rootae.errors import ArgumentError, UnsupportedError
from rootae.paths.targets import check_target
from rootae.planner.adapt import adapt
from rootae.planner.presets import cut_already
from rootae.planner.rules import Choice, unmatched
from rootae.planner.sample import WIDTH, Sampled
from rootae.planner.survey import looks, matching, survey
from rootae.progress import LOG, Logging, Progress
from rootae.reader.listing import has_own, holds
from rootae.rootio.titles import recreate
from rootae.schema.values import Values
from rootae.source.source import Source
from rootae.source.unreadable import reading
from rootae.training.options import options_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from rootae.codec.plan.plan import TreePlan
    from rootae.paths.targets import Output
    from rootae.planner.look import Look
    from rootae.planner.promises import Promises
    from rootae.schema.column import Column
    from rootae.schema.tree import TreeSchema
    from rootae.source.tree import SourceTree
    from rootae.training.options import Learning, Options

__all__ = [
    "checked_outputs",
    "file_samples",
    "refuse_compressed",
    "sample_of",
    "samples_of",
    "train",
    "train_codec",
    "write_codec",
]

_SAMPLED_BLOCKS = 4
_ROWS = 1 << 17  # of a block's largest group: more teach little and take long
_BYTES = 1 << 28  # of all samples together, values as the int64 that their codes are


def samples_of(
    trees: Sequence[SourceTree],
    kept: Sequence[str] = (),
    seen: Sequence[Collection[str] | None] | None = None,
    files: int = 1,
) -> list[Sampled]:
    """Sample the trees of a file, all together within a bound of bytes.

    What short trees leave is the long ones'.

    Arguments:
        trees: the trees.
        kept: globs of columns that stay ordinary branches.
        seen: for each tree, columns to read, all by default.
        files: number of the files that are sampled.
    """
    left, found = _BYTES // files, dict[int, Sampled]()
    by_length = sorted(range(len(trees)), key=lambda i: trees[i].entries)
    for k, i in enumerate(by_length):
        mine = None if seen is None else seen[i]
        found[i] = sample_of(trees[i], kept, mine, nbytes=left // (len(trees) - k))
        left = max(left - found[i].nbytes, 0)
    return [found[i] for i in range(len(trees))]


def sample_of(
    tree: SourceTree,
    kept: Sequence[str] = (),
    seen: Collection[str] | None = None,
    nbytes: int = _BYTES,
) -> Sampled:
    """Read at most four blocks, spread evenly over a tree.

    Arguments:
        tree: the tree.
        kept: globs of columns that stay ordinary branches.
        seen: columns to read, all by default; of others there are no values.
        nbytes: at most so many are sampled, but for four entries.
    """
    limits = _ROWS, max(nbytes // _SAMPLED_BLOCKS, 1), WIDTH
    blocks = list(tree.blocks(*limits)) if seen or seen is None else []
    last = len(blocks) - 1
    pick = sorted({round(x) for x in np.linspace(0, last, _SAMPLED_BLOCKS)}) if blocks else []
    parts = [v for *_, v in tree.parts((blocks[i] for i in pick), seen)]
    values = {c.name: Values.none(c) for c in tree.schema.columns}
    for name in [*parts[0]] if parts else ():
        values[name] = _concatenated([p.pop(name) for p in parts])
    names = matching(tree.schema, kept)
    read = sum(blocks[i][1] - blocks[i][0] for i in pick)
    return Sampled(tree.schema, values, names, read / tree.entries if tree.entries else 1.0)


def _concatenated(parts: Sequence[Values]) -> Values:
    counts = [p.counts for p in parts if p.counts is not None]
    flat = np.concatenate([p.flat for p in parts])
    return Values(flat, np.concatenate(counts) if counts else None)


def train(
    sources: Sequence[str | Path],
    target: str | Path,
    *,
    force: bool = False,
    progress: Progress | None = None,
    **options: Any,
) -> Codec:
    """Train a codec on one or more files and write it as a rootae file without blocks.

    Arguments:
        sources: ROOT files of one kind, or ``file.root:tree``; entries are sampled evenly.
        target: where the codec file goes.
        force: overwrite the target.
        progress: told about phases.
        options: as in `rootae.training.options.Options`; bounds may be a mapping of globs.

    Returns:
        The codec.

    Raises:
        ArgumentError: an option is wrong, or a checkpoint belongs to another run.
        MissingDependency: torch and onnx, which networks need, or a device is not there.
        RootaeError: training diverged.

    Example:
        >>> import rootae
        >>> codec = rootae.train(["a.root", "b.root"], "codec.root", epochs=5)  # doctest: +SKIP
    """
    opts, paths = options_of(options, sources, "force", "progress")
    out = checked_outputs(target, paths, opts, force=force)
    samples: dict[str, list[Sampled]] = {}
    schemas: list[TreeSchema] = []
    progress = Logging(progress or Progress())
    for path in paths:
        with Source.open(path) as source:
            refuse_compressed(source)
            schemas += [source.tree(name).schema for name in source.tree_paths()]
            for sampled in file_samples(source, opts, len(paths)):
                samples.setdefault(sampled.schema.path, []).append(sampled)
    for sentence in unmatched(schemas, opts.bounds, opts.keep_plain):
        progress.note(sentence)
    codec, _ = train_codec(samples, opts, sum(p.stat().st_size for p in paths), progress)
    write_codec(codec, out)
    LOG.info("%s: codec %s of %d files", target, codec.id[:12], len(paths))
    return codec


def write_codec(codec: Codec, output: Output) -> None:
    """Write a codec file, and read it back before it appears."""
    with output.atomic() as part:
        with recreate(part) as file:
            write_records(file, codec, None)
        read_codec(part)


def file_samples(source: Source, opts: Promises, files: int) -> list[Sampled]:
    """Sample the trees of one of several files.

    Arguments:
        source: the file.
        opts: which trees and columns are meant.
        files: how many files are sampled.
    """

    def work() -> list[Sampled]:
        trees = [source.tree(name) for name in source.tree_paths(opts.trees)]
        return samples_of(trees, opts.keep_plain, files=files)

    return reading(source, work)


def checked_outputs(
    target: str | Path, used: Sequence[object], opts: Learning, *, force: bool
) -> Output:
    """Return the output, unless it or learning curves would overwrite what they must not.

    Arguments:
        target: where the output goes.
        used: inputs; those that are no paths are left alone.
        opts: name the learning curves, if any are wanted.
        force: regular files may be replaced.

    Raises:
        ArgumentError: the output, or the table of curves or its picture, cannot be written.
    """
    paths = [p for p in used if isinstance(p, str | Path)]
    output = check_target(target, paths, force=force)
    if opts.history is not None:
        picture = opts.history.with_suffix(".png")
        if picture == opts.history:
            msg = f"history {picture} would have the name of its own picture: name a CSV file"
            raise ArgumentError(msg)
        for path in (opts.history, picture):
            check_target(path, [*paths, target], force=force)
    return output


def refuse_compressed(source: Source) -> None:
    """Refuse an input that rootae wrote."""
    if has_own(source.top):
        msg = f"{source.path} was compressed by rootae already: use rootae decompress first"
        raise ArgumentError(msg)
    if holds(source.top, DIRECTORY):
        msg = (
            f"{source.path} holds something of its own called {DIRECTORY}, where coded columns "
            "would go: give it another name in the input"
        )
        raise UnsupportedError(msg)


def train_codec(
    samples: Mapping[str, Sequence[Sampled]], opts: Options, nbytes: int, progress: Progress
) -> tuple[Codec, list[dict[str, Any]]]:
    """Plan every tree on its files' samples, and learn contexts unless the family is plain."""
    tables: list[Any] = []
    plans, merged = [], []
    told: dict[str, Choice] = {}
    looked: dict[str, Look] = {}
    for group in samples.values():
        whole = _union(group)
        merged.append(whole)
        seen = looks([s.values for s in group]) if opts.lossy else None
        plans.append(
            survey(
                whole.schema, whole.values, opts.bounds, lossy=opts.lossy, seen=seen,
                keep=whole.kept, tables=tables,
            )
        )  # fmt: skip
        told |= _chosen(plans[-1])
        looked |= {f"{plans[-1].path}:{n}": x for n, x in (seen or {}).items()}
    if sentence := cut_already(told, looked):
        progress.note(sentence)
    plan = Plan(tuple(plans), opts.training() | {"options": opts.recorded()})
    history: list[dict[str, Any]] = []
    codec = Codec(plan, tables)
    if opts.family != "plain":
        from rootae.training import fit

        codec, history = fit(codec, merged, opts, nbytes, progress)
    later = [s for group in samples.values() for s in group[1:]]
    wide = [_widened(whole, later) for whole in merged]
    return (codec if wide == merged else adapt(codec, wide)[0]), history


def _chosen(plan: TreePlan) -> dict[str, Choice]:
    """Return the bounds of a tree's columns, by tree and name."""
    lanes = (x for group in plan.groups for x in group.lanes)
    return {f"{plan.path}:{x.column}": Choice(x.bound, x.why) for x in lanes}


def _union(group: Sequence[Sampled]) -> Sampled:
    """Put the samples of files with equal columns together; other files' columns come later."""
    first = group[0]
    names = {c.name: (c.dtype, c.inner_shape, c.counter) for c in first.schema.columns}
    equal = [
        s
        for s in group
        if {c.name: (c.dtype, c.inner_shape, c.counter) for c in s.schema.columns} == names
    ]
    values = {n: _concatenated([s.values[n] for s in equal]) for n in names}
    return Sampled(first.schema, values, first.kept, min(s.share for s in equal))


def _widened(whole: Sampled, others: Sequence[Sampled]) -> Sampled:
    """Add the columns that only other files of the tree have; they will be coded plain."""
    known = set(whole.schema.order)
    extra: dict[str, Column] = {}
    parts: dict[str, list[Values]] = {}
    for other in others:
        if other.schema.path == whole.schema.path:
            for column in other.schema.columns:
                if column.name not in known and extra.setdefault(column.name, column) == column:
                    parts.setdefault(column.name, []).append(other.values[column.name])
    if not extra:
        return whole
    values = {name: _concatenated(found) for name, found in parts.items()}
    columns = (*whole.schema.columns, *extra.values())
    order = (*whole.schema.order, *extra)
    schema = dataclasses.replace(whole.schema, columns=columns, order=order)
    return dataclasses.replace(whole, schema=schema, values={**whole.values, **values})
