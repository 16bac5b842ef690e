"""What decompress, merge and skim wrote, in figures: for Python and the command line."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rootae.summary import Summary, seconds_text, size_text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Decompressed", "Merged", "Skimmed"]


@dataclass(frozen=True, repr=False)
class Decompressed(Summary):
    """What decompress wrote.

    Arguments:
        source, target: the files.
        before, after: their bytes.
        trees: entries by tree.
        notes: what changed against the original, a sentence each.
        seconds: wall time.
    """

    source: Path
    target: Path
    before: int
    after: int
    trees: dict[str, int]
    notes: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """Say in one line what came out."""
        sizes = _sizes(str(self.source), self.before, self.target, self.after)
        times = self.after / max(self.before, 1)
        return f"{sizes}: {times:.2f} times larger, every value as it was shown{_took(self)}"

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        paths = {"source": str(self.source), "target": str(self.target)}
        return dataclasses.asdict(self) | paths


@dataclass(frozen=True, repr=False)
class Merged(Summary):
    """What merge wrote.

    Arguments:
        sources, target: the files.
        before, after: their bytes, those of the inputs together.
        trees: entries by tree.
        copied: blocks that were copied.
        coded: blocks that were coded anew.
        codecs: number of codecs that the output holds.
        notes: what deserves attention, a sentence each.
        seconds: wall time.
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
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """Say in one line what came out."""
        many = f"{len(self.sources)} files"
        sizes = _sizes(many, self.before, self.target, self.after)
        return f"{sizes}: {sum(self.trees.values()):,} entries, no value changed{_took(self)}"

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        paths = {"sources": [str(p) for p in self.sources], "target": str(self.target)}
        return dataclasses.asdict(self) | paths


@dataclass(frozen=True, repr=False)
class Skimmed(Summary):
    """What skim wrote.

    Arguments:
        source, target: the files.
        before, after: their bytes.
        tree: the tree that was cut.
        entries, passed: its entries before and after.
        columns: the branches that were kept.
        notes: what deserves attention, a sentence each.
        seconds: wall time.
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
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """Say in one line what came out."""
        sizes = _sizes(str(self.source), self.before, self.target, self.after)
        return f"{sizes}: {self.passed:,} of {self.entries:,} entries{_took(self)}"

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        paths = {"source": str(self.source), "target": str(self.target)}
        return dataclasses.asdict(self) | paths


def _sizes(source: str, before: int, target: Path, after: int) -> str:
    return f"{source} {size_text(before)} -> {target} {size_text(after)}"


def _took(report: Decompressed | Merged | Skimmed) -> str:
    return f", {seconds_text(sum(report.seconds.values()))}" if report.seconds else ""
