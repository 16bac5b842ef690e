"""How a long run tells whoever waits for it."""

from __future__ import annotations

import contextlib
import logging
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["LOG", "Clock", "Logging", "Noting", "Progress", "Telling", "Told"]

LOG = logging.getLogger("rootae")
LOG.addHandler(logging.NullHandler())  # without a handler, Python would print warnings


@dataclass
class Clock:
    """Seconds of wall time by phase."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time what happens inside a `with`."""
        start = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


class Progress:
    """Told how far a run is; this one keeps quiet, but for the log."""

    def phase(self, name: str, total: float | None) -> None:
        """Begin a phase of that many units."""
        LOG.debug("%s: %s", name, "" if total is None else f"{total:,g}")

    def advance(self, units: float, text: str = "") -> None:
        """Finish some units of the phase."""

    def note(self, text: str) -> None:
        """Say what the user should know, in a sentence."""


@dataclass(frozen=True)
class Told:
    """How far one file is, as another process is told.

    Arguments:
        phase: what is done.
        done: units of it.
        total: how many there are, None where nobody knows.
    """

    phase: str
    done: float = 0.0
    total: float | None = None

    def __str__(self) -> str:
        return self.phase + (f" {self.done / self.total:.0%}" if self.total else "")


class Telling(Progress):
    """Tells another process how far it is: at each phase, and now and then between.

    Arguments:
        tell: takes what is to be told.
        every: seconds between two times.
    """

    def __init__(self, tell: Callable[[Told], None], every: float) -> None:
        self._tell, self._every = tell, every
        self._told, self._due = Told(""), 0.0

    def phase(self, name: str, total: float | None) -> None:
        """Begin a phase."""
        super().phase(name, total)
        self._told = Told(name, 0.0, total)
        self._say()

    def advance(self, units: float, text: str = "") -> None:
        """Finish some units of it."""
        del text
        self._told = replace(self._told, done=self._told.done + units)
        if time.monotonic() >= self._due:
            self._say()

    def _say(self) -> None:
        self._due = time.monotonic() + self._every
        self._tell(self._told)


class Noting(Progress):
    """Passes on how far a run is and keeps its notes.

    Arguments:
        inner: told the rest.
        notes: the list that they are added to.
    """

    def __init__(self, inner: Progress, notes: list[str]) -> None:
        self._inner = inner
        self._notes = notes

    def phase(self, name: str, total: float | None) -> None:
        """Begin a phase of that many units."""
        self._inner.phase(name, total)

    def advance(self, units: float, text: str = "") -> None:
        """Finish some units of the phase."""
        self._inner.advance(units, text)

    def note(self, text: str) -> None:
        """Keep a note."""
        self._notes.append(text)


class Logging(Noting):
    """Passes everything on, and puts notes into the log, where no report keeps them.

    Arguments:
        inner: told everything.
    """

    def __init__(self, inner: Progress) -> None:
        super().__init__(inner, [])

    def note(self, text: str) -> None:
        """Log a note, and pass it on."""
        LOG.warning("%s", text)
        self._inner.note(text)
