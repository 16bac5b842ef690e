"""Several files by one command: a bad one does not keep others from being done."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from commands import PLAIN, Command, refused, spawn
from samples import write_columns

from rootae.cli.workers import results
from rootae.dataset.failure import Failure
from rootae.paths import leftovers
from rootae.progress import Progress, Told

if TYPE_CHECKING:
    from pathlib import Path


BESIDE = ["codec.rootae", "fileset.json", "manifest.json"]  # the outputs


@pytest.fixture(scope="module")
def mixed(folder: Path) -> list[Path]:
    """Return two files, and one that is none between them."""
    made = [write_columns(folder / f"mixed{i}.root", {"x": np.arange(500.0)}) for i in (0, 2)]
    (folder / "mixed1.root").write_text("no ROOT file")
    return [made[0], folder / "mixed1.root", made[1]]


@pytest.mark.parametrize("jobs", [1, 2])
def test_it_goes_on_after_a_bad_file(
    cli: Command, mixed: list[Path], tmp_path: Path, jobs: int
) -> None:
    done = cli("compress", *mixed, "-O", tmp_path, *PLAIN, "-j", jobs)
    assert done.exit_code == 1
    (line,) = (t for t in done.stderr.splitlines() if not t.startswith("rootae: note: "))
    assert line.startswith(f"rootae: {mixed[1]} is not a ROOT file")
    *lines, total, left = done.stdout.splitlines()
    assert {line.split()[0] for line in lines} == {str(mixed[0]), str(mixed[2])}
    assert total.startswith("2 of 3 files written, ")
    assert left == f"not written: {mixed[1]}"
    assert sorted(p.name for p in tmp_path.iterdir()) == [*BESIDE, "mixed0.root", "mixed2.root"]


def test_json_holds_each_outcome(cli: Command, mixed: list[Path], tmp_path: Path) -> None:
    done = cli("decompress", *mixed, "-O", tmp_path, "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert [t["ok"] for t in told] == [True, False, True]
    assert [t["source"] for t in told] == [str(p) for p in mixed]
    assert told[1]["target"] == str(tmp_path / "mixed1.root")
    assert told[1]["error"]["kind"] == "FormatError"
    assert "is not a ROOT file" in told[1]["error"]["message"]
    assert len(done.stderr.splitlines()) == 3, "two notes that nothing was coded, and one error"


def test_an_only_file_keeps_its_exit_code(cli: Command, mixed: list[Path], tmp_path: Path) -> None:
    done = cli("compress", mixed[0], "-O", tmp_path, *PLAIN, "--tree", "u", "--json")
    assert done.exit_code == 2
    assert json.loads(done.stdout)[0]["error"]["kind"] == "NameNotFound"


def test_an_output_that_is_another_input_is_refused_at_the_start(
    cli: Command, mixed: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "mixed0.root").write_bytes(mixed[0].read_bytes())
    (tmp_path / "link.root").symlink_to(folder / "mixed0.root")
    shutil.copy(mixed[0], tmp_path)
    words = ("compress", tmp_path / "mixed0.root", tmp_path / "link.root", "-O", folder, "-f")
    assert refused(cli(*words), 2, "same file", "link.root")
    assert refused(cli("compress", mixed[0], "-O", mixed[2], *PLAIN), 2, "is a file")
    assert [p.name for p in folder.iterdir()] == ["mixed0.root"]


# processes


def half(_source: object, target: Path) -> None:
    """Begin an output, and be killed."""
    with leftovers.private(target) as part:
        part.write_text("half")
        os.kill(os.getpid(), signal.SIGKILL)


def whole(source: str, target: Path, progress: Progress) -> str:
    """Do as the source says."""
    progress.phase("look", 4)
    if source == "bad":
        half(source, target)
    return source


def test_a_process_that_is_killed_spoils_its_own_file_only(tmp_path: Path) -> None:
    pairs = [(name, tmp_path / name) for name in ("bad", "b", "c", "bad")]
    heard: list[tuple[int, Told]] = []
    found = dict(results(whole, pairs, 2, lambda *told: heard.append(told)))
    assert (1, Told("look", 0.0, 4)) in heard
    assert (found[1], found[2]) == ("b", "c")
    for number in (0, 3):
        assert isinstance(found[number], Failure)
        assert "ended by SIGKILL" in found[number].text
    assert list(tmp_path.iterdir()) == []


def children(group: int) -> list[str]:
    """Return the processes of workers whose parent was of a group, which leads a session."""
    found = subprocess.run(
        ["ps", "-eo", "sid,pid,args"], capture_output=True, text=True, check=True
    )
    return [line for line in found.stdout.splitlines() if line.split()[0] == str(group)]


@pytest.mark.slow  # the first one is pressed in tests of one file
@pytest.mark.parametrize("under_way", [False, True])
def test_a_second_ctrl_c_ends_at_once(folder: Path, tmp_path: Path, under_way: bool) -> None:
    rng = np.random.default_rng(0)
    arrays = {f"x{i}": rng.normal(size=300_000).astype("f4") for i in range(8)}
    paths = [folder / f"many{i}.root" for i in range(2)]
    for path in paths:
        if not path.exists():
            write_columns(path, arrays, compression=None)
    out = tmp_path / "out"
    words = ("-O", out, "-j", 2, *PLAIN, "--lossy")
    done = spawn("compress", *paths, *words, start_new_session=True)  # so it leads a group
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and done.poll() is None:
        with contextlib.suppress(FileNotFoundError):  # a folder went while it was looked into
            if out.exists() and (not under_way or any(out.glob(".*.part/*.root"))):
                break
        time.sleep(0.002)
    assert done.poll() is None, "it was done before it could be interrupted"
    for _ in range(2):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(done.pid, signal.SIGINT)
        time.sleep(0.05)
    _, err = done.communicate(timeout=30)
    assert done.returncode == 130
    assert {line[:19] for line in err.splitlines()} == {"rootae: interrupted"}
    assert {p.name for p in out.iterdir()} <= {"codec.rootae", "fileset.json", "manifest.json"}
    assert children(done.pid) == []
