"""From an input file to a compressed one: sample, train or adapt, write, read back, rename."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from rootae.checks.values import verify_against
from rootae.codec.codec import Codec
from rootae.codec.contexts.device import CPU
from rootae.codec.contexts.network import usable
from rootae.operations.draft import decide, reconsider
from rootae.operations.request import Request
from rootae.operations.results import Report, TreeReport, columns_of, lossy_estimate
from rootae.operations.train import checked_outputs, refuse_compressed, samples_of, train_codec
from rootae.planner.adapt import adapt, unknown
from rootae.progress import Clock, Noting, Progress
from rootae.source.source import Source
from rootae.source.unreadable import reading
from rootae.summary import reported
from rootae.training.options import options_of
from rootae.writer.attempt import Attempt, write
from rootae.writer.backend import AUTO, ROOT
from rootae.writer.losses import unsupported
from rootae.writer.provenance import provenance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from rootae.operations.draft import Draft
    from rootae.paths.targets import Output
    from rootae.planner.sample import Sampled

__all__ = ["compress"]

_OWN = ("codec", "force", "drop_unsupported", "backend", "compression", "progress")


@reported
def compress(
    src: str | Path,
    dst: str | Path,
    *,
    codec: Codec | str | Path | None = None,
    force: bool = False,
    drop_unsupported: bool = False,
    backend: str = AUTO,
    compression: int | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Report:
    """Compress a ROOT file.

    Arguments:
        src: the input, or ``in.root:tree`` to code one tree only.
        dst: the output; it appears only after it was read back and every value held its bound.
        codec: a trained codec or its file, instead of training.
        force: overwrite the output.
        drop_unsupported: leave out what cannot be written, by name, instead of stopping.
        backend: ``uproot``, ``root`` (ROOT copies what passes through, whatever it is) or
            ``auto``: uproot, or ROOT where uproot would lose something and ROOT is installed.
        compression: ROOT's algorithm * 100 + level for what passes through; the input's own by
            default; what ROOT copies keeps the one it has.
        progress: told about phases.
        options: as in `rootae.training.options.Options`: ``family``, ``net``, ``bounds``
            (``{glob: bound}``), ``lossy``, ``keep_plain``, ``trees``, ``seed``, ``steps``,
            ``epochs``, ``time_budget``, ``lr``, ``device`` and more.

    Returns:
        What every column became.

    Raises:
        ArgumentError: an option is wrong; NameNotFound if there is none of its name.
        MissingDependency: a package or a device that is asked for is not there.
        UnsupportedError: something of the input would be lost.
        BoundError: a value did not keep its bound (nothing is written).

    Example:
        >>> import rootae
        >>> rootae.compress("in.root", "out.root", lossy=True).ratio  # doctest: +SKIP
        3.4
    """
    opts, (path,) = options_of(options, [src], *_OWN)
    usable(opts.device)  # before anything takes long
    with Source.open(path) as source:
        refuse_compressed(source)
        output = checked_outputs(dst, [path, codec], opts, force=force)
        request = Request.of(
            source, opts, codec, backend=backend, compression=compression,
            drop_unsupported=drop_unsupported,
        )  # fmt: skip
        return reading(source, lambda: _run(source, output, request, progress or Progress()))


def _run(source: Source, output: Output, request: Request, progress: Progress) -> Report:
    clock = Clock()
    samples: list[Sampled] = []
    draft = decide(source, request)
    for sentence in draft.notes:  # a slip is told before it takes time
        progress.note(sentence)
    if draft.trees:
        with clock.phase("sample"):
            samples = _sampled(source, draft)
        with clock.phase("train"):
            draft = _given_or_learned(source, draft, samples, progress)
    with output.atomic() as part:
        while True:
            attempt = _write(source, draft, part, progress, clock)
            better = reconsider(draft, attempt, source)
            if better == draft:
                break
            draft = better
        errors = _hold(part, source, draft, attempt, progress, clock)
        notes = (*draft.notes, *_changes(source, draft, attempt))
    codec = draft.codec.id if draft.codec is not None else None
    return Report(
        source.path, output.path, source.path.stat().st_size, attempt.nbytes, codec,
        tuple(_trees(source, draft, attempt, errors)), notes, _estimate(draft, attempt, samples),
        clock.seconds,
    )  # fmt: skip


def _sampled(source: Source, draft: Draft) -> list[Sampled]:
    """Look into trees: of columns that a codec knows, nothing need be seen."""
    trees, given = [source.tree(path) for path in draft.trees], draft.request.codec
    seen = None if given is None else [unknown(given, t.schema) for t in trees]
    return samples_of(trees, draft.request.kept, seen)


def _given_or_learned(
    source: Source, draft: Draft, samples: Sequence[Sampled], progress: Progress
) -> Draft:
    """Return the draft with a codec: the given one as it fits the file, or a new one."""
    by, promises = draft.request.by, draft.request.promises
    if isinstance(by, Codec):
        codec, notes = adapt(by, samples, promises.bounds, lossy=promises.lossy)
        return draft.coded_by(codec, notes)
    notes = []
    by_tree = {s.schema.path: [s] for s in samples}
    nbytes = source.path.stat().st_size
    codec, history = train_codec(by_tree, by, nbytes, Noting(progress, notes))
    return draft.coded_by(codec, notes, history)


def _write(source: Source, draft: Draft, part: Path, progress: Progress, clock: Clock) -> Attempt:
    """Write what was decided, once."""
    codec, request = draft.codec, draft.request
    if codec is None:
        shutil.copyfile(source.path, part)
        return Attempt(part.stat().st_size)
    with clock.phase("write"):
        progress.phase("write", sum(source.tree(p).entries for p in source.tree_paths()))
        return write(
            source,
            part,
            codec.on(request.promises.device),  # it is read back on the CPU, whatever wrote it
            lambda sizes: provenance(source, codec, sizes, request.asked),
            backend=draft.backend,
            compression=request.setting,
            drop_unsupported=draft.drops,
            advance=lambda _tree, entries: progress.advance(entries),
        )


def _hold(
    part: Path, source: Source, draft: Draft, attempt: Attempt, progress: Progress, clock: Clock
) -> dict[str, dict[str, float]]:
    """Hold the output against the input before it appears; return each column's largest error."""
    codec, device = draft.codec, draft.request.promises.device
    if codec is None:
        return {}
    where = codec.on(device).device if codec.networks else CPU
    # what was checked as it will be read, on the CPU, is not decoded a second time
    written = {path: s.written for path, s in attempt.sizes.items()} if where == CPU else {}
    with clock.phase("read back"):
        return verify_against(part, source, progress, dropped=draft.drops, written=written)


