"""What a run of compress or merge did, in figures: for Python and the command line."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rootae.codec.tree import TreeCoder
from rootae.planner.survey import looks, survey
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from rootae.planner.sample import Sampled
    from rootae.writer.tree import Sizes

__all__ = ["ColumnReport", "Merged", "Report", "TreeReport", "columns_of", "lossy_estimate"]


@dataclass(frozen=True)
class ColumnReport:
    """One column.

    Arguments:
        name: the branch.
        bound: its bound, as text.
        why: where the bound comes from.
        error: the largest error over all values, relative under a relative bound.
        before: bytes of the branch in the input, compressed as it was there.
        after: bytes of its blobs.
        how: ``coded``, ``contexts``, ``derived from ...`` or ``kept``.
    """

    name: str
    bound: str
    why: str
    error: float
    before: int
    after: int
    how: str


@dataclass(frozen=True)
class TreeReport:
    """One tree.

    Arguments:
        path: the tree.
        entries: its entries.
        coded: whether it was coded; if not, `why` says why.
        why: a phrase.
        columns: its coded columns.
        latents: bytes of latents.
        training: per group: family, bits per value of plain coding and of the codec, and more.
    """

    path: str
    entries: int
    coded: bool
    why: str
    columns: tuple[ColumnReport, ...] = ()
    latents: int = 0
    training: tuple[dict[str, Any], ...] = ()

    @property
    def after(self) -> int:
        """Return the bytes of all blobs."""
        return sum(c.after for c in self.columns) + self.latents


@dataclass(frozen=True)
class Report:
    """One file.

    Arguments:
        source, target: the files.
        before, after: their bytes.
        codec: the codec's id, or None where nothing was coded.
        trees: one report a tree.
        notes: what changed, was left out or deserves attention, a sentence each.
        lossy_estimate: bytes that `--lossy` would have given, if that was worth estimating.
        seconds: wall time by phase.
    """

    source: Path
    target: Path
    before: int
    after: int
    codec: str | None
    trees: tuple[TreeReport, ...]
    notes: tuple[str, ...] = ()
    lossy_estimate: int | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Return how many times smaller the output is."""
        return self.before / self.after if self.after else 1.0

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        data = dataclasses.asdict(self)
        return data | {"source": str(self.source), "target": str(self.target), "ratio": self.ratio}


def columns_of(
    coder: TreeCoder, sizes: Sizes, errors: Mapping[str, float], tree: Any
) -> tuple[ColumnReport, ...]:
    """Report a tree's columns: what they weighed in the input `tree` and weigh now."""
    lanes = {x.column: (g, x) for g in coder.plan.groups for x in g.lanes}
    out = []
    for column in coder.plan.columns:
        group, lane = lanes[column.name]
        how = "plain" if lane.contexts is None else "contexts"
        if lane.derived is not None:
            terms = [group.lanes[i].column for i, _ in lane.derived.terms]
            how = "derived from " + " + ".join(terms)
        before = 0
        if column.name in tree:
            before = int(tree[column.name].compressed_bytes)
        out.append(
            ColumnReport(
                column.name,
                str(lane.bound),
                lane.why,
                errors.get(column.name, 0.0),
                before,
                sizes.columns.get(column.name, 0),
                how,
            )
        )
    return tuple(out)


def lossy_estimate(
    samples: Sequence[Sampled], after: int, sizes: Mapping[str, Sizes]
) -> int | None:
    """Guess the size that the lossy preset would give, from plain coding of a sampled block."""
    saved = 0.0
    for sampled in samples:
        if sampled.schema.path not in sizes:
            continue
        few = {n: _head(v) for n, v in sampled.values.items()}
        seen = looks([sampled.values])
        bytes_ = []
        for lossy in (False, True):
            tables: list[Any] = []
            plan = survey(
                sampled.schema, few, lossy=lossy, seen=seen, keep=sampled.kept, tables=tables,
                derive=False,
            )  # fmt: skip
            bytes_.append(TreeCoder(plan, tables, ()).encode(few).nbytes)
        saved += sizes[sampled.schema.path].total * (1 - bytes_[1] / max(bytes_[0], 1))
    return round(after - saved) if saved > 0 else None


def _head(values: Values, entries: int = 4000) -> Values:
    if values.counts is None:
        return Values(values.flat[:entries])
    counts = values.counts[:entries]
    return Values(values.flat[: int(counts.sum())], counts)


@dataclass(frozen=True)
class Merged:
    """What merge wrote.

    Arguments:
        sources, target: the files.
        before, after: their bytes, those of the inputs together.
        trees: entries by tree.
        copied: blocks that were copied.
        coded: blocks that were coded anew.
        codecs: number of codecs that the output holds.
        notes: what deserves attention, a sentence each.
    """

    sources: tuple[Path, ...]
    target: Path
    before: int
    after: int
    trees: dict[str, int]
    copied: int
    coded: int
    codecs: int
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        paths = {"sources": [str(p) for p in self.sources], "target": str(self.target)}
        return dataclasses.asdict(self) | paths
