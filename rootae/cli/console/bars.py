"""How far a run is, on stderr or in a notebook."""

from __future__ import annotations

import contextlib
from importlib.util import find_spec
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from rootae.cli.console.messages import note
from rootae.errors.legible import legible
from rootae.paths.leftovers import undone
from rootae.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Bars", "Notes", "bars", "drawn"]


class Notes(Progress):
    """Prints notes, and nothing of how far a run is.

    Arguments:
        name: of the file, where there are several.
    """

    def __init__(self, name: str = "") -> None:
        self._name = name

    def note(self, text: str) -> None:
        """Print a note."""
        note(text, self._name)


class Bars(Notes):
    """Draws a bar for each phase: what it is, the share that is done, and the time left.

    Arguments:
        bar: rich's progress display.
        name: of the file, where there are several.
        place: which one of how many it is, as in ``2 of 25``.
    """

    def __init__(self, bar: Bar, name: str = "", place: str = "") -> None:
        super().__init__(name)
        self._bar = bar
        self._label = f"{name} ({place}) " if place else f"{name} " if name else ""
        self._task: TaskID | None = None

    def phase(self, name: str, total: float | None) -> None:
        """Finish the bar under way and begin another."""
        super().phase(name, total)
        self._finish()
        self._task = self._bar.add_task(legible(f"{self._label}{name}"), total=total, text="")

    def advance(self, units: float, text: str = "") -> None:
        """Move the bar on."""
        if self._task is not None:
            self._bar.update(self._task, advance=units, text=legible(text))

    def _finish(self) -> None:
        for task in self._bar.tasks:
            if task.id == self._task and task.total is None:
                self._bar.update(task.id, total=max(task.completed, 1))
            self._bar.stop_task(task.id)


def drawn(console: Console, *, transient: bool) -> Bar:
    """Return a display of bars.

    Arguments:
        console: where to.
        transient: nothing of it stays.
    """
    return Bar(
        TextColumn("{task.description:<10}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        TextColumn("{task.fields[text]}", markup=False),
        console=console,
        transient=transient,
        redirect_stdout=False,  # results go where they are sent
    )


def _seen_on(console: Console) -> bool:
    """Say whether bars can be drawn: rich draws them in notebooks by widgets."""
    if not console.is_jupyter:
        return console.is_terminal
    try:
        return find_spec("ipywidgets") is not None
    except ValueError:  # kept from being imported
        return False


@contextlib.contextmanager
def bars(*, quiet: bool = False, name: str = "", place: str = "") -> Iterator[Progress]:
    """Give a progress display on stderr or in a notebook, or a silent one where nobody sees it.

    Arguments:
        quiet: show nothing but notes.
        name: of the file, where there are several.
        place: which one of how many it is, as in ``2 of 25``.

    Example:
        >>> import rootae
        >>> with rootae.bars() as progress:  # doctest: +SKIP
        ...     rootae.compress("in.root", "out.root", progress=progress)
    """
    console = Console(stderr=True)
    if quiet or not _seen_on(console):
        yield Notes(name)
        return
    with undone(console.show_cursor), drawn(console, transient=bool(place)) as bar:
        yield Bars(bar, name, place)
