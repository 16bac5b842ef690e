"""`rootae.compare`: several training families on one file, one after the other."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.errors import ArgumentError, RootaeError, said
from rootae.evaluation.evaluate import evaluate
from rootae.evaluation.extras import needed
from rootae.evaluation.families.candidate import PLAIN, WAYS, candidates_of
from rootae.evaluation.families.comparison import FamilyComparison
from rootae.evaluation.families.latents import against_prior
from rootae.evaluation.families.outputs import Outputs
from rootae.evaluation.families.trial import Failed, Trial
from rootae.operations.compress import compress
from rootae.operations.train import refuse_compressed, train
from rootae.progress import Clock, Noting, Progress
from rootae.rootio.opening import split_path
from rootae.source.source import Source
from rootae.summary import reported
from rootae.training import families
from rootae.training.loop.history import curves_of
from rootae.training.options import NETS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rootae.evaluation.families.candidate import Candidate

__all__ = ["compare"]

_OF_FILES = ("keep_plain", "trees", "device")  # of the options, what a codec does not settle
_NOT_OURS = ("keep_family", "history", "checkpoint", "resume")


@reported
def compare(
    original: str | Path,
    family: Sequence[str | Path | type[Any]] | None = None,
    *,
    net: Sequence[str | Path | type[Any]] = NETS[:1],
    ways: Sequence[str] = WAYS,
    peaks: Sequence[str] | Mapping[str, str] | None = None,
    html: str | Path | None = None,
    force: bool = False,
    progress: Progress | None = None,
    **options: Any,
) -> FamilyComparison:
    """Compress a file with one training family after the other, and evaluate each.

    Each family is trained twice: within the bounds that are asked for, as `compress` would, and,
    if it has latents, with no bound on any column of floats, where what comes back is what the
    latents alone say. `plain`, which learns nothing, comes first. The compressed files are not
    kept.

    Arguments:
        original: a ROOT file, or ``file.root:tree``.
        family: names, Python files or classes; by default all that rootae has.
        net: what networks are made of, likewise; each family of networks is tried with each.
        ways: ``bounds``, ``none`` or both.
        peaks: as in `rootae.evaluate`.
        html: write one self-contained page to this file, and the same figures beside it, with the
            endings ``.csv`` and ``.json``.
        force: replace files of these names.
        progress: told about phases.
        options: as in `rootae.training.options.Options`, the same for every family; of
            ``settings``, each goes to the families that have it. Seconds (``time_budget``) are
            for each family and way.

    Returns:
        All figures, frozen. A family that fails is named, and keeps no other from being tried.

    Raises:
        ArgumentError: an option is wrong; NameNotFound if there is none of its name.
        MissingDependency: scipy, iminuit or, for a page, matplotlib or mplhep is not installed.
        RootaeError: no family made anything.

    References:
        Bengtsson Bernander et al., Baler: machine learning based compression of scientific data,
        arXiv:2305.02283, for autoencoders judged by the peaks that come back.

    Example:
        >>> import rootae
        >>> found = rootae.compare("events.root", ["vae", "aae"], epochs=5)  # doctest: +SKIP
        >>> {t.candidate.name: t.bits for t in found.within}  # doctest: +SKIP
        {'plain': 90.1, 'vae': 88.7, 'aae': 89.0}
    """
    for name in ("scipy.stats", "iminuit", *(["mplhep"] if html is not None else [])):
        needed(name)
    for name in _NOT_OURS:
        if name in options:
            msg = f"{name} is not for a comparison: each family has its own run"
            raise ArgumentError(msg)
    path, tree = split_path(str(original))
    outputs = Outputs.beside(html, [path], force=force)
    asked = family if family is not None else families.names()
    candidates = candidates_of(asked, net, ways, options)
    shared = dict(options)
    shared.pop("settings", None)
    run = _Run(original, peaks, shared, progress or Progress())
    found: list[Trial | Failed] = []
    run.check(tree)
    for number, candidate in enumerate(candidates):
        run.place = f"{candidate.name} ({number + 1} of {len(candidates)})"
        found.append(run.tried(candidate))
        if candidate.family == PLAIN and isinstance(found[-1], Failed):
            raise RootaeError(found[-1].text)  # which is no family's fault
    comparison = FamilyComparison.of(Path(path), options, found)
    outputs.write(comparison)
    return comparison


class _Run:
    """One candidate after the other on one file."""

    def __init__(
        self,
        original: str | Path,
        peaks: Sequence[str] | Mapping[str, str] | None,
        shared: Mapping[str, Any],
        progress: Progress,
    ) -> None:
        self._original, self._peaks, self._shared = original, peaks, shared
        self._progress = progress
        self._floats: list[str] = []
        self.place = ""

    def check(self, tree: str | None) -> None:
        """Look at the file before anything takes long.

        Raises:
            NameNotFound: there is no such tree.
            ArgumentError: rootae wrote it.
        """
        path, _ = split_path(str(self._original))
        globs = [tree] if tree is not None else self._shared.get("trees", ())
        with Source.open(path) as source:
            refuse_compressed(source)
            for name in source.tree_paths(globs):
                columns = source.tree(name).schema.columns
                self._floats += [
                    f"{name}:{c.name}" for c in columns if np.dtype(c.dtype).kind == "f"
                ]

    def tried(self, candidate: Candidate) -> Trial | Failed:
        """Run one candidate; whatever goes wrong in it is its own failure."""
        with tempfile.TemporaryDirectory(prefix="rootae-compare-") as folder:
            try:
                return self._trial(candidate, Path(folder))
            except RootaeError as error:
                return Failed(candidate, str(error))
            except Exception as error:  # a user's own family may raise anything
                return Failed(candidate, f"{type(error).__name__}: {said(error)}")

    def _trial(self, candidate: Candidate, folder: Path) -> Trial:
        codec, target = folder / "codec.root", folder / "small.root"
        history, notes = folder / "curves.csv", list[str]()
        told = _Placed(self._progress, self.place, notes)
        asked = candidate.options(self._shared, self._floats)
        clock = Clock()
        with clock.phase("train"):
            train([self._original], codec, history=history, progress=told, **asked)
        kept = {name: asked[name] for name in _OF_FILES if name in asked}
        done = compress(self._original, target, codec=codec, progress=told, **kept)
        found = evaluate(self._original, target, peaks=self._peaks, progress=told)
        coded = [t for t in done.trees if t.coded]
        reports = [x for t in found.trees for x in t.latents]
        return Trial(
            candidate,
            sum(t.entries for t in coded),
            sum(t.after for t in coded),
            done.after,
            clock.seconds["train"],
            found.columns,
            found.peaks,
            tuple(curves_of(history)),
            against_prior(reports, candidate) if reports else (),
            tuple(dict.fromkeys((*notes, *done.notes))),
        )


class _Placed(Noting):
    """Says before each phase whose it is, and keeps the notes."""

    def __init__(self, inner: Progress, place: str, notes: list[str]) -> None:
        super().__init__(inner, notes)
        self._place = place

    def phase(self, name: str, total: float | None) -> None:
        super().phase(f"{self._place}: {name}", total)
