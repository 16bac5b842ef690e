"""Bookkeeping branches read basket by basket, without the machinery of uproot's arrays."""

from __future__ import annotations

import itertools
import queue
from typing import TYPE_CHECKING, Any

import numpy as np
import uproot
from uproot.behaviors.TBranch import TBranch

from rootae.rootio.ranges import read_ranges

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = [
    "basket_ends",
    "basket_keys",
    "common_ends",
    "entry_places",
    "is_constant",
    "omits_places",
    "read_branch",
    "read_branches",
    "span_of",
]

_ENDS = "_rootae_ends"
_SIZES = 1  # of the features' bits


def basket_ends(branch: Any) -> NDArray[np.int64]:
    """Return where a branch's baskets begin, and where the last one ends; uproot lists it anew."""
    if _ENDS not in branch.__dict__:
        branch.__dict__[_ENDS] = np.array(branch.entry_offsets, np.int64)
    found: NDArray[np.int64] = branch.__dict__[_ENDS]
    return found


def common_ends(branches: Iterable[Any]) -> NDArray[np.int64] | None:
    """Return the entries where a basket of every one of some branches ends, and of all below these.

    Arguments:
        branches: the uproot branches.

    Returns:
        Entries in order, zero among them; None if no branch has a basket.
    """
    found: NDArray[np.int64] | None = None
    for each in branches:
        for branch in (each, *each.itervalues(recursive=True)):
            if branch.num_baskets:
                ends = basket_ends(branch)
                found = ends if found is None else np.intersect1d(found, ends)
    return found


def read_branch(branch: Any, start: int = 0, stop: int | None = None) -> NDArray[Any]:
    """Read a branch of numbers or of bytes, basket by basket.

    This is several times quicker than uproot's arrays, which bookkeeping of a few values would wait
    for, and it stays in this thread, which may be one of the pool that uproot would wait for.

    Arguments:
        branch: the uproot branch.
        start, stop: the first entry to read, and the one after the last.

    Returns:
        One item an entry: numbers, or arrays of bytes as objects.

    Raises:
        ValueError: the branch holds something else, or not as many entries as it says.
    """
    stop = int(basket_ends(branch)[-1]) if stop is None else stop
    return read_branches([branch], start, stop)[0]


def read_branches(branches: Sequence[Any], start: int, stop: int) -> list[NDArray[Any]]:
    """Read branches of one file as `read_branch` does, the bytes of all at one go."""
    spans = [span_of(basket_ends(b), start, stop) for b in branches]
    wanted = [(b, i) for b, span in zip(branches, spans, strict=True) for i in span]
    read = dict(zip([(id(b), i) for b, i in wanted], _baskets(wanted), strict=True))
    found = []
    for branch, span in zip(branches, spans, strict=True):
        ends = basket_ends(branch)
        parts = [
            _items(branch, np.asarray(x.data), x.byte_offsets, int(ends[i + 1] - ends[i]))
            for i in span
            for x in [read[id(branch), i]]
        ]
        if not parts:
            found.append(_items(branch, np.zeros(0, np.uint8), np.zeros(1, np.int64), 0))
            continue
        whole, first = np.concatenate(parts) if len(parts) > 1 else parts[0], int(ends[span[0]])
        found.append(whole[max(start - first, 0) : stop - first])
    return found


def span_of(ends: NDArray[np.int64], start: int, stop: int) -> range:
    """Return the numbers of the baskets that hold some entries."""
    first, last = np.searchsorted(ends[1:], start, "right"), np.searchsorted(ends[:-1], stop)
    return range(int(first), int(last))


