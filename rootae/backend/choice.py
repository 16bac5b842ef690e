"""Which backend writes a file: the one that loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.backend.root import installed
from rootae.errors import MissingDependency, NameNotFound, UnsupportedError
from rootae.writer import refuse_losses, unsupported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rootae.source import Source

__all__ = ["AUTO", "BACKENDS", "ROOT", "UPROOT", "backend_for", "checked", "installed"]

AUTO, UPROOT, ROOT = BACKENDS = ("auto", "uproot", "root")


def checked(name: str) -> str:
    """Return the name of a backend.

    Raises:
        NameNotFound: there is none of that name.
        MissingDependency: it is ROOT, which is not installed.
    """
    if name not in BACKENDS:
        raise NameNotFound(name, BACKENDS, "rootae", "backend")
    if name == ROOT and not installed():
        msg = "backend root: ROOT is not installed: pip install 'rootae[root]'"
        raise MissingDependency(msg)
    return name


def backend_for(
    asked: str, source: Source, coded: Mapping[str, set[str]], *, drop: bool = False
) -> str:
    """Choose who writes a file.

    Arguments:
        asked: ``auto``, ``uproot`` or ``root``.
        source: the input.
        coded: names of coded columns by tree; all others have to pass through.
        drop: what uproot cannot write may be left out.

    Returns:
        ``uproot`` or ``root``.

    Raises:
        UnsupportedError: what is asked for would lose something, or there is no ROOT to prevent
            that, or the input holds what neither can rewrite.
    """
    checked(asked)
    keeps_all = asked != ROOT and (drop or not unsupported(source, coded))
    if asked == UPROOT or (asked == AUTO and (keeps_all or not installed())):
        refuse_losses(source, coded, drop=drop)
        return UPROOT
    _refuse_ntuples(source)
    return ROOT


def _refuse_ntuples(source: Source) -> None:
    """Stop if there are RNTuples: ROOT copies trees and objects, but not these.

    Raises:
        UnsupportedError: there are some.
    """
    found = [f"{name} ({kind})" for name, kind in source.objects() if "RNTuple" in kind]
    if found:
        msg = (
            f"{source.path}: {', '.join(found)} cannot be rewritten by either backend; "
            "--backend uproot --drop-unsupported leaves these out, by name"
        )
        raise UnsupportedError(msg)
