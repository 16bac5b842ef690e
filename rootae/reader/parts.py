"""A range of entries of columns that were decoded together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["parts"]


def parts(found: Mapping[str, Values], start: int, stop: int) -> Iterator[tuple[str, Values]]:
    """Yield each column over some entries; those that one counts share the lengths of their lists.

    Arguments:
        found: the columns.
        start, stop: the range.
    """
    known: dict[int, tuple[NDArray[np.int64], int, int]] = {}
    for name, values in found.items():
        if values.counts is None:
            yield name, values.part(start, stop)
            continue
        key = id(values.counts)  # which `found` holds
        if key not in known:
            counts, low = values.counts[start:stop], int(values.counts[:start].sum())
            known[key] = counts, low, low + int(counts.sum())
        counts, low, high = known[key]
        yield name, Values(values.flat[low:high], counts)
