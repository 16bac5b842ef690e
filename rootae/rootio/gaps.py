"""Gaps of an uproot file under way, which uproot fills first, left alone for a while."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["at_the_end"]

Gaps = tuple[tuple[int, int], ...]


@contextlib.contextmanager
def at_the_end(file: Any) -> Iterator[None]:
    """Have what is written come behind all that the file holds already.

    Arguments:
        file: the uproot file under way.
    """
    record = file._cascading._freesegments
    gaps = record.data.slices
    _list(record, ())
    try:
        yield
    finally:
        _list(record, _joined([*gaps, *record.data.slices]))


def _list(record: Any, gaps: Gaps) -> None:
    """Set what the file's record of its gaps lists; uproot keeps it at the file's end."""
    key, data, is_last = record.key, record.data, record.at_end
    data.slices = gaps
    if is_last:
        data.end = data.required_end(key.location + key.num_bytes)
    key.uncompressed_bytes = key.compressed_bytes = data.allocation


def _joined(gaps: Iterable[tuple[int, int]]) -> Gaps:
    """Return gaps in order, neighbours as one.

    Example:
        >>> _joined([(7, 9), (1, 4), (4, 5)])
        ((1, 5), (7, 9))
    """
    found: list[tuple[int, int]] = []
    for start, stop in sorted(gaps):
        if found and found[-1][1] == start:
            found[-1] = found[-1][0], stop
        else:
            found.append((start, stop))
    return tuple(found)
