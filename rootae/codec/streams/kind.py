"""What a kind of stream is: integers from zero up to bytes and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["THOROUGH", "Effort", "Kind"]


@dataclass(frozen=True)
class Effort:
    """How long to look for the shortest stream.

    Arguments:
        is_quick: only the size matters, about.
        delta: try differences of neighbours, which takes as long as all else.
    """

    is_quick: bool = False
    delta: bool = True


THOROUGH = Effort()


class Kind(Protocol):
    """One way to write integers u >= 0, which are what lies above a stream's minimum.

    A stream is the kind's code, the minimum, and the body that the kind writes. Where values have
    contexts, the bodies of many streams are decoded into one array, whose numbers are as wide as
    the widest among them.
    """

    code: ClassVar[int]
    """The byte that a stream of this kind begins with."""

    name: ClassVar[str]
    """What `export/FORMAT.md` calls it."""

    def encode(self, u: NDArray[Any], span: int, rival: int, effort: Effort) -> bytes | None:
        """Write integers as a body.

        Arguments:
            u: unsigned integers of shape (n,), the least one 0, of two bytes at least; left as they
                are.
            span: the largest one; 0 where n is 0.
            rival: bytes of the shortest stream so far, for kinds that take long to write.
            effort: how long to look for the shortest body.

        Returns:
            The body, or None where this kind does not serve. A body of no bytes ends the search.
        """
        ...

    def width(self, body: bytes) -> int:
        """Say how wide a body's integers may be: 1, 2, 4 or 8 bytes.

        Raises:
            CorruptError: the body does not begin as one of this kind does.
        """
        ...

    def decode(self, body: bytes, out: NDArray[Any]) -> None:
        """Read a body.

        Arguments:
            body: bytes that may lie.
            out: where all of its n integers go, shape (n,), unsigned, at least as wide as `width`
                says; it holds anything before.

        Raises:
            CorruptError: the body does not hold exactly n integers, or more than them.
        """
        ...
