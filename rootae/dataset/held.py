"""A file that is read, and what it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Held"]


@dataclass(frozen=True)
class Held:
    """A file and its original.

    Arguments:
        file: the file.
        original: the one that it was made of, None where there is nothing to hold it against.
    """

    file: str
    original: str | None = None

    def __str__(self) -> str:
        return self.file

    @property
    def absolute(self) -> Held:
        """The same files by their whole paths.

        Example:
            >>> Held("/a.root").absolute
            Held(file='/a.root', original=None)
        """
        return Held(_whole(self.file), self.original and _whole(self.original))


def _whole(name: str) -> str:
    return name if "://" in name else str(Path(name).absolute())
