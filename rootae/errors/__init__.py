"""Everything that rootae raises on purpose.

    RootaeError                 something went wrong; the message says what, where and what to do
    ├── ArgumentError           the caller asked for something impossible (a ValueError)
    │   └── NameNotFound        a tree, column or family of that name does not exist (a KeyError)
    ├── FormatError             not a rootae file, or written by a newer format than this one reads
    │   └── UnreadableError     uproot cannot read a branch
    ├── CorruptError            bytes are damaged, or a tree and its coded columns no longer match
    ├── BoundError              a decoded value broke the bound that its column was promised
    │   └── WrongOriginal       a file is held against another one than it was made of
    ├── UnsupportedError        the input holds something that the output could not keep
    └── MissingDependency       an optional package or a device is not there (an ImportError)

`exit_code` is what the command line returns: 2 for usage, 3 for a broken bound or checksum, else 1.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from rootae.errors.legible import legible

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ArgumentError",
    "BoundError",
    "CorruptError",
    "FormatError",
    "MissingDependency",
    "NameNotFound",
    "RootaeError",
    "UnreadableError",
    "UnsupportedError",
    "WrongOriginal",
]

_SAID = 120  # characters of another package's message that one of ours repeats


class RootaeError(Exception):
    """Base of every error that rootae raises on purpose."""

    exit_code = 1

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes, whatever the constructor takes."""
        return _rebuilt, (type(self), self.args, self.__dict__)

    def __str__(self) -> str:
        """Return the message in one line, whatever the names are that a damaged file has."""
        return legible(super().__str__())


def _rebuilt(kind: type[RootaeError], args: tuple[Any, ...], state: dict[str, Any]) -> RootaeError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


def said(error: Exception) -> str:
    """Return what an error of another package says, in one short line.

    Example:
        >>> said(ValueError("while   reading a basket"))
        'while reading a basket'
    """
    return " ".join(str(error).split())[:_SAID]


class ArgumentError(RootaeError, ValueError):
    """An option or argument is malformed, out of range, or contradicts another."""

    exit_code = 2


def nearest(name: str, known: Iterable[str]) -> str:
    """Ask whether one of the names was meant that are like another; nothing if none is.

    Example:
        >>> nearest("Jet_ptt", ["Jet_pt", "run"])
        "did you mean 'Jet_pt'?"
    """
    near = difflib.get_close_matches(name, [n for n in known if n != name], n=3, cutoff=0.5)
    return "did you mean " + " or ".join(repr(n) for n in near) + "?" if near else ""


class NameNotFound(ArgumentError, KeyError):
    """A name is not there; the message lists the nearest ones that are.

    Arguments:
        name: the name that was asked for.
        known: the names that exist.
        where: the file or folder that was searched.
        kind: what the name stands for.

    Example:
        >>> print(NameNotFound("Event", ["Events", "Runs"], "in.root"))
        no tree 'Event' in in.root; did you mean 'Events'?
    """

    def __init__(self, name: str, known: Iterable[str], where: str, kind: str = "tree") -> None:
        names = list(known)
        hint = nearest(name, names)
        if not hint:
            # a damaged file's names may hold anything, line ends too
            shown = (n if n.isprintable() else repr(n) for n in names[:8])
            hint = "there is " + (", ".join(shown) or "none")
        self.message = f"no {kind} {name!r} in {where}; {hint}"
        super().__init__(self.message)

    def __str__(self) -> str:
        return legible(self.message)


class FormatError(RootaeError):
    """The file is not one that this version of rootae can read."""


class UnreadableError(FormatError):
    """A branch is damaged, or laid out as uproot cannot read it.

    Arguments:
        message: what to tell.
        tree: the path of the tree.
        branch: the branch's name.
    """

    def __init__(self, message: str, tree: str, branch: str) -> None:
        super().__init__(message)
        self.tree = tree
        self.branch = branch


class CorruptError(RootaeError):
    """Stored bytes are damaged or do not belong to the tree they stand beside."""

    exit_code = 3


class BoundError(RootaeError):
    """A value came back outside the bound that its column was promised."""

    exit_code = 3


class WrongOriginal(BoundError):
    """A file was held against another one than it was made of."""


class UnsupportedError(RootaeError):
    """The input holds branches or objects that the output could not keep."""


class MissingDependency(RootaeError, ImportError):
    """An optional package or a device is needed here and not there."""
