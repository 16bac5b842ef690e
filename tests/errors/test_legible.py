"""Names from files end no command, and act on no terminal, page or picture."""

from __future__ import annotations

import json
import os
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pytest
import uproot
from commands import PLAIN, Command, refused

from rootae.cli import console
from rootae.cli.console.table import headed, print_table, stdout
from rootae.errors.legible import legible, untexed, valid

if TYPE_CHECKING:
    from pathlib import Path

NAMES = {
    "markup": "a[/]",
    "bold": "[bold red]b",
    "backslash": "c\\[/]",
    "escape": "d\x1b]0;pwned\x07\x1b[31m",
    "line": "e\nrootae: all fine",
    "turned": "é\u202egnp.exe",
    "bytes": "k\udcff\udcfe",
    "formula": r"$\frac{$",
    "dollars": "pt$x$",
    "page": "<script>alert(1)</script>",
    "emoji": ":smile:",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_is_shown_is_printable_and_what_was_printable_is_itself(name: str) -> None:
    shown = legible(name)
    assert shown.isprintable()
    assert (shown == name) == name.isprintable()
    assert legible(shown) == shown
    assert valid(name).encode()
    assert untexed(name).replace(r"\$", "").count("$") == 0


def test_escapes_say_what_was_there() -> None:
    assert legible("a\x1b\x9b\x7f\u2028\udc80\ud800") == r"a\x1b\x9b\x7f\u2028\x80\ud800"
    assert legible("a\N{NO-BREAK SPACE}é😀") == "a\N{NO-BREAK SPACE}é😀"


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_lines_and_tables_hold_names_as_text(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    shown = legible(name)
    out = stdout()
    out.print(f"{name} first")
    out.print(headed(name, f": {name}"))
    print_table(out, ["column"], [[name]])
    assert capsys.readouterr().out.split("\n") == [
        f"{shown} first",
        f"{shown}: {shown}",
        *("column" + " " * (max(6, _width(shown)) - 6), shown + " " * (6 - _width(shown))),
        "",
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_messages_are_one_line_and_json_is_utf8(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    console.error(f"no {name}")
    console.note(f"no {name}")
    console.print_json({name: [name, {"x": np.int64(3)}]})
    told = capsys.readouterr()
    assert len(told.err.splitlines()) == 2
    assert all(line.isprintable() for line in told.err.splitlines())
    ((key, (text, number)),) = json.loads(told.out).items()
    assert key == text == valid(name)
    assert number == {"x": 3}


@pytest.fixture(scope="module")
def odd(folder: Path) -> Path:
    """Return a file with all of these names, a file made from it, and its tree."""
    rng = np.random.default_rng(0)
    columns = {n: rng.normal(size=2000).astype("f4") for n in NAMES.values()}
    with uproot.recreate(folder / "odd_names.root") as file:
        file.mktree("t[/]", dict.fromkeys(columns, "f4"), title="\x1b[31m[/]$x_")
        file["t[/]"].extend(columns)
    return folder / "odd_names.root"


def test_commands_show_files_of_such_names(cli: Command, odd: Path, tmp_path: Path) -> None:
    small, back = tmp_path / "small.root", tmp_path / "back.root"
    words = {
        "compress": (odd, small, "--lossy", *PLAIN, "-v"),
        "info": (small, "-v"),
        "verify": (small, "--against", odd),
        "decompress": (small, back),
        "export": (small, tmp_path / "codec"),
        "skim": (small, tmp_path / "skim.root"),
        "merge": (small, small, "-o", tmp_path / "merged.root"),
    }
    for command, arguments in words.items():
        done = cli(command, *arguments)
        assert done.exit_code == 0, (command, done.stderr)
        assert "\x1b" not in done.stdout + done.stderr, command
    told = cli("info", small, "--json").stdout
    assert r"k\\xff\\xfe" in told
    assert json.loads(told)
    listed = cli("info", small, "-v").stdout
    for name in NAMES.values():
        assert legible(name)[:8] in listed
    with uproot.open(back) as file:
        assert set(file["t[/]"].keys()) == set(NAMES.values())


@pytest.mark.slow
def test_a_page_shows_files_of_such_names(cli: Command, odd: Path, tmp_path: Path) -> None:
    pytest.importorskip("mplhep")
    page = tmp_path / "page.html"
    done = cli("evaluate", odd, odd, "--html", page)
    assert done.exit_code == 0, done.stderr
    text = page.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert r"k\xff\xfe" in text
    assert r"\x1b" in text
    assert all(c.isprintable() or c == "\n" for c in text.replace("\N{NO-BREAK SPACE}", ""))


# what is no regular file


@pytest.mark.parametrize("command", ["compress", "decompress", "info", "verify", "skim", "export"])
def test_a_pipe_is_no_input(cli: Command, tmp_path: Path, command: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    more = () if command in ("info", "verify") else (tmp_path / "out",)
    assert refused(cli(command, pipe, *more), 2, f"{pipe} is a named pipe")
    assert refused(cli(command, tmp_path, *more), 2, "is a directory")
    assert [p.name for p in tmp_path.iterdir()] == ["pipe"]


def test_a_pipe_is_no_codec_and_no_list(
    cli: Command, events: Path, packed: Path, tmp_path: Path
) -> None:
    pipe, out = tmp_path / "pipe", tmp_path / "out.root"
    os.mkfifo(pipe)
    for words in (
        ("compress", events, out, "--codec", pipe),
        ("compress", events, out, "--bounds", pipe),
        ("compress", events, out, "--config", pipe),
        ("skim", packed, out, "--tree", "Events", "-b", pipe),
        ("verify", packed, "--against", pipe),
        ("merge", packed, pipe, "-o", out),
        ("evaluate", events, pipe),
    ):
        assert refused(cli(*words), 2, "is a named pipe")
