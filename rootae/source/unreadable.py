"""Branches that uproot cannot read though ROOT can: set aside, so that they pass through as bytes.

uproot counts on a jagged branch's baskets ending where its counter's do when these hold no offsets
(https://github.com/root-project/root/blob/master/tree/tree/src/TBasket.cxx: `GetEntryOffset`).
A branch that ROOT cannot read either is damaged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from rootae.errors import UnreadableError
from rootae.rootio.process import process

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from rootae.source.source import Source

__all__ = ["only_by_root", "reading", "told"]

_T = TypeVar("_T")


def only_by_root(source: Source, error: UnreadableError) -> set[str]:
    """Return all branches of a tree that only ROOT can read.

    Arguments:
        source: the file.
        error: what uproot met first.

    Raises:
        UnreadableError: it is damaged, or there is no ROOT to tell.
    """
    if not process.installed():
        msg = f"{error}; if it is not damaged, ROOT can keep it: pip install 'rootae[root]'"
        raise UnreadableError(msg, error.tree, error.branch) from error
    names = {error.branch, *_unreadable(source, error.tree)}
    sound = process.readable(str(source.path.resolve()), error.tree, sorted(names))
    if names - set(sound):
        msg = f"{error}; nor can ROOT read it: the file is damaged"
        raise UnreadableError(msg, error.tree, error.branch) from error
    return names


def reading(
    source: Source,
    work: Callable[[], _T],
    check: Callable[[Source, UnreadableError], Collection[str]] = only_by_root,
) -> _T:
    """Do something with a file; once more where a branch had to be set aside.

    Arguments:
        source: the file.
        work: reads trees that `Source.tree` gives.
        check: returns the branches to set aside, or raises.

    Raises:
        UnreadableError: a branch is damaged, or there is no ROOT to tell.
    """
    while True:
        try:
            return work()
        except UnreadableError as error:
            known = source.aside.get(error.tree, frozenset())
            if error.tree in source.ntuples() or error.branch in known:
                raise
            source.aside[error.tree] = known | set(check(source, error))


def told(source: Source) -> list[str]:
    """Return a note for every branch that was set aside."""
    pairs = ((path, name) for path, names in source.aside.items() for name in sorted(names))
    return [f"{path}:{name}: not coded: only ROOT can read it" for path, name in pairs]


def _unreadable(source: Source, path: str) -> set[str]:
    """Return every column of a tree that uproot cannot read from end to end."""
    tree, found = source.tree(path), set()
    for column in (c for c in tree.schema.columns if c.has_branch):
        try:
            tree.values(0, tree.entries, [column.name, str(column.counter)])
        except UnreadableError as error:
            found.add(error.branch)
    return found
