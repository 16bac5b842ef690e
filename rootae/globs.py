"""Names chosen by globs; a glob that matches nothing is most likely a slip, and is refused."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from rootae.errors import NameNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["any_matches", "matched"]


def any_matches(globs: Iterable[str], name: str) -> bool:
    """Say whether a name matches one of several globs.

    Example:
        >>> any_matches(["Muon_*", "MET_pt"], "Muon_eta")
        True
    """
    return any(fnmatchcase(name, glob) for glob in globs)


def matched(globs: Sequence[str], names: Sequence[str], where: str, kind: str = "tree") -> set[str]:
    """Return the names that match any of the globs.

    Arguments:
        globs: what is asked for.
        names: what there is.
        where: the file or tree, for messages.
        kind: what the names are of.

    Raises:
        NameNotFound: a glob matches nothing.

    Example:
        >>> sorted(matched(["Muon_*"], ["Muon_pt", "Muon_eta", "run"], "in.root"))
        ['Muon_eta', 'Muon_pt']
    """
    for glob in globs:
        if not any(fnmatchcase(n, glob) for n in names):
            raise NameNotFound(glob, names, where, kind)
    return {n for n in names if any_matches(globs, n)}
