"""Trees under way whose header is written once, when it is known where their clusters end.

uproot writes the header first and its numbers as they come, so that it has no place for ranges of
clusters, room for ten or a hundred baskets a branch, and nothing of it is compressed.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import uproot

from rootae.rootio.compression import packed_header
from rootae.rootio.wide import WideTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["ClusteredTree", "cluster_ranges", "usual_cluster"]

_ENOUGH = 1 << 23  # bytes of a cluster as it is stored
_ROOM = 10  # for baskets at least, as ROOT has it
_TAIL = 28  # bytes of a header behind the references to its leaves
_BEFORE_BASKETS = 25 + 4  # bytes from what a leaf counts by to its baskets, less the leaf's limits


class ClusteredTree(WideTree):
    """uproot's tree under way, with a key of no bytes until it is finished.

    Attributes:
        nameless: branches whose baskets have keys without names.
    """

    _key: Any
    _name: str
    _header: bytes = b""
    nameless: frozenset[str] = frozenset()

    def write_anew(self, sink: Any) -> None:
        """Write the header, or its key alone."""
        packed = packed_header(self._header)
        self._key = self._directory.add_object(
            sink, "TTree", self._name, self._title, packed, len(self._header),
            replaces=self._key, big=True,
        )  # fmt: skip

    def write_np_basket(self, sink: Any, branch_name: str, *what: Any) -> Any:
        """Write a basket; nobody looks for it by its name, which may be half of its bytes."""
        if branch_name not in self.nameless:
            return super().write_np_basket(sink, branch_name, *what)
        name, self._name = self._name, ""
        try:
            return super().write_np_basket(sink, "", *what)
        finally:
            self._name = name

    def write_updates(self, sink: Any) -> None:
        """Write nothing: there is no header yet."""

    def _relocate(self, file: Any, sink: Any) -> None:
        """Leave the header where it is not."""

    def finish(self, file: Any, clusters: Sequence[int], beside: int = 0) -> None:
        """Write the header.

        Arguments:
            file: the uproot file under way.
            clusters: the entries of each cluster, in order.
            beside: bytes of these entries that lie elsewhere.
        """
        ends, sizes = cluster_ranges(clusters)
        self._metadata["fNClusterRange"] = len(ends)
        if clusters:
            nbytes = self._metadata["fZipBytes"] + beside
            self._metadata["fAutoFlush"] = usual_cluster(clusters, nbytes)
            # ROOT marks no cluster's end behind a tree that says nothing was flushed
            self._metadata["fFlushedBytes"] = self._metadata["fZipBytes"]
        self._cut_room()
        self._header = self._with_ranges(self._built(), ends, sizes)
        super()._relocate(file, file.sink)

    def _cut_room(self) -> None:
        self._basket_capacity = max(self._num_baskets + 1, _ROOM)
        for datum in self._branches():
            for name in ("fBasketBytes", "fBasketEntry", "fBasketSeek"):
                datum[name] = datum[name][: self._basket_capacity]

    def _branches(self) -> list[dict[str, Any]]:
        return [datum for datum in self._branch_data if datum["kind"] != "record"]

    def _built(self) -> bytearray:
        """Return the header as uproot would have it in the file now."""
        built = _Bytes(self._key.seek_location + self._key.num_bytes, self._build_out())
        super().write_updates(built)
        return built.all

    def _with_ranges(self, header: bytearray, ends: Sequence[int], sizes: Sequence[int]) -> bytes:
        """Return the header with ranges of clusters, and what refers to its parts moved on."""
        if not ends:
            return bytes(header)
        arrays = b"".join(b"\1" + np.array(x, ">i8").tobytes() for x in (ends, sizes))
        more = len(arrays) - 2  # there were two arrays of nothing
        at = self._metadata_start + uproot.models.TTree._ttree20_format1.size
        for place in (0, *self._references(len(header))):
            word = slice(place, place + 4)
            header[word] = (int.from_bytes(header[word]) + more).to_bytes(4)
        return bytes(header[:at]) + arrays + bytes(header[at + 2 :])

    def _references(self, size: int) -> Iterable[int]:
        """Yield where a header has references to leaves: by what they count, and in its list."""
        branches = self._branches()
        for datum in branches:
            if datum["counter"] is not None:
                limits = datum["tleaf_special_struct"].size
                yield datum["basket_metadata_start"] - limits - _BEFORE_BASKETS
        yield from range(size - _TAIL - 4 * len(branches), size - _TAIL, 4)


class _Bytes:
    """Bytes that uproot takes for its file.

    Arguments:
        start: where in the file they would begin.
        parts: the bytes.
    """

    def __init__(self, start: int, parts: Iterable[bytes]) -> None:
        self._start = start
        self.all = bytearray(b"".join(parts))

    def write(self, location: int, data: bytes) -> None:
        """Replace some of them."""
        at = location - self._start
        self.all[at : at + len(data)] = data

    def flush(self) -> None:
        """Do nothing."""


def cluster_ranges(clusters: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return clusters as ROOT keeps them: ranges of clusters of one size.

    The last cluster is in none: it goes from the last range to the tree's end. Were there nothing
    left, hadd would put a cluster of no entries there.

    Arguments:
        clusters: the entries of each, none of them zero.

    Returns:
        The last entry of each range, and the entries of its clusters.

    Example:
        >>> cluster_ranges([500, 500, 400, 300])
        ([999, 1399], [500, 400])
    """
    ends, sizes, end = [], [], 0
    for size, several in itertools.groupby(clusters[:-1]):
        end += sum(several)
        ends.append(end - 1)
        sizes.append(size)
    return ends, sizes


def usual_cluster(clusters: Sequence[int], nbytes: int) -> int:
    """Return how many entries a cluster is to have where ROOT makes new ones of a tree's entries.

    So does hadd where it compresses anew; without a number it would make one of any tree of
    carriers, whose bytes it counts. Small clusters are put together.

    Arguments:
        clusters: the entries of each cluster of the tree, at least one.
        nbytes: what they take as they are stored.

    Returns:
        A number of entries, that of the largest cluster at least: the last one is within it.

    Example:
        >>> usual_cluster([500, 500, 300], 39_000_000), usual_cluster([500], 1 << 20)
        (500, 4000)
    """
    most = max(clusters)
    return most * max(_ENOUGH * sum(clusters) // max(nbytes * most, 1), 1)
