"""One number, any number of times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rootae.errors import CorruptError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.codec.streams.kind import Effort

__all__ = ["Constant"]


class Constant:
    """The minimum itself; nothing follows."""

    code: ClassVar[int] = 0
    name: ClassVar[str] = "constant"

    def encode(self, u: NDArray[Any], span: int, rival: int, effort: Effort) -> bytes | None:  # noqa: ARG002
        """Write nothing where all integers are the same."""
        return None if span else b""

    def width(self, body: bytes) -> int:  # noqa: ARG002
        """Return 1: zeros fit into a byte."""
        return 1

    def decode(self, body: bytes, out: NDArray[Any]) -> None:
        """Set everything to zero."""
        if body:
            msg = f"{len(body)} bytes follow a constant: the file is damaged"
            raise CorruptError(msg)
        out[:] = 0
