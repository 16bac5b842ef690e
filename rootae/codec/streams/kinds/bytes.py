"""A byte a number, in a zstd frame: for what repeats itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from rootae.codec.streams import zstd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.codec.streams.kind import Effort

__all__ = ["Bytes", "searched"]


class Bytes:
    """One zstd frame of as many bytes as there are integers."""

    code: ClassVar[int] = 2
    name: ClassVar[str] = "bytes"

    def encode(self, u: NDArray[Any], span: int, rival: int, effort: Effort) -> bytes | None:
        """Write integers of more than one bit and at most eight."""
        return searched(u.astype(np.uint8, copy=False), rival, effort) if 1 < span <= 0xFF else None

    def width(self, body: bytes) -> int:  # noqa: ARG002
        """Return 1."""
        return 1

    def decode(self, body: bytes, out: NDArray[Any]) -> None:
        """Read the frame."""
        out[:] = np.frombuffer(zstd.decompress(body, len(out)), np.uint8)


def searched(data: NDArray[np.uint8], rival: int, effort: Effort) -> bytes | None:
    """Return a thoroughly made frame, or None where a quick look says that it will not pay."""
    raw = data.tobytes()
    quick = zstd.compress(raw, 1)
    if effort.is_quick:
        return quick
    return zstd.compress(raw) if len(quick) < 1.2 * rival else None
