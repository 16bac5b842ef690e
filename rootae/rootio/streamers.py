"""What a file says of its classes: written once, compressed, when all of it is known.

uproot writes the record as classes come, and as it is: half of what a small file takes beside its
values.
"""

from __future__ import annotations

from typing import Any

import uproot
from uproot.writing._cascade import TListOfStreamers

from rootae.rootio.compression import packed_header

__all__ = ["PackedStreamers"]


class PackedStreamers(TListOfStreamers):  # type: ignore[misc]  # uproot has no annotations
    """uproot's record of a file's classes, of which the file has an empty one until it is closed.

    An object of uproot's becomes one of these by `instead_of`.
    """

    _allocation: int

    @classmethod
    def instead_of(cls, streamers: Any) -> PackedStreamers:
        """Have a new file's record written at the end."""
        streamers.__class__ = cls
        made: PackedStreamers = streamers
        return made

    def write(self, sink: Any) -> None:
        """Write nothing: more classes may come."""

    def finish(self, sink: Any) -> None:
        """Write the record, in the place of the empty one where it fits.

        Arguments:
            sink: the file under way.
        """
        parts = [x.serialize() for x in self._rawstreamers]
        self._header.data_bytes = self._header.num_bytes + sum(map(len, parts))
        self._header.num_entries = len(parts)
        whole = self._header.serialize() + b"".join(parts)
        packed = packed_header(whole)
        if len(packed) > self._allocation:
            self._reallocate(len(packed) + self._longer(len(packed)))
        self._key.uncompressed_bytes, self._key.compressed_bytes = len(whole), len(packed)
        key = self._key.serialize()
        sink.write(self._key.location, key + packed)
        header = self._freesegments.fileheader
        header.info_location, header.info_num_bytes = self._key.location, len(key) + len(packed)
        self._freesegments.write(sink)
        sink.flush()

    def _longer(self, size: int) -> int:
        """Return by how much the key grows where a record of so many bytes will lie.

        Behind 2 GB keys have longer numbers, and uproot counts this one as it was before.
        """
        place = self._freesegments.allocate(self._key.num_bytes + size, dry_run=True)
        if self._key.big or place < uproot.const.kStartBigFile:
            return 0
        big, small = uproot.reading._key_format_big, uproot.reading._key_format_small
        return int(big.size - small.size)
