"""Checksums of what passes through, taken as a file is written."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from rootae.container.content import CONTENT, Content, TreeContent
from rootae.rootio.branch_sums import BranchSums, data_branches, number_of
from rootae.source.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

__all__ = ["block_sums", "content_of", "with_content"]


def with_content(
    records: Sequence[Mapping[str, Any]], file: Any, coded: Collection[str]
) -> list[dict[str, Any]]:
    """Return records of which the last has checksums of all that a file holds beside coded trees.

    Arguments:
        records: how the file and its parts were made.
        file: the uproot file under way, with all but these records.
        coded: paths of coded trees.
    """
    found = [{name: v for name, v in record.items() if name != CONTENT} for record in records]
    if found:
        with Source.open(file.file_path) as written:  # uproot's files are whole after each step
            found[-1][CONTENT] = content_of(written, coded, str(file.file.uuid)).to_json()
    return found


def content_of(source: Source, coded: Collection[str], uuid: str) -> Content:
    """Take checksums of a file's trees and objects.

    Arguments:
        source: the file, or the one that it is a copy of.
        coded: paths of coded trees, which are left out.
        uuid: of the file.
    """
    trees = {path: _tree(source.opened(path)) for path in source.tree_paths() if path not in coded}
    objects = {}
    for key, _ in source.objects():
        chunk, cursor = source.key(key).get_uncompressed_chunk_cursor()
        objects[key] = zlib.crc32(chunk.raw_data[cursor.index :])
    return Content(uuid, trees, objects)


def _tree(tree: Any) -> TreeContent:
    entries, found = int(tree.num_entries), dict[str, int]()
    for name, branch in data_branches(tree.branches):
        if int(branch.num_entries) != entries:
            continue
        total = _sum(BranchSums(branch), 0, entries)
        if total is not None:
            found[name] = total
    return TreeContent(entries, found)


def block_sums(branches: Iterable[Any], entries: int) -> Callable[[int, int], dict[int, int]]:
    """Return what takes the checksums of branches for the entries of a block.

    Arguments:
        branches: those of a coded tree that are copied as they are.
        entries: of the tree.
    """
    pairs = data_branches(branches)
    sums = {
        number_of(name): BranchSums(branch)
        for name, branch in pairs
        if int(branch.num_entries) == entries
    }

    def over(start: int, stop: int) -> dict[int, int]:
        found = {number: _sum(each, start, stop) for number, each in sums.items()}
        return {number: total for number, total in found.items() if total is not None}

    return over


def _sum(sums: BranchSums, start: int, stop: int) -> int | None:
    """Return a checksum, None of what uproot cannot read: ROOT copies it all the same."""
    try:
        return sums.over(start, stop)
    except Exception:
        return None
