"""What came of one file, and what its output holds."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rootae.reader.hook import coded
from rootae.reader.open import open_file
from rootae.source.rntuple import NTuple
from rootae.source.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from rootae.dataset.failure import Failure
    from rootae.dataset.member import Member, Steps

__all__ = ["Outcome", "contents"]

_EVENTS = "Events"


@dataclass(frozen=True)
class Outcome:
    """What came of one file.

    Arguments:
        report: what was done.
        failure: or why it was not.
        seconds: wall time.
        facts: of input and output, by their names in `rootae.dataset.record.Record`; ``bounds``
            as texts by tree and column.
    """

    report: Any = None
    failure: Failure | None = None
    seconds: float = 0.0
    facts: dict[str, Any] = field(default_factory=dict)


def contents(path: Path, member: Member) -> dict[str, Any]:
    """Return what a manifest says of an output's contents.

    Arguments:
        path: the output.
        member: the input that it was made of.

    Raises:
        RootaeError: it cannot be read.
    """
    with open_file(path) as file:
        source = Source(path, file)
        entries = {p: int(source.opened(p).num_entries) for p in source.tree_paths()}
        tree = _read_by_analysis(entries, member.tree)
        return {
            "codec": next(iter(file.container.codecs)).hex() if file.is_coded else None,
            "bounds": {t: {c: str(b) for c, b in m.items()} for t, m in file.bounds.items()},
            "num_entries": entries,
            "object_path": tree,
            "steps": () if tree is None else _steps(source.opened(tree), member.steps),
            "uuid": str(file.file.uuid),
        }


def _read_by_analysis(entries: dict[str, int], named: str | None) -> str | None:
    """Choose a tree: the one that was named, or else Events, or else the longest."""
    if named is not None or not entries:
        return named if named in entries else None
    return _EVENTS if _EVENTS in entries else max(entries, key=lambda p: entries[p])


def _steps(tree: Any, asked: Steps | None) -> Steps:
    """Return a step for each block, or those that were asked for where they leave entries out."""
    total = int(tree.num_entries)
    if asked is not None and sum(stop - start for start, stop in asked) < total:
        return asked
    mine = coded(tree)
    if not total or (mine is None and isinstance(tree, NTuple)):
        return ((0, total),)
    edges = tree.common_entry_offsets() if mine is None else mine.stored.starts
    return tuple((int(a), int(b)) for a, b in itertools.pairwise(edges))
