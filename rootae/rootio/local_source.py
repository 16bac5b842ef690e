"""Local files read piece by piece, as uproot asks for them.

A mapped file ends the process where another program cuts it, or where it is closed while a thread
reads; reading at a place (`pread`) costs the same and ends in an error.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from uproot.source.chunk import Chunk, Source
from uproot.source.futures import TrivialFuture

if TYPE_CHECKING:
    import queue

__all__ = ["POSSIBLE", "LocalSource"]

POSSIBLE = hasattr(os, "pread")  # Windows lacks it


class _Descriptor:
    """An opened file; it is closed when nobody reads it any more, whatever threads there are."""

    def __init__(self, path: str) -> None:
        self.number = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        self.size = os.fstat(self.number).st_size

    def __del__(self) -> None:
        if "number" in self.__dict__:
            os.close(self.number)


class LocalSource(Source):  # type: ignore[misc]  # uproot has no annotations
    """A local file as uproot reads it.

    Arguments:
        file_path: the file; none of uproot's options matters here.
    """

    def __init__(self, file_path: str, **_: Any) -> None:
        super().__init__()
        self._file_path = file_path
        self._opened: _Descriptor | None = _Descriptor(file_path)
        self._num_bytes = self._opened.size

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_opened": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = state
        self._opened = _Descriptor(self._file_path)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._file_path!r}>"

    def chunk(self, start: int, stop: int) -> Chunk:
        """Read some bytes, less where the file ends before.

        Raises:
            OSError: the file is closed.
        """
        self._num_requests += 1
        return self._read(int(start), int(stop))

    def chunks(self, ranges: list[tuple[int, int]], notifications: queue.Queue[Chunk]) -> Any:
        """Read several pieces, and put each into a queue."""
        self._num_requests += 1
        found = [self._read(int(start), int(stop)) for start, stop in ranges]
        for chunk in found:
            notifications.put(chunk)
        return found

    def _read(self, start: int, stop: int) -> Chunk:
        opened = self._opened  # held, so that nobody closes it meanwhile
        if opened is None:
            msg = f"{self._file_path} is closed"
            raise OSError(msg)
        self._num_requested_chunks += 1
        self._num_requested_bytes += stop - start
        size = max(min(stop, opened.size) - start, 0) if start >= 0 else 0
        return Chunk(self, start, stop, TrivialFuture(_bytes(opened.number, start, size)))

    @property
    def closed(self) -> bool:
        """Say whether it is closed."""
        return self._opened is None

    def __enter__(self) -> LocalSource:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened = None


def _bytes(number: int, start: int, size: int) -> bytes:
    """Read at a place; the system may give less than it is asked for, and does so above 2 GB."""
    data = os.pread(number, size, start) if size else b""
    while len(data) < size and (more := os.pread(number, size - len(data), start + len(data))):
        data += more
    return data
