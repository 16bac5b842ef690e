"""Names chosen by globs; a glob that matches nothing is most likely a slip, and is refused."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from rootae.errors import NameNotFound

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

__all__ = ["any_matches", "chosen_by", "matched"]


def any_matches(globs: Iterable[str], name: str) -> bool:
    """Say whether a name matches one of several globs, or is one of them.

    Example:
        >>> any_matches(["Muon_*", "MET_pt"], "Muon_eta"), any_matches(["a[6]"], "a[6]")
        (True, True)
    """
    return any(name == glob or fnmatchcase(name, glob) for glob in globs)


def chosen_by(globs: Iterable[str], names: Collection[str]) -> set[str]:
    """Return the names that match any of the globs; one that is a name itself means that only.

    Arguments:
        globs: what is asked for.
        names: what there is.

    Example:
        >>> chosen_by(["hit[6]"], ["hit[6]", "hit6"]), chosen_by(["hit[67]"], ["hit6", "hit8"])
        ({'hit[6]'}, {'hit6'})
    """
    known, asked = set(names), list(globs)
    wide = [glob for glob in asked if glob not in known]
    return known.intersection(asked) | {n for n in known if any_matches(wide, n)}


def matched(globs: Sequence[str], names: Sequence[str], where: str, kind: str = "tree") -> set[str]:
    """Return the names that match any of the globs; one that is a name itself means that only.

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
        if not any(any_matches([glob], n) for n in names):
            raise NameNotFound(glob, names, where, kind)
    return chosen_by(globs, names)
