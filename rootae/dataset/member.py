"""A file of a data set, as it was named."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from rootae.rootio.opening import split_path

__all__ = ["Member", "Steps"]

Steps = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Member:
    """One file.

    Arguments:
        path: the file, or ``file.root:tree``.
        datasets: names of the data sets that it belongs to; none where no fileset says so.
        object_path: the tree that an analysis reads, as a fileset says it.
        steps: first entries and those behind the last that it reads, as a fileset says it.
        original: the file that it was made of, as a manifest says it.
    """

    path: str
    datasets: tuple[str, ...] = ()
    object_path: str | None = None
    steps: Steps | None = None
    original: str | None = None

    @property
    def file(self) -> str:
        """The file without a tree's name."""
        return split_path(self.path)[0]

    @property
    def whole(self) -> str:
        """The file by its whole path, with the tree that was named."""
        return str(Path(self.file).absolute()) + self.path.removeprefix(self.file)

    @property
    def tree(self) -> str | None:
        """The tree that an analysis reads, if one was named."""
        return self.object_path or split_path(self.path)[1]

    def also(self, other: Member) -> Member:
        """Return the file as a member of another's data sets, too."""
        datasets = tuple(dict.fromkeys((*self.datasets, *other.datasets)))
        return dataclasses.replace(
            self,
            datasets=datasets,
            object_path=self.object_path or other.object_path,
            steps=self.steps if self.steps == other.steps else None,
            original=self.original or other.original,
        )
