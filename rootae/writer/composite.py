"""A file that is put together of other files' trees, whose codecs it keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rootae.container.codecs import CodecWriter
from rootae.writer.content import with_content
from rootae.writer.objects import Objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rootae.codec.codec import Codec

__all__ = ["Composite"]


class Composite:
    """A file under way: what stands beside its trees, and the codecs of these.

    Arguments:
        file: the uproot file.
        several: it is made of more files than one.
    """

    def __init__(self, file: Any, *, several: bool) -> None:
        self.file = file
        self.objects = Objects(file, several)
        self.codecs: dict[bytes, Codec] = {}  # that it keeps, by digest
        self._stored = CodecWriter(file)

    def keep(self, codecs: Iterable[Codec]) -> None:
        """Store codecs, each once, before the first block that needs them is written."""
        for codec in codecs:
            self.codecs[codec.digest] = codec
            self._stored.add(codec)

    def close(self, records: Sequence[Mapping[str, Any]], entries: Mapping[str, int]) -> None:
        """Write what comes behind the trees.

        Arguments:
            records: how the file and its parts were made.
            entries: of each coded tree.

        Raises:
            UnsupportedError: neither uproot nor ROOT can put objects together.
        """
        self.objects.write()
        if self.codecs:
            self._stored.close(with_content(records, self.file, entries), entries)
