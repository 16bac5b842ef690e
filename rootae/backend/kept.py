"""What passed through, held against the original byte by byte, whatever uproot can make of it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rootae.errors import BoundError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from rootae.source import Source

Changed: TypeAlias = "Mapping[str, Collection[str]]"

__all__ = ["branch_differences", "differences", "hold"]

_REMADE = ("TProcessID",)  # ROOT numbers these anew


def hold(source: Source, target: Source, changed: Changed, path: Path) -> None:
    """Hold objects, trees and branches of a file against those of another.

    Arguments:
        source: the original.
        target: what was made of it.
        changed: by tree, branches that are not compared: they were coded, or decoded.
        path: the target's name, for messages.

    Raises:
        BoundError: something is missing, or is not what it was.
    """
    wrong = differences(source, target, changed)
    if wrong:
        msg = (
            f"{path}: {', '.join(wrong[:10])} did not come back as in {source.path}; "
            "report this as a bug"
        )
        raise BoundError(msg)


def differences(source: Source, target: Source, changed: Changed) -> list[str]:
    """Name everything of a file that another does not hold as it is."""
    there = dict(target.objects())
    wrong = []
    for key, kind in source.objects():
        if kind not in _REMADE and (
            there.get(key) != kind or _content(source, key) != _content(target, key)
        ):
            wrong.append(key)
    wrong += [f"the description of class {name}" for name in _undescribed(source, target)]
    wrong += sorted(set(source.directories()) - set(target.directories()))
    names = set(target.tree_paths())
    for path in source.tree_paths():
        if path in names:
            found = _tree_differences(
                source.opened(path), target.opened(path), changed.get(path, ())
            )
            wrong += [f"{path}:{what}" for what in found]
        else:
            wrong.append(path)
    return wrong


def _content(source: Source, key: str) -> bytes:
    found = source.key(key)
    chunk, cursor = found.get_uncompressed_chunk_cursor()
    return bytes(chunk.raw_data[cursor.index :]) + str(found.fTitle).encode()


def _undescribed(source: Source, target: Source) -> list[str]:
    """Return classes of which a version is described in one file only: readers need it there.

    Collections are left out: their description says nothing, and newer versions of ROOT write none.
    """
    mine, theirs = (s.file.file.streamers for s in (source, target))
    return [
        name
        for name, versions in mine.items()
        if set(versions) - set(theirs.get(name, ()))
        and not all(e.name == "This" for info in versions.values() for e in info.elements)
    ]


def _tree_differences(tree: Any, other: Any, changed: Collection[str]) -> list[str]:
    wrong = []
    if tree.title != other.title or tree.classname != other.classname:
        wrong.append("its title or class")
    if tree.num_entries != other.num_entries or tree.aliases != other.aliases:
        wrong.append("its entries or aliases")
    order = [b.name for b in tree.branches]
    if [b.name for b in other.branches if b.name in set(order)] != order:
        wrong.append("the order of its branches")
        return wrong
    left = set(changed)
    theirs: dict[str, list[Any]] = {}
    for branch in other.branches:
        theirs.setdefault(branch.name, []).append(branch)
    for branch in tree.branches:
        pair = theirs[branch.name].pop(0)
        if branch.name not in left:
            wrong += branch_differences(branch, pair)
    return wrong


def branch_differences(branch: Any, other: Any) -> list[str]:
    """Compare the bytes of a branch and of all below it, and name those that differ."""
    mine, theirs = (_described(b) for b in (branch, other))
    if mine != theirs or _checksum(branch) != _checksum(other):
        return [str(branch.name)]
    pairs = zip(branch.branches, other.branches, strict=True)
    return [name for pair in pairs for name in branch_differences(*pair)]


def _described(branch: Any) -> tuple[Any, ...]:
    leaves = [
        (x.classname, x.member("fName"), x.member("fTitle")) for x in branch.member("fLeaves")
    ]
    names = [b.name for b in branch.branches]
    return branch.name, branch.title, branch.classname, int(branch.num_entries), leaves, names


def _checksum(branch: Any) -> tuple[int, int]:
    """Return checksums of all bytes of a branch, and of the sizes of its entries."""
    data = sizes = 0
    for number in range(branch.num_baskets):
        basket = branch.basket(number)
        data = zlib.crc32(basket.data.tobytes(), data)
        for size in _sizes(basket):
            sizes = zlib.crc32(size, sizes)
    return data, sizes


def _sizes(basket: Any) -> Iterable[bytes]:
    if basket.byte_offsets is not None:
        yield np.diff(basket.byte_offsets).tobytes()
