"""Columns that are about to be asked for, so that they are decoded together.

uproot asks for arrays one by one, but it asks all branches of a request for their baskets before.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rootae.schema.values import Values

__all__ = ["Announced"]

Span: TypeAlias = "tuple[int, int]"
Decode: TypeAlias = "Callable[[Sequence[str]], dict[str, Values]]"
_OTHERS = 8  # requests of other threads that are not over


@dataclass
class _Request:
    """Columns that one thread asks for.

    Arguments:
        thread: which.
        span: the range of entries.
        names: the columns that were not given out yet.
        done: their values, once they are decoded.
    """

    thread: int
    span: Span
    names: dict[str, None]
    done: dict[str, Values] | None = None

    def takes(self, name: str, span: Span) -> bool:
        """Say whether a column belongs to the same request."""
        mine = self.thread == threading.get_ident() and self.span == span
        return mine and self.done is None and name not in self.names


class Announced:
    """Requests that are under way; what holds it sees to it that one thread at a time uses it."""

    def __init__(self) -> None:
        self._requests: list[_Request] = []

    def add(self, name: str, others: Iterable[str], span: Span) -> None:
        """Take down that a column is about to be asked for, and others that it takes.

        A thread that begins another request is done with its last one, or gave it up.
        """
        for request in self._requests:
            if request.takes(name, span):
                request.names |= dict.fromkeys((name, *others))
                return
        thread = threading.get_ident()
        self._requests = [r for r in self._requests if r.thread != thread][-_OTHERS:]
        self._requests.append(_Request(thread, span, dict.fromkeys((name, *others))))

    def take(self, name: str, span: Span, decode: Decode) -> Values:
        """Return a column; the first one of a request has all of them decoded."""
        for request in self._requests:
            if request.span == span and name in request.names:
                if request.done is None:
                    self._requests.remove(request)  # gone, if this fails
                    request.done = decode([*request.names])
                    self._requests.append(request)
                del request.names[name]
                if not request.names:
                    self._requests.remove(request)
                return request.done.pop(name)
        return decode([name])[name]
