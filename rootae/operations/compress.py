"""From an input file to a compressed one: sample, train or adapt, write, read back, rename."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.checks.values import verify_against
from rootae.codec.contexts.device import CPU
from rootae.codec.contexts.network import usable
from rootae.container.container import read_codec
from rootae.operations.results import Report, TreeReport, columns_of, lossy_estimate
from rootae.operations.train import checked_outputs, refuse_compressed, samples_of, train_codec
from rootae.planner.adapt import adapt, unknown
from rootae.planner.rules import unmatched
from rootae.planner.survey import branches_of, matching
from rootae.progress import Clock, Noting, Progress
from rootae.rootio.compression import setting_of
from rootae.source.source import Source
from rootae.source.unreadable import reading, told
from rootae.training.options import Options, options_of
from rootae.writer import backend as choice
from rootae.writer import file, root_compressed
from rootae.writer.eligible import NOT_PAID, left_alone, pays, unpaid, without
from rootae.writer.losses import unsupported
from rootae.writer.provenance import provenance

if TYPE_CHECKING:
    from rootae.checks.written import Written
    from rootae.codec.codec import Codec
    from rootae.planner.sample import Sampled
    from rootae.targets import Output
    from rootae.writer.tree import Sizes

__all__ = ["compress"]

_OWN = ("codec", "force", "drop_unsupported", "backend", "compression", "progress")
_SLACK = 1.02  # an output that is hardly larger keeps its columns coded


def compress(
    src: str | Path,
    dst: str | Path,
    *,
    codec: Codec | str | Path | None = None,
    force: bool = False,
    drop_unsupported: bool = False,
    backend: str = choice.AUTO,
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
        target = checked_outputs(dst, [path, codec], opts, force=force)
        setting = setting_of(compression, source.compression)
        given = read_codec(codec) if isinstance(codec, str | Path) else codec
        asked = choice.checked(backend)

        def run() -> Report:
            job = _Job(source, target, opts, progress or Progress(), setting, drop=drop_unsupported)
            job.backend, job.recompressed = asked, compression is not None
            return job.run(given)

        return reading(source, run)


class _Job:
    """One run of compress."""

    def __init__(
        self,
        source: Source,
        output: Output,
        options: Options,
        progress: Progress,
        setting: Any,
        *,
        drop: bool,
    ) -> None:
        self.source = source
        self.output = output
        self.target = output.path
        self.options = options
        self.progress = progress
        self.setting = setting
        self.drop = drop
        self.backend = choice.AUTO
        self.recompressed = self.either = False
        self.autosaves: list[str] = []
        self.notes: list[str] = []
        self.clock = Clock()

    def run(self, given: Codec | None) -> Report:
        kept = self._kept(given)
        left = left_alone(self.source, self.options.trees, kept, given=given is not None)
        paths = [p for p in self.source.tree_paths(self.options.trees) if p not in left]
        samples: list[Sampled] = []
        codec, history = None, list[dict[str, Any]]()
        schemas = [self.source.tree(p).schema for p in self.source.tree_paths()]
        self.notes += unmatched(schemas, self.options.bounds, self.options.keep_plain)
        if paths:
            self._choose_backend(paths, kept)  # before any training
            with self.clock.phase("sample"):
                samples = self._samples(paths, given)
            with self.clock.phase("train"):
                codec, history = self._codec(given, samples)
        return self._write(codec, history, samples, left, forced=given is not None)

    def _samples(self, paths: list[str], given: Codec | None) -> list[Sampled]:
        """Look into trees: of columns that a codec knows, nothing need be seen."""
        trees = [self.source.tree(path) for path in paths]
        seen = None if given is None else [unknown(given, t.schema) for t in trees]
        return samples_of(trees, self._kept(given), seen)

    def _choose_backend(self, paths: list[str], kept: tuple[str, ...]) -> None:
        schemas = [self.source.tree(p).schema for p in paths]
        branches = {s.path: branches_of(s, matching(s, kept)) for s in schemas}
        coded = {path: {b.name for b in found if b.coded} for path, found in branches.items()}
        asked = self.backend
        self.backend = choice.backend_for(asked, self.source, coded, drop=self.drop)
        self.drop = self.drop and self.backend == choice.UPROOT  # ROOT leaves nothing out
        self.either = asked == choice.AUTO and self.backend == choice.UPROOT and not self.drop
        self.notes += told(self.source)

    def _kept(self, given: Codec | None) -> tuple[str, ...]:
        remembered = given.plan.training.get("options", {}) if given else {}
        return (*self.options.keep_plain, *remembered.get("keep_plain", ()))

    def _codec(
        self, given: Codec | None, samples: list[Sampled]
    ) -> tuple[Codec, list[dict[str, Any]]]:
        opts = self.options
        if given is not None:
            codec, warnings = adapt(given, samples, opts.bounds, lossy=opts.lossy)
            self.notes += warnings
            return codec, []
        size = self.source.path.stat().st_size
        by_tree = {s.schema.path: [s] for s in samples}
        return train_codec(by_tree, opts, size, Noting(self.progress, self.notes))

    def _write(
        self,
        codec: Codec | None,
        history: list[dict[str, Any]],
        samples: list[Sampled],
        left: dict[str, str],
        *,
        forced: bool,
    ) -> Report:
        sizes: dict[str, Sizes] = {}
        errors: dict[str, dict[str, float]] = {}
        with self.output.atomic() as part:
            while codec is not None:
                with self.clock.phase("write"):
                    sizes = self._write_once(codec, part)
                lost = {} if forced else self._unpaid(codec, sizes, part)
                if not lost and self._is_for_root(sizes, part):
                    self.backend, self.either = choice.ROOT, False
                    continue
                if not lost:
                    break
                left |= lost
                codec = without(codec, lost)
            if codec is None:
                shutil.copyfile(self.source.path, part)
                self.notes.append("no tree was coded: the output is a copy of the input")
                self.notes += [f"{name}, as in the input" for name in self.source.elsewhere()]
            else:
                with self.clock.phase("read back"):
                    errors = verify_against(
                        part, self.source, self.progress, dropped=self.drop,
                        written=self._checked(codec, sizes),
                    )  # fmt: skip
                self._note_changes(codec)
            after = part.stat().st_size
        fresh = [] if forced else samples  # bounds of a codec are what they are
        return self._report(codec, history, sizes, errors, left, after, fresh)

    def _checked(self, codec: Codec, sizes: dict[str, Sizes]) -> dict[str, Written]:
        """Return what was checked as it will be read: on the CPU."""
        where = codec.on(self.options.device).device if codec.networks else CPU
        return {path: size.written for path, size in sizes.items()} if where == CPU else {}

    def _write_once(self, codec: Codec, part: Path) -> dict[str, Sizes]:
        total = sum(self.source.tree(p).entries for p in self.source.tree_paths())
        self.progress.phase("write", total)
        what = (
            self.source,
            part,
            codec.on(self.options.device),  # it is read back on the CPU, whatever wrote it
            lambda sizes: provenance(self.source, self.options, codec, sizes),
        )

        def advance(_tree: str, entries: int) -> None:
            self.progress.advance(entries)

        if self.backend == choice.ROOT:
            sizes, self.autosaves = root_compressed.write(
                *what, compression=self.setting, advance=advance
            )
            return sizes
        return file.write(
            *what, compression=self.setting, drop_unsupported=self.drop, advance=advance
        )

    def _unpaid(self, codec: Codec, sizes: dict[str, Sizes], part: Path) -> dict[str, str]:
        """Return the trees that are smaller as they are."""
        fixed = 2 * len(b"".join(codec.parts[1:]))  # it is stored twice
        lost = unpaid(self.source, sizes, fixed)
        before, after = self.source.path.stat().st_size, part.stat().st_size
        if lost or self._is_for_root(sizes, part):
            return lost
        return dict.fromkeys(sizes, NOT_PAID) if after > before * _SLACK else {}

    def _is_for_root(self, sizes: dict[str, Sizes], part: Path) -> bool:
        better = self.either and choice.is_better_by_root(self.source, part)
        return better and pays(self.source, sizes)

    def _note_changes(self, codec: Codec) -> None:
        if self.drop:
            coded = {t.path: {c.name for c in t.columns} for t in codec.plan.trees}
            for name in unsupported(self.source, coded):
                self.notes.append(f"left out: {name}")
        if self.backend == choice.ROOT:
            for key in self.autosaves:
                path = key.split(";")[0]
                self.notes.append(f"{key}: left out, an autosave of what {path} holds")
            if self.recompressed:
                self.notes.append("what ROOT copied keeps its compression")
            return
        for path in self.source.ntuples():
            self.notes.append(f"{path}: an RNTuple, written as a TTree")
        for path in self.source.tree_paths():
            if any(k.startswith(f"{path};") for k in self.source.old_cycles()):
                self.notes.append(f"{path}: older cycles of the tree were left out")

    def _report(
        self,
        codec: Codec | None,
        history: list[dict[str, Any]],
        sizes: dict[str, Sizes],
        errors: dict[str, dict[str, float]],
        left: dict[str, str],
        after: int,
        samples: list[Sampled],
    ) -> Report:
        trees = []
        for path in self.source.tree_paths():
            entries = self.source.tree(path).entries
            if codec is None or codec.plan.tree(path) is None:
                trees.append(TreeReport(path, entries, coded=False, why=left.get(path, "")))
                continue
            coder, size = codec.tree(path), sizes[path]
            columns = columns_of(coder, size, errors[path], self.source.opened(path))
            told = tuple(h for h in history if h["tree"] == path)
            latents = sum(size.latents.values())
            trees.append(TreeReport(path, entries, True, "", columns, latents, told))
        exact = not self.options.lossy and not self.options.bounds and codec is not None
        estimate = lossy_estimate(samples, after, sizes) if exact else None
        before = self.source.path.stat().st_size
        name = codec.id if codec is not None else None
        return Report(
            self.source.path, self.target, before, after, name, tuple(trees), tuple(self.notes),
            estimate, self.clock.seconds,
        )  # fmt: skip
