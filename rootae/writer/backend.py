"""Which backend writes a file: the one that loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.errors import MissingDependency, NameNotFound, UnsupportedError
from rootae.rootio.process.process import installed
from rootae.writer.losses import ADVICE, refuse_losses, unsupported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rootae.source.source import Source

__all__ = [
    "AUTO",
    "BACKENDS",
    "ROOT",
    "UPROOT",
    "backend_for",
    "checked",
    "installed",
    "is_better_by_root",
]

AUTO, UPROOT, ROOT = BACKENDS = ("auto", "uproot", "root")
_STRANDED = "this cannot be copied into another file: --drop-unsupported leaves it out, by name"
_ALONE = "ROOT keeps no RNTuples: --drop-unsupported leaves these out, by name"


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
    elsewhere = source.elsewhere()
    if elsewhere and (asked == ROOT or not drop):
        msg = (
            f"{source.path}: {', '.join(elsewhere[:10])}: bring everything into one file first, "
            "as TTree::CloneTree does, or let --drop-unsupported leave it out"
        )
        raise UnsupportedError(msg)
    keeps_all = asked != ROOT and (drop or not unsupported(source, coded))
    modern = source.ntuples()
    if source.stranded and not drop:
        msg = f"{source.path}: {', '.join(source.stranded[:10])}: {_STRANDED}"
        raise UnsupportedError(msg)
    if asked == UPROOT or (asked == AUTO and (keeps_all or modern or not installed())):
        refuse_losses(source, coded, _ALONE if modern else ADVICE, drop=drop)
        return UPROOT
    if modern:
        msg = (
            f"{source.path}: RNTuple {', '.join(modern)} cannot be rewritten by ROOT: --backend "
            "uproot writes it as a TTree"
        )
        raise UnsupportedError(msg)
    return ROOT


def is_better_by_root(source: Source, nbytes: int) -> bool:
    """Say whether ROOT should write again what uproot made larger than it was.

    uproot does not compress trees' own descriptions, which in small files outweigh all savings.

    Arguments:
        source: the input.
        nbytes: of the file that uproot wrote.
    """
    larger = nbytes > source.path.stat().st_size
    return larger and installed() and not source.ntuples()
