"""On a terminal: the file, its number, percent and time left. Elsewhere notes alone."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest
from rich.console import Console

from rootae.cli.console import begin
from rootae.cli.console.bars import Bars, bars, drawn
from rootae.cli.console.files import Files
from rootae.progress import Told


def test_a_bar_names_file_number_phase_percent_and_time() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100, color_system=None)
    with drawn(console, transient=False) as bar:
        progress = Bars(bar, "in.root", "2 of 25")
        progress.phase("write", 200)
        progress.advance(90, "jets")
    for phrase in ("in.root (2 of 25) write", "45%", ":", "jets"):
        assert phrase in out.getvalue()


def test_notes_alone_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    begin()
    with bars(quiet=False, name="in.root") as progress:
        progress.phase("write", 10)
        progress.advance(5)
        progress.note("something")
        progress.note("something")
    assert capsys.readouterr().err == "rootae: note: in.root: something\n"


def test_bars_show_in_notebooks(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("IPython")
    pytest.importorskip("ipywidgets")
    shown: list[Any] = []
    monkeypatch.setattr("IPython.display.display", lambda *what, **_: shown.extend(what))
    module = sys.modules[Bars.__module__]
    monkeypatch.setattr(module, "Console", lambda **_: Console(force_jupyter=True, width=80))
    with bars() as progress:
        progress.phase("train", 1.0)
        progress.advance(0.5)
    assert shown


def test_notebooks_without_widgets_show_no_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules[Bars.__module__]
    monkeypatch.setattr(module, "Console", lambda **_: Console(force_jupyter=True, width=80))
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with bars() as progress:
        assert not isinstance(progress, Bars)


def test_files_at_a_time_share_a_bar() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100, color_system=None)
    with drawn(console, transient=True) as bar:
        files = Files(4, bar)
        for place, name in enumerate(("a.root", "b.root"), 1):
            files.hear(name, place, Told("train", 1.0, 2.0))
            files.hear(name, place, Told("write", 60.0, 200.0))
            bar.refresh()
            with files.aside():
                out.write(f"<{name} is done>")
            files.done(name)
        bar.refresh()
    for phrase in ("2 of 4 files", "50%", "last b.root", "<a.root is done>"):
        assert phrase in out.getvalue()
    for phrase in ("b.root (2 of 4) write", "30%", ":"):
        assert phrase in out.getvalue()
