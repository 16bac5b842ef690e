"""What a report says in one line, in Python, in a notebook and in the log."""

from __future__ import annotations

import dataclasses
import functools
import html
import time
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

from rootae.errors.legible import legible
from rootae.progress import LOG

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["Summary", "log", "reported", "seconds_text", "size_text"]

_P = ParamSpec("_P")
_R = TypeVar("_R", bound="_Report")
_ROWS = 200  # of a table in a notebook


class Summary:
    """A report that is shown as a line, and in notebooks as a line and tables."""

    @property
    def headline(self) -> str:
        """Say in one line what came out."""
        raise NotImplementedError

    def tables(self) -> Mapping[str, tuple[Sequence[str], Sequence[Sequence[str]]]]:
        """Return what a notebook shows below the line: heads and rows of tables by title."""
        return {}

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {legible(self.headline)}>"

    def _repr_html_(self) -> str:
        parts = [f"<p><b>{_safe(self.headline)}</b></p>"]
        for title, (head, rows) in self.tables().items():
            parts += [f"<details open><summary>{_safe(title)}</summary><table>", _row(head, "th")]
            parts += [_row(row, "td") for row in rows[:_ROWS]]
            parts.append("</table>")
            if len(rows) > _ROWS:
                parts.append(f"<p>and {len(rows) - _ROWS:,} more</p>")
            parts.append("</details>")
        return "".join(parts)


class _Report(Protocol):
    @property
    def headline(self) -> str: ...


def reported(work: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let a function that returns a report say in it how long it took, and in the log what it did.

    Arguments:
        work: returns a dataclass with ``headline``, and ``notes`` and ``seconds`` where it has any;
            the latter is filled in where it is empty.
    """

    @functools.wraps(work)
    def run(*arguments: _P.args, **options: _P.kwargs) -> _R:
        start = time.perf_counter()
        report = work(*arguments, **options)
        if not getattr(report, "seconds", True):
            seconds = {"all": time.perf_counter() - start}
            report = dataclasses.replace(report, seconds=seconds)  # type: ignore[type-var]
        log(report)
        return report

    return run


def log(report: _Report) -> None:
    """Put into the log what a report says, and its notes."""
    LOG.info("%s", legible(report.headline))
    for note in getattr(report, "notes", ()):
        LOG.warning("%s", legible(note))


def size_text(n: float) -> str:
    """Return bytes in a unit that suits them.

    Example:
        >>> size_text(1234567)
        '1.23 MB'
    """
    for unit in ("B", "kB", "MB", "GB"):
        if abs(n) < 1000 or unit == "GB":
            break
        n /= 1000
    return f"{n:.0f} B" if unit == "B" else f"{n:.3g} {unit}"


def seconds_text(seconds: float) -> str:
    """Return a time as it is read at a glance.

    Example:
        >>> seconds_text(0.42), seconds_text(39.2), seconds_text(200), seconds_text(7300)
        ('0.4 s', '39 s', '3 min 20 s', '2 h 1 min')
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _safe(text: str) -> str:
    return html.escape(legible(text))


def _row(cells: Sequence[str], kind: str) -> str:
    return f"<tr>{''.join(f'<{kind}>{_safe(c)}</{kind}>' for c in cells)}</tr>"
