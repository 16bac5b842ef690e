"""What a run of compress did, in figures: for Python and the command line."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rootae.codec.tree import TreeCoder
from rootae.planner.survey import looks, survey
from rootae.schema.bounds.bound import Bound
from rootae.schema.values import Values
from rootae.summary import Summary, seconds_text, size_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from rootae.planner.sample import Sampled
    from rootae.writer.tree import Sizes

__all__ = ["ColumnReport", "Report", "TreeReport", "columns_of", "lossy_estimate"]


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


@dataclass(frozen=True, repr=False)
class Report(Summary):
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

    @property
    def bound(self) -> str:
        """Say what is promised of all coded columns together: the loosest bound of each kind."""
        coded = [c for t in self.trees for c in t.columns]
        if not coded:
            return "no column coded"
        loose = sum(not Bound.parse(c.bound).promises for c in coded)
        without = [f"{loose} of {len(coded)} columns without a bound"] if loose else []
        return ", ".join([*_loosest([c.bound for c in coded]), *without])

    @property
    def headline(self) -> str:
        """Say in one line what came out: from, to, ratio, bound, seconds."""
        sizes = f"{self.source} {size_text(self.before)} -> {self.target} {size_text(self.after)}"
        took = f", {seconds_text(sum(self.seconds.values()))}" if self.seconds else ""
        return f"{sizes}: {self.ratio:.2f} times smaller, {self.bound}{took}"

    def tables(self) -> dict[str, tuple[list[str], list[list[str]]]]:
        """Return the columns of each coded tree, for notebooks."""
        head = ["column", "bound", "largest error", "before", "after"]
        return {
            f"{tree.path}: {tree.entries:,} entries": (
                head,
                [
                    [c.name, c.bound, f"{c.error:.3g}", size_text(c.before), size_text(c.after)]
                    for c in tree.columns
                ],
            )
            for tree in self.trees
            if tree.coded
        }

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        data = dataclasses.asdict(self)
        return data | {"source": str(self.source), "target": str(self.target), "ratio": self.ratio}


def _loosest(texts: Sequence[str]) -> list[str]:
    """Say the loosest bound of each kind, of those that promise something.

    Example:
        >>> _loosest(["exact", "rel:1e-3", "rel:0.01"]), _loosest(["exact"]), _loosest(["none"])
        (['within rel:0.01'], ['every value exact'], [])
    """
    kept = [b for b in map(Bound.parse, dict.fromkeys(texts)) if b.promises]
    inexact = sorted((b for b in kept if not b.is_exact), key=lambda b: b.error)
    most = {str(b).partition(":")[0]: str(b) for b in inexact}
    if most:
        return [f"within {', '.join(most[name] for name in sorted(most))}"]
    return ["every value exact"] if kept else []


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
