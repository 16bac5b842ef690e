"""A bit a number, in a zstd frame: for flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from rootae.codec.streams import zstd
from rootae.codec.streams.kinds.bytes import searched

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.codec.streams.kind import Effort

__all__ = ["Bits"]


class Bits:
    """One zstd frame of bits, the most significant bit of each byte first."""

    code: ClassVar[int] = 3
    name: ClassVar[str] = "bits"

    def encode(self, u: NDArray[Any], span: int, rival: int, effort: Effort) -> bytes | None:
        """Write zeros and ones."""
        return searched(np.packbits(u.astype(np.uint8)), rival, effort) if span == 1 else None

    def width(self, body: bytes) -> int:  # noqa: ARG002
        """Return 1."""
        return 1

    def decode(self, body: bytes, out: NDArray[Any]) -> None:
        """Read the frame."""
        packed = np.frombuffer(zstd.decompress(body, (len(out) + 7) // 8), np.uint8)
        out[:] = np.unpackbits(packed, count=len(out))
