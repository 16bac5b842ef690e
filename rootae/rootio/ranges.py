"""Ranges of a file's bytes, read with as few requests as can be."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["read_ranges"]

_GAP = 1 << 14  # bytes between two ranges that are rather read than left out

_Numbered = tuple[int, int, int]  # where a range begins and ends, and its number


def read_ranges(source: Any, ranges: Sequence[tuple[int, int]]) -> list[memoryview]:
    """Return the bytes of some ranges of a file; those that lie close to one another together.

    Arguments:
        source: uproot's, of the file.
        ranges: where each begins and ends.
    """
    found = [memoryview(b"")] * len(ranges)
    lying = [(start, stop, i) for i, (start, stop) in enumerate(ranges) if stop > start]
    together = _together(lying)
    chunks = _chunks(source, [(a, b) for a, b, _ in together])
    for first, last, members in together:
        data = chunks[first, last]
        for start, stop, i in members:
            found[i] = data[start - first : stop - first]
    return found


def _together(ranges: list[_Numbered]) -> list[tuple[int, int, list[_Numbered]]]:
    """Put ranges that lie close to one another together: where they begin and end, and which."""
    found: list[tuple[int, int, list[_Numbered]]] = []
    for each in sorted(ranges):
        start, stop, _ = each
        if found and start - found[-1][1] <= _GAP:
            first, last, members = found[-1]
            found[-1] = first, max(last, stop), members
            members.append(each)
        else:
            found.append((start, stop, [each]))
    return found


def _chunks(source: Any, ranges: list[tuple[int, int]]) -> dict[tuple[int, int], memoryview]:
    """Return the bytes of some ranges of a file."""
    if not ranges:
        return {}
    if len(ranges) == 1:
        return {ranges[0]: memoryview(source.chunk(*ranges[0]).raw_data)}
    found = source.chunks(ranges, notifications=queue.Queue())
    return {(c.start, c.stop): memoryview(c.raw_data) for c in found}
