"""What decodes a block, whether in Python or by the native core."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.schema.values import Values

__all__ = ["Decoder", "Request"]


class Request(Protocol):
    """What some columns of a block take: nothing is read yet."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns."""

    @property
    def blobs(self) -> Sequence[int]:
        """Return the numbers of the blobs that have to be read, see `rootae.codec.layout`."""


class Decoder(ABC):
    """Decodes one block: only columns that are asked for, and what these are decoded from.

    One thread at a time may use it.

    Arguments:
        entries: of the block.
        fetch: gives blobs by their numbers, see `rootae.codec.layout`.
    """

    holds_sums: ClassVar[bool]
    """Whether it holds blobs against their checksums itself."""

    def __init__(self, entries: int, fetch: Callable[[Sequence[int]], Sequence[bytes]]) -> None:
        self.entries = entries
        self._fetch = fetch

    @abstractmethod
    def request(self, names: Collection[str]) -> Any:
        """Find what has to be read and decoded for some columns, a `Request` of its own kind.

        Arguments:
            names: which.
        """

    @abstractmethod
    def run(
        self,
        request: Any,
        blobs: Sequence[Any],
        *,
        keep: bool = False,
        into: Mapping[str, NDArray[Any]] | None = None,
        threads: int = 1,
    ) -> dict[str, Values]:
        """Decode columns.

        Arguments:
            request: what `request` found.
            blobs: the bytes of the blobs that it names, or views of them where it holds sums.
            keep: have the columns at hand for the next request, not only what others are made of.
            threads: how many may be at work on it.
            into: memory for values, shape (rows, *inner_shape), by column; made where there is
                none.

        Returns:
            Their values, by name. Arrays are the decoder's own where they are kept.

        Raises:
            CorruptError: the block is damaged.
        """

    def columns(self, names: Collection[str], *, keep: bool = False) -> dict[str, Values]:
        """Read and decode columns, see `run`."""
        request = self.request(names)
        return self.run(request, self._fetch(request.blobs), keep=keep)

    @abstractmethod
    def keeps(self, name: str) -> bool:
        """Say whether a column's values are kept, so that its arrays are the decoder's own."""

    def values(self, name: str, *, keep: bool = True) -> Values:
        """Return one column's values.

        Raises:
            CorruptError: the block is damaged.
        """
        return self.columns([name], keep=keep)[name]

    @abstractmethod
    def latents(self, group: str) -> NDArray[Any]:
        """Return a group's latents, shape (latents, rows).

        Raises:
            CorruptError: the block is damaged.
        """

    @property
    @abstractmethod
    def nbytes(self) -> int:
        """Return the bytes of decoded values that are kept."""
