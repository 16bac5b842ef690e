"""`rootae.evaluate`: an original and its compressed file, column by column and peak by peak."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rootae.evaluation.evaluation import Evaluation
from rootae.evaluation.extras import needed
from rootae.evaluation.gather import gather
from rootae.evaluation.page import page
from rootae.evaluation.pairs import paired
from rootae.evaluation.peaks.masses import masses_of
from rootae.evaluation.peaks.report import PeakReport, fit_peak
from rootae.operations.info import info
from rootae.paths.targets import check_target
from rootae.progress import Progress
from rootae.reader.open import open_file
from rootae.rootio.opening import split_path
from rootae.source.source import Source
from rootae.summary import reported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rootae.evaluation.peaks.masses import Masses

__all__ = ["evaluate"]

VALUES_KEPT = 1 << 24  # of a tree, before and after, for distances of distributions and pictures


@reported
def evaluate(
    original: str | Path,
    compressed: str | Path,
    *,
    peaks: Sequence[str] | Mapping[str, str] | None = None,
    trees: Sequence[str] = (),
    device: str | None = None,
    html: str | Path | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure what compression did to a file's columns and to the physics in it.

    Errors, moments, responses and correlations are from all values, read block by block; distances
    of distributions are from a sample where a tree has more than 16 million values.

    Arguments:
        original: the file before.
        compressed: the file made from it, or any file with the same trees.
        peaks: names of built-in peaks (``z_mumu``, ``jpsi_mumu``, ``top_jjb``, ``h_4l``) and
            ``NAME=EXPR`` or ``NAME=EXPR@LOW:HIGH``, or a mapping of names to expressions; by
            default the built-in ones that the columns fit.
        trees: globs of trees to compare, all that both have by default.
        device: where networks run, as in `rootae.open`.
        html: write one self-contained page of it to this file.
        force: replace a file of that name.
        progress: told about phases.

    Returns:
        All figures, frozen; `Evaluation.to_json` shows them, and so does the page.

    Raises:
        ArgumentError: the files do not belong together, or a peak's columns are missing.
        FormatError: one of them is not a ROOT file.
        CorruptError: the compressed file is damaged.
        MissingDependency: scipy or iminuit is not installed.

    References:
        Bengtsson Bernander et al., Baler: machine learning based compression of scientific data,
        arXiv:2305.02283, for the comparison of fitted peaks.

    Example:
        >>> import rootae
        >>> report = rootae.evaluate("events.root", "small.root")  # doctest: +SKIP
        >>> report.peaks[0].fits[0].mass_shift  # doctest: +SKIP
        -0.013
    """
    for name in ("scipy.stats", "iminuit"):
        needed(name)
    texts = [f"{k}={v}" for k, v in peaks.items()] if isinstance(peaks, Mapping) else peaks
    (first, named), (second, tree) = split_path(str(original)), split_path(str(compressed))
    if html is not None:  # before anything takes long
        check_target(html, [first, second], force=force)
    globs = [t for t in (named, tree) if t is not None] or trees
    progress = progress or Progress()
    with Source.open(first) as source, open_file(Path(second), device=device) as file:
        pairs, notes = paired(source, file, second, globs)
        masses = masses_of(pairs, texts)
        notes += [n for m in masses for n in m.notes]
        described = {t.path: t for t in info(second).trees}
        progress.phase("compare", sum(p.original.entries for p in pairs))
        found = []
        for pair in pairs:
            mine = [m for m in masses if m.tree == pair.path]
            found.append(gather(pair, mine, described.get(pair.path), VALUES_KEPT, progress))
            notes += pair.notes
    fitted, left = _fitted(masses, progress)
    before, after = (Path(name).stat().st_size for name in (first, second))
    paths = Path(first), Path(second)
    evaluation = Evaluation(*paths, before, after, tuple(found), fitted, (*notes, *left))
    if html is not None:
        page.write(evaluation, html, force=force)
    return evaluation


def _fitted(
    masses: Sequence[Masses], progress: Progress
) -> tuple[tuple[PeakReport, ...], list[str]]:
    """Return the peaks, and what is said of those that are none."""
    progress.phase("fit", len(masses))
    peaks, notes = [], []
    for one in masses:
        found = fit_peak(one)
        if isinstance(found, PeakReport):
            peaks.append(found)
        else:
            notes.append(found)
        progress.advance(1, one.name)
    return tuple(peaks), notes
