"""What ROOT is asked to write: one file kept whole, with branches of another put into its trees."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field

__all__ = ["Job", "TreeJob"]


@dataclass(frozen=True)
class TreeJob:
    """What becomes of one tree.

    Arguments:
        without: branches that are left out.
        adopt: branches of the other file's tree that are taken over as they are.
        vectors: branches of the other file that become ``std::vector``, and of what in C++.
        nested: those that become vectors of vectors, of what, and the branch of these's lengths.
        leaves: branches of the other file that are written anew, and ROOT's list of their leaves.
        titles: titles of these three kinds.
        leaf_names: names and titles of leaves that ROOT would call otherwise, by branch.
        order: names of all branches.
        title: the tree's title, if it gets another one.
        renamed: what branches of one leaf are called, by what they were called: their leaves take
            the same places.
    """

    without: tuple[str, ...] = ()
    adopt: tuple[str, ...] = ()
    vectors: dict[str, str] = field(default_factory=dict)
    nested: dict[str, tuple[str, str]] = field(default_factory=dict)
    leaves: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    leaf_names: dict[str, tuple[str, str]] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    title: str | None = None
    renamed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """One file to be written.

    Arguments:
        source: the file that is kept whole, but for what is left out by name.
        donor: the file that the new branches come from; all of them are baskets on disk.
        target: the file to write; it is replaced.
        compression: ROOT's algorithm * 100 + level for what is compressed anew.
        trees: by path, those that change.
        leave_out: paths in the source of what is left out.
        add: directories at the top of the donor that are added.
        kinds: by class, what keys of the source are (`rootae.rootio.kinds`), objects left out.
        fast: copy baskets as they are compressed; otherwise entry by entry.
        uuid: the file's, if it is not ROOT that makes it up.
    """

    source: str
    donor: str
    target: str
    compression: int
    trees: dict[str, TreeJob] = field(default_factory=dict)
    leave_out: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
    kinds: dict[str, str] = field(default_factory=dict)
    fast: bool = True
    uuid: str | None = None

    def to_json(self) -> str:
        """Return it as JSON."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Job:
        """Read what `to_json` gave.

        Example:
            >>> job = Job("a.root", "b.root", "c.root", 505, {"t": TreeJob(vectors={"x": "float"})})
            >>> Job.from_json(job.to_json()).trees["t"].vectors
            {'x': 'float'}
        """
        data = json.loads(text)
        trees = {path: TreeJob(**tree) for path, tree in data.pop("trees").items()}
        return cls(**data, trees=trees)
