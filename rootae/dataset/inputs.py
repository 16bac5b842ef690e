"""Which files are meant: names, globs, lists of names, filesets and manifests."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.dataset import fileset
from rootae.dataset.manifest import NAME, Manifest
from rootae.dataset.member import Member
from rootae.errors import ArgumentError
from rootae.paths.regular import regular
from rootae.rootio.opening import split_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["inputs", "is_one"]

_DESCRIBED = (".json", ".json.gz")


def inputs(words: Iterable[str | Path]) -> tuple[list[Member], dict[str, Any]]:
    """Return the files that words name, each once, and what a fileset says of its data sets.

    Arguments:
        words: files, ``file.root:tree``, globs, ``@FILE`` for a list with a name a line, filesets
            of coffea (``.json`` or ``.json.gz``), and manifests, which stand for their outputs.

    Returns:
        The files, and by data set whatever its fileset has beside its files.

    Raises:
        ArgumentError: a glob matches nothing, a list cannot be read, or nothing is named.

    Example:
        >>> [m.path for m in inputs(["a.root", "b.root:Events", "a.root"])[0]]
        ['a.root', 'b.root:Events']
    """
    found: dict[str, Member] = {}
    told: dict[str, Any] = {}
    for word in words:
        for member in _named(str(word), told):
            known = found.get(member.path)
            found[member.path] = member if known is None else known.also(member)
    if not found:
        msg = "no file is named: a list or a fileset is empty"
        raise ArgumentError(msg)
    return list(found.values()), told


def is_one(word: str) -> bool:
    """Say whether a word names one file itself, which need not be there.

    Example:
        >>> [is_one(word) for word in ("a.root", "a*.root", "@list", "manifest.json")]
        [True, False, False, False]
    """
    if word.startswith("@") or word.endswith(_DESCRIBED):
        return False
    return "://" in word or Path(word).exists() or not glob.has_magic(split_path(word)[0])


def _named(word: str, told: dict[str, Any]) -> Iterator[Member]:
    if word.startswith("@"):
        for line in _lines(word[1:]):
            yield from _named(line, told)
    elif is_one(word):
        yield Member(word)
    elif word.endswith(_DESCRIBED):
        yield from _described(Path(word), told)
    else:
        yield from map(Member, _matches(word))


def _described(path: Path, told: dict[str, Any]) -> Iterator[Member]:
    if path.name == NAME:
        yield from Manifest.read(path).written()
        return
    members, others = fileset.read(path)
    told.update(others)
    yield from members


def _lines(name: str) -> list[str]:
    try:
        text = regular(name).read_text()
    except (OSError, ValueError) as error:
        msg = f"list @{name} cannot be read: {error}"
        raise ArgumentError(msg) from error
    lines = [line.strip() for line in text.splitlines()]
    nested = [line for line in lines if line.startswith("@")]
    if nested:
        msg = f"list @{name} names another list, {nested[0]}: name it on the command line"
        raise ArgumentError(msg)
    return [line for line in lines if line and not line.startswith("#")]


def _matches(word: str) -> list[str]:
    """Return the files that a glob matches, each with the tree that stands behind the glob."""
    pattern, tree = split_path(word)
    found = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207  it may be absolute
    if not found:
        msg = f"no file matches {pattern}"
        raise ArgumentError(msg)
    return [name if tree is None else f"{name}:{tree}" for name in found]