def _changes(source: Source, draft: Draft, attempt: Attempt) -> Iterator[str]:
    """Say what of the input the output holds in another way, or not at all."""
    if draft.codec is None:
        yield "no tree was coded: the output is a copy of the input"
        yield from (f"{name}, as in the input" for name in source.elsewhere())
        return
    if draft.drops:
        coded = {t.path: {c.name for c in t.columns} for t in draft.codec.plan.trees}
        yield from (f"left out: {name}" for name in unsupported(source, coded))
    if draft.backend == ROOT:
        for key in attempt.autosaves:
            yield f"{key}: left out, an autosave of what {key.split(';')[0]} holds"
        if draft.request.recompressed:
            yield "what ROOT copied keeps its compression"
        return
    yield from (f"{path}: an RNTuple, written as a TTree" for path in source.ntuples())
    for path in source.tree_paths():
        if any(k.startswith(f"{path};") for k in source.old_cycles()):
            yield f"{path}: older cycles of the tree were left out"


def _trees(
    source: Source, draft: Draft, attempt: Attempt, errors: Mapping[str, Mapping[str, float]]
) -> Iterator[TreeReport]:
    for path in source.tree_paths():
        entries = source.tree(path).entries
        if draft.codec is None or path not in draft.trees:
            yield TreeReport(path, entries, coded=False, why=draft.left.get(path, ""))
            continue
        sizes = attempt.sizes[path]
        columns = columns_of(draft.codec.tree(path), sizes, errors[path], source.opened(path))
        learned = tuple(h for h in draft.history if h["tree"] == path)
        yield TreeReport(path, entries, True, "", columns, sum(sizes.latents.values()), learned)


def _estimate(draft: Draft, attempt: Attempt, samples: Sequence[Sampled]) -> int | None:
    """Guess what `--lossy` would give; bounds of a codec that was given are what they are."""
    promises = draft.request.promises
    if draft.codec is None or draft.is_forced or not promises.are_exact:
        return None
    return lossy_estimate(samples, attempt.nbytes, attempt.sizes)