def _baskets(wanted: Sequence[tuple[Any, int]]) -> list[Any]:
    """Return baskets of branches of one file, by their numbers."""
    apart = [(b, i) for b, i in wanted if i < b.num_baskets - len(b.embedded_baskets)]
    starts = [int(b.member("fBasketSeek")[i]) for b, i in apart]
    sizes = [int(b.basket_compressed_bytes(i)) for b, i in apart]
    ranges = [(start, start + size) for start, size in zip(starts, sizes, strict=True)]
    read = read_ranges(apart[0][0].file.source, ranges) if apart else []
    found = {}
    for (branch, i), data, (start, _) in zip(apart, read, ranges, strict=True):
        chunk = uproot.source.chunk.Chunk.wrap(branch.file.source, np.asarray(data), start)
        cursor, context = uproot.source.cursor.Cursor(start), {"basket_num": i}
        found[id(branch), i] = uproot.models.TBasket.Model_TBasket.read(
            chunk, cursor, context, branch.file, branch.file, branch
        )
    return [found.get((id(b), i)) or b.basket(i) for b, i in wanted]


def omits_places(branch: Any) -> bool:
    """Say whether a branch's baskets may leave out where entries begin (``kGenerateOffsetMap``).

    Where another branch counts its entries they say nothing, elsewhere they hold entries' sizes.
    uproot takes sizes for places, and counts as if each value had all of its bytes.
    """
    features = branch.member("fIOFeatures", none_if_missing=True)
    is_so = features is not None and int(features.member("fIOBits")) & _SIZES
    return bool(is_so and branch.member("fEntryOffsetLen") > 0)


def entry_places(branch: Any, basket: Any) -> Any:
    """Return where a basket's entries begin, and where the last one ends, None if it does not say.

    Arguments:
        branch: the uproot branch.
        basket: one of its baskets.
    """
    places = basket.byte_offsets
    if places is None or not len(places) or not places[0] or not omits_places(branch):
        return places
    sizes = places[1:-1] - places[0]
    return np.concatenate([[0], np.cumsum(sizes), places[-1:]]).astype(places.dtype)


def is_constant(branch: Any, value: int) -> bool:
    """Say whether a branch of one byte an entry holds nothing but a value, in every basket.

    Arguments:
        branch: the uproot branch.
        value: the byte.

    Raises:
        Exception: whatever uproot raises over a basket that it cannot read.
    """
    ends = basket_ends(branch).tolist()
    parts = (TBranch.basket(branch, i).data for i in range(len(ends) - 1))  # a carrier refuses
    return all(
        len(part) == high - low and bool((part == value).all())
        for part, (low, high) in zip(parts, itertools.pairwise(ends), strict=True)
    )


def basket_keys(branch: Any, numbers: Sequence[int]) -> list[Any]:
    """Return the keys of some baskets, read at one go.

    uproot's own way asks for each by numpy's integers, which XRootD's client does not take.
    """
    size, source = uproot.reading._key_format_big.size, branch.file.source
    starts = [int(branch.member("fBasketSeek")[n]) for n in numbers]
    ranges = [(start, start + size) for start in starts]
    chunks = {c.start: c for c in source.chunks(ranges, queue.Queue())} if ranges else {}
    return [
        uproot.reading.ReadOnlyKey(
            chunks[start], uproot.source.cursor.Cursor(start), {}, branch.file, branch,
            read_strings=False,
        )
        for start in starts
    ]  # fmt: skip


def _items(
    branch: Any, data: NDArray[Any], offsets: NDArray[Any] | None, entries: int
) -> NDArray[Any]:
    """Cut a basket's bytes into entries."""
    kind = branch.interpretation
    if isinstance(kind, uproot.AsDtype):
        values = np.frombuffer(data, kind.from_dtype)
        if len(values) == entries:
            return values.astype(kind.to_dtype.base)
    elif isinstance(kind, uproot.AsJagged) and offsets is not None and _ascends(offsets, data):
        items = np.empty(len(offsets) - 1, object)
        for i, (low, high) in enumerate(itertools.pairwise(offsets.tolist())):
            items[i] = data[low:high]
        if len(items) == entries and kind.content.from_dtype.itemsize == 1:
            return items
    msg = f"{branch.name} holds something else than its {entries} entries"
    raise ValueError(msg)


def _ascends(offsets: NDArray[Any], data: NDArray[Any]) -> bool:
    """Say whether offsets lie within the data, in order."""
    inside = offsets[0] >= 0 and offsets[-1] <= len(data)
    return bool(inside and (np.diff(offsets) >= 0).all())
