"""How far several files are that are worked on at a time: a bar for all, and one for each."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from rich.console import Console

from rootae.cli.console.bars import drawn
from rootae.errors.legible import legible
from rootae.paths.leftovers import undone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from rootae.progress import Told

__all__ = ["Files", "files"]


class Files:
    """Shows how many of several files are done, and of each under way phase, share and time left.

    Arguments:
        total: how many there are.
        bar: rich's progress display; None where nobody would see it.
    """

    def __init__(self, total: int, bar: Bar | None = None) -> None:
        self._total, self._done, self._bar = total, 0, bar
        self._under_way: dict[str, tuple[TaskID, str]] = {}
        if bar is not None:
            self._task = bar.add_task(self._count, total=total, text="")

    @property
    def _count(self) -> str:
        return f"{self._done} of {self._total} files"

    def hear(self, name: str, place: int, told: Told) -> None:
        """Show how far one file is.

        Arguments:
            name: of the file.
            place: which one it is, from 1.
            told: what its process told last.
        """
        if self._bar is None:
            return
        label = legible(f"{name} ({place} of {self._total}) {told.phase}")
        task, before = self._under_way.get(name, (None, ""))
        if task is None:
            task = self._bar.add_task(label, total=told.total, text="")
        elif before != told.phase:  # the time left is that of a phase
            self._bar.reset(task, description=label, total=told.total)
        self._under_way[name] = task, told.phase
        self._bar.update(task, completed=told.done)

    def done(self, name: str) -> None:
        """Count a file as done, whatever came of it."""
        self._done += 1
        if self._bar is not None:
            if name in self._under_way:
                self._bar.remove_task(self._under_way.pop(name)[0])
            self._bar.update(
                self._task, advance=1, description=self._count, text=f"last {legible(name)}"
            )

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Take the bar off the terminal while lines are printed."""
        if self._bar is None:
            yield
            return
        self._bar.stop()
        try:
            yield
        finally:
            self._bar.start()


@contextlib.contextmanager
def files(total: int, *, quiet: bool) -> Iterator[Files]:
    """Give a display for several files on stderr, or a silent one where nobody would see it.

    Arguments:
        total: how many there are.
        quiet: show nothing.
    """
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield Files(total)
        return
    with undone(console.show_cursor), drawn(console, transient=True) as bar:
        yield Files(total, bar)
