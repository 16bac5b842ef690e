"""How far a run is, on stderr."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from rootae.cli.console.messages import note
from rootae.leftovers import undone
from rootae.legible import legible
from rootae.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Bars", "Notes", "bars"]


class Notes(Progress):
    """Prints notes, and nothing of how far a run is."""

    def note(self, text: str) -> None:
        """Print a note."""
        note(text)


class Bars(Notes):
    """Draws a bar for each phase.

    Arguments:
        bar: rich's progress display.
    """

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task: TaskID | None = None

    def phase(self, name: str, total: float | None) -> None:
        """Finish the bar under way and begin another."""
        self._finish()
        self._task = self._bar.add_task(legible(name), total=total, text="")

    def advance(self, units: float, text: str = "") -> None:
        """Move the bar on."""
        if self._task is not None:
            self._bar.update(self._task, advance=units, text=legible(text))

    def _finish(self) -> None:
        for task in self._bar.tasks:
            if task.id == self._task and task.total is None:
                self._bar.update(task.id, total=max(task.completed, 1))
            self._bar.stop_task(task.id)


@contextlib.contextmanager
def bars(*, quiet: bool) -> Iterator[Progress]:
    """Give a progress display on stderr, or a silent one where nobody would see it."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield Notes()
        return
    texts = (
        TextColumn("{task.description:<10}", markup=False),
        TextColumn("{task.fields[text]}", markup=False),
    )
    with (
        undone(console.show_cursor),
        Bar(texts[0], BarColumn(), TimeElapsedColumn(), texts[1], console=console) as bar,
    ):
        yield Bars(bar)
