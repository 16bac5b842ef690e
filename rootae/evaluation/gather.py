"""One pass through a tree's values before and after: everything that is counted on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rootae.evaluation.columns.correlations import Correlations
from rootae.evaluation.columns.latents import latents_of
from rootae.evaluation.columns.residuals import Residuals
from rootae.evaluation.columns.spectra import spectrum_of
from rootae.evaluation.evaluation import TreeReport
from rootae.schema.tree import groups_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rootae.evaluation.pairs import PairedTree, Part
    from rootae.evaluation.peaks.masses import Masses
    from rootae.operations.info import TreeInfo
    from rootae.progress import Progress
    from rootae.schema.values import Values

__all__ = ["gather"]


def gather(
    pair: PairedTree,
    masses: Sequence[Masses],
    described: TreeInfo | None,
    kept: int,
    progress: Progress,
) -> TreeReport:
    """Compare a tree's columns, and feed its peaks.

    Arguments:
        pair: the tree in both files.
        masses: peaks in this tree; they take in what is read.
        described: what the compressed file says of the tree.
        kept: values to keep for distances of distributions and pictures, about.
        progress: told about entries.
    """
    gathered = _Gathered(pair, kept)
    for part in pair.parts():
        gathered.update(part)
        for peak in masses:
            peak.update(part)
        progress.advance(part.stop - part.start)
    return gathered.report(described)


class _Gathered:
    def __init__(self, pair: PairedTree, kept: int) -> None:
        self._pair = pair
        self._kept = kept
        self._every = 1
        self._residuals = {c.name: Residuals(pair.bound(c.name)) for c in pair.columns}
        self._correlations = {}
        for group in groups_of(pair.columns):
            names = [c.name for c in group.columns if not c.inner_shape]
            if len(names) > 1:
                self._correlations[group.name] = Correlations(names)

    def update(self, part: Part) -> None:
        if part.start == 0:
            values = sum(p.before.flat.size for p in part.pairs.values())
            whole = values * self._pair.original.entries / max(part.stop, 1)
            self._every = max(int(np.ceil(whole / self._kept)), 1)
        for name, found in part.pairs.items():
            keep = self._keep(found.before, part)
            x, y = found.before.flat, found.after.flat
            lanes = x.size // max(len(x), 1)
            self._residuals[name].update(x.ravel(), y.ravel(), _spread(keep, lanes))
        for correlations in self._correlations.values():
            pairs = [part.pairs[n] for n in correlations.names]
            correlations.update([p.before.flat for p in pairs], [p.after.flat for p in pairs])

    def _keep(self, values: Values, part: Part) -> NDArray[np.bool_] | None:
        """Say which rows belong to every n-th entry; None for all."""
        if self._every == 1:
            return None
        entries = np.arange(part.start, part.stop) % self._every == 0
        return entries if values.counts is None else np.repeat(entries, values.counts)

    def report(self, described: TreeInfo | None) -> TreeReport:
        sizes = {c.name: c.nbytes for c in described.columns} if described is not None else {}
        path, columns, spectra = self._pair.path, [], {}
        for column in self._pair.columns:
            found = self._residuals[column.name]
            nbytes = sizes.get(column.name)
            if nbytes is None:
                nbytes = int(self._pair.tree[column.name].compressed_bytes)
            columns.append(found.report(path, column.name, column.typename, nbytes))
            whole = np.dtype(column.dtype).kind != "f"
            spectra[column.name] = spectrum_of(*found.sample, found.bound, whole=whole)
            self._residuals[column.name] = Residuals(found.bound)  # its sample is not needed again
        matrices = (c.report(path, g) for g, c in self._correlations.items())
        coded = self._pair.coded
        return TreeReport(
            path, self._pair.original.entries, self._every, tuple(columns),
            tuple(m for m in matrices if m is not None),
            tuple(latents_of(coded)) if coded is not None else (), spectra,
        )  # fmt: skip


def _spread(keep: NDArray[np.bool_] | None, lanes: int) -> NDArray[np.bool_] | slice:
    """Turn a choice of rows into one of values."""
    return slice(None) if keep is None else np.repeat(keep, lanes)
