"""A page of pcodec: numbers as bins and offsets, entropy coded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pcodec import ChunkConfig, DeltaSpec, ModeSpec, PagingSpec, wrapped

from rootae.errors import CorruptError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.codec.streams.kind import Effort

__all__ = ["Pco"]

_LEVEL, _QUICK = 9, 5
_TYPES = {2: "u16", 4: "u32", 8: "u64"}
_HEADER = b"\x04\x01"
_FILE = wrapped.FileCompressor()
_READER, _ = wrapped.FileDecompressor.new(_HEADER)
_CHUNK = 1 + len(_HEADER)  # where metadata begins
_LEAST = _CHUNK + 4  # bytes
_NO_DELTA, _CONSECUTIVE = 0x00, 0x10  # metadata's first byte; the lower half is the mode, classic
_ORDERS = 7


class Pco:
    """Bytes a number, a pco wrapped header, one chunk's metadata and its one page.

    Of what pcodec can do, only classic mode with differences of an order, or none, so that a
    reader needs no more than `export/FORMAT.md` says.

    References:
        https://github.com/pcodec/pcodec, format 4.1.
    """

    code: ClassVar[int] = 1
    name: ClassVar[str] = "pcodec"

    def encode(self, u: NDArray[Any], span: int, rival: int, effort: Effort) -> bytes | None:  # noqa: ARG002
        """Write any integers, at least one."""
        if not len(u):
            return None
        width = 2 if span <= 0xFFFF else 4 if span <= 0xFFFFFFFF else 8
        numbers = u.astype(f"u{width}", copy=False)
        spec = DeltaSpec.auto() if effort.delta else DeltaSpec.no_op()
        level = _QUICK if effort.is_quick else _LEVEL
        body = bytes([width]) + _page(numbers, spec, level)
        if not _known(body):  # lookback, which pcodec takes for about one page of a thousand
            specs = (DeltaSpec.no_op(), DeltaSpec.try_consecutive(1), DeltaSpec.try_consecutive(2))
            body = bytes([width]) + min((_page(numbers, s, level) for s in specs), key=len)
        return body

    def width(self, body: bytes) -> int:
        """Return the first byte."""
        width = body[0] if body else 0
        if width not in _TYPES:
            msg = f"a stream has numbers of {width} bytes: the file is damaged"
            raise CorruptError(msg)
        return width

    def decode(self, body: bytes, out: NDArray[Any]) -> None:
        """Read the page."""
        width = body[0]
        if not _known(body):
            msg = f"a pcodec page begins with {body[1:5].hex(' ')}: the file is damaged"
            raise CorruptError(msg)
        own = out if out.itemsize == width else np.empty(len(out), f"u{width}")
        _read_page(body, own)
        if own is not out:
            out[:] = own


def _page(numbers: NDArray[Any], spec: DeltaSpec, level: int) -> bytes:
    """Return the header, one chunk's metadata and its page."""
    config = ChunkConfig(
        compression_level=level,
        delta_spec=spec,
        mode_spec=ModeSpec.classic(),
        paging_spec=PagingSpec.exact_page_sizes([len(numbers)]),
    )
    chunk = _FILE.chunk_compressor(numbers, config)
    return b"".join([_HEADER, chunk.write_meta(), chunk.write_page(0)])


def _known(body: bytes) -> bool:
    """Say whether header, mode and differences are among those that the format has."""
    if not body.startswith(_HEADER, 1) or len(body) < _LEAST:
        return False
    first, second = body[_CHUNK], body[_CHUNK + 1]
    return first == _NO_DELTA or (first == _CONSECUTIVE and 0 < second & 15 <= _ORDERS)


def _read_page(body: bytes, out: NDArray[Any]) -> None:
    n = len(out)
    try:
        chunk, used = _READER.chunk_decompressor(body[_CHUNK:], _TYPES[out.itemsize])
        used += _CHUNK
        progress, more = chunk.read_page_into(body[used:], n, out)
    except (RuntimeError, TypeError) as error:
        msg = f"a pcodec page of {n} numbers does not decompress: the file is damaged"
        raise CorruptError(msg) from error
    if progress.n_processed != n or used + more != len(body):
        msg = f"{len(body)} bytes are not one pcodec page of {n} numbers: the file is damaged"
        raise CorruptError(msg)
