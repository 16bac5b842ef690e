"""A page of pcodec: numbers as bins and offsets, entropy coded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pcodec import ChunkConfig, DeltaSpec, ModeSpec, PagingSpec, wrapped

from rootae.errors import CorruptError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Pco"]

_LEVEL = 9
_TYPES = {2: "u16", 4: "u32", 8: "u64"}
_FILE = wrapped.FileCompressor()
_HEADER = _FILE.write_header()
_READER, _ = wrapped.FileDecompressor.new(_HEADER)


class Pco:
    """Bytes a number, a pco wrapped header, one chunk's metadata and its one page.

    References:
        https://github.com/pcodec/pcodec, format 4.1.
    """

    code: ClassVar[int] = 1
    name: ClassVar[str] = "pcodec"

    def encode(self, u: NDArray[np.uint64], span: int, rival: int) -> bytes | None:  # noqa: ARG002
        """Write any integers."""
        width = 2 if span <= 0xFFFF else 4 if span <= 0xFFFFFFFF else 8
        config = ChunkConfig(
            compression_level=_LEVEL,
            delta_spec=DeltaSpec.auto(),
            mode_spec=ModeSpec.classic(),
            paging_spec=PagingSpec.exact_page_sizes([len(u)]),
        )
        chunk = _FILE.chunk_compressor(u.astype(f"u{width}"), config)
        return b"".join([bytes([width]), _HEADER, chunk.write_meta(), chunk.write_page(0)])

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
        own = out if out.itemsize == width else np.empty(len(out), f"u{width}")
        _read_page(body, own)
        if own is not out:
            out[:] = own


def _read_page(body: bytes, out: NDArray[Any]) -> None:
    n = len(out)
    try:
        if body.startswith(_HEADER, 1):
            file, used = _READER, 1 + len(_HEADER)
        else:
            file, used = wrapped.FileDecompressor.new(body[1:])
            used += 1
        chunk, more = file.chunk_decompressor(body[used:], _TYPES[out.itemsize])
        used += more
        progress, more = chunk.read_page_into(body[used:], n, out)
    except (RuntimeError, TypeError) as error:
        msg = f"a pcodec page of {n} numbers does not decompress: the file is damaged"
        raise CorruptError(msg) from error
    if progress.n_processed != n or used + more != len(body):
        msg = f"{len(body)} bytes are not one pcodec page of {n} numbers: the file is damaged"
        raise CorruptError(msg)
