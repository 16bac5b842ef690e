"""Outputs appear whole or not at all, and only over files that may be replaced."""

from __future__ import annotations

import errno
import os
import re
import socket
import stat
from typing import TYPE_CHECKING, NoReturn

import pytest

from rootae.errors import ArgumentError, RootaeError
from rootae.paths import leftovers
from rootae.paths.targets import Output, check_target, forget, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def write(output: Output, text: str = "new") -> None:
    with output.atomic() as part:
        part.write_text(text)


@pytest.fixture
def umask() -> Iterator[Callable[[int], int]]:
    """Return a function that sets the umask, which is put back."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


@pytest.mark.parametrize(("mask", "mode"), [(0o002, 0o664), (0o022, 0o644), (0o077, 0o600)])
@pytest.mark.parametrize("anew", [False, True])
def test_permissions_follow_the_umask(
    tmp_path: Path, umask: Callable[[int], int], mask: int, mode: int, anew: bool
) -> None:
    umask(mask)
    with Output(tmp_path / "a").atomic() as part:
        if anew:  # as ROOT does
            part.unlink()
            os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o640))
        part.write_text("new")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode


def test_temporary_files_lie_where_nobody_else_can_put_anything(tmp_path: Path) -> None:
    names = set()
    for _ in range(3):
        with Output(tmp_path / "a").atomic() as part:
            assert stat.S_IMODE(part.parent.stat().st_mode) == 0o700
            assert part.parent.parent == tmp_path
            assert part.name == "a"
            names.add(part.parent.name)
        (tmp_path / "a").unlink()
    assert len(names) == 3
    assert all(re.fullmatch(r"\.a\.[0-9a-f]{32}\.part", n) for n in names)


def test_a_name_of_any_length_has_a_temporary_folder(tmp_path: Path) -> None:
    output = Output(tmp_path / ("ä" * 127))
    write(output)
    assert output.path.read_text() == "new"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_planted_file_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda _: "0")
    mine = tmp_path / "mine"
    mine.mkdir()
    (tmp_path / f".a.{leftovers.token}0.part").symlink_to(mine)
    with pytest.raises(FileExistsError):
        write(Output(tmp_path / "a"))
    assert list(mine.iterdir()) == []
    assert not (tmp_path / "a").exists()


def odd(kind: str, path: Path, tmp_path: Path) -> None:
    """Put something that is no regular file at a path."""
    if kind == "a symbolic link":
        (tmp_path / "mine").write_text("mine")
        path.symlink_to(tmp_path / "mine")
    elif kind == "a dangling link":
        path.symlink_to(tmp_path / "nothing")
    elif kind == "a directory":
        path.mkdir()
    elif kind == "a named pipe":
        os.mkfifo(path)
    else:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(path))


KINDS = ["a symbolic link", "a dangling link", "a directory", "a named pipe", "a socket"]


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_only_regular_files_are_replaced(tmp_path: Path, kind: str, force: bool) -> None:
    path = tmp_path / "a"
    odd(kind, path, tmp_path)
    before = path.lstat()
    with pytest.raises(ArgumentError, match=kind.replace("dangling", "symbolic")):
        check_target(path, [], force=force)
    assert path.lstat() == before


def test_a_device_is_not_replaced() -> None:
    with pytest.raises(ArgumentError, match="/dev/null is a device"):
        check_target("/dev/null", [], force=True)


def test_an_input_under_another_name_is_not_replaced(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.write_text("mine")
    (tmp_path / "hard").hardlink_to(source)
    (tmp_path / "soft").symlink_to(source)
    for name in ("in", "hard", "soft", "../" + tmp_path.name + "/in"):
        with pytest.raises(ArgumentError, match="same file"):
            check_target(tmp_path / name, [source], force=True)


def test_an_output_that_would_be_its_own_input_later(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="same file"):
        check_target(tmp_path / "a", [tmp_path / "b/../a"], force=True)


# two writers


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("there", [False, True])
def test_one_of_two_writers_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, links: bool
) -> None:
    if not links:  # as on file systems without hard links
        monkeypatch.setattr("os.link", _no_links)
    path = tmp_path / "a"
    if there:
        path.write_text("old")
    first, second = (check_target(path, [], force=there) for _ in range(2))
    with pytest.raises(RootaeError, match="another program wrote it meanwhile"), second.atomic():
        write(first, "first")
    assert path.read_text() == "first"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def _no_links(*_: object) -> NoReturn:
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


@pytest.mark.parametrize("links", [True, False])
def test_one_that_came_in_the_last_moment_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    path = tmp_path / "a"

    def late(*_: object) -> NoReturn:
        path.write_text("late")
        raise OSError(errno.EEXIST if links else errno.EPERM, "")

    monkeypatch.setattr("os.link", late)
    with pytest.raises(RootaeError, match="meanwhile"):
        write(Output(path))
    assert path.read_text() == "late"


def test_an_output_may_be_written_again_by_the_same_writer(tmp_path: Path) -> None:
    output = Output(tmp_path / "a")
    write(output, "one")
    write(output, "two")
    assert output.path.read_text() == "two"


# what is left, and what is said


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    forget()
    with pytest.raises(UnicodeEncodeError), Output(tmp_path / "a").atomic() as part:
        part.with_name("beside").write_text("\udcff" if part.write_text("half") else "")
    assert list(tmp_path.iterdir()) == []
    assert written() == []


def test_what_was_written_is_known(tmp_path: Path) -> None:
    forget()
    write(Output(tmp_path / "a"))
    with pytest.raises(ZeroDivisionError), Output(tmp_path / "b").atomic():
        _ = 1 / 0
    assert written() == [tmp_path / "a"]
    (tmp_path / "a").unlink()
    assert written() == []


def test_a_sweep_removes_what_is_under_way(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), Output(tmp_path / "a").atomic():
        leftovers.sweep()
    assert list(tmp_path.iterdir()) == []


def test_leftovers_of_another_process_are_told_by_its_token(tmp_path: Path) -> None:
    for name in (".a.11.part", ".a.22.part", ".b.11.part", "a"):
        (tmp_path / name).mkdir()
    leftovers.remove(tmp_path / "a", "11")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".a.22.part", ".b.11.part", "a"]
