"""Many files are read by one command: a line for each, totals, and exit codes that stay."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from commands import PLAIN, Command, refused
from samples import write_columns
from typer.testing import CliRunner

from rootae.cli import app

if TYPE_CHECKING:
    from pathlib import Path

FILES = 3
ENTRIES = 2000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of originals, ``mc``, and of what a run made of them, ``small``."""
    folder = tmp_path_factory.mktemp("readings")
    (folder / "mc").mkdir()
    for i in range(FILES):
        x = np.random.default_rng(i).normal(size=(3, ENTRIES)).astype("f4")
        write_columns(folder / f"mc/f{i}.root", {f"x{k}": c for k, c in enumerate(x)})
    words = ["compress", f"{folder}/mc/*.root", "-O", str(folder / "small"), *PLAIN, "--lossy"]
    assert CliRunner().invoke(app, words).exit_code == 0
    return folder


@pytest.fixture
def spoilt(made: Path, tmp_path: Path) -> Path:
    """Return a copy in which one output is cut, one original another file, one original gone."""
    shutil.copytree(made, tmp_path / "all")
    small, mc = tmp_path / "all/small", tmp_path / "all/mc"
    table = json.loads((small / "manifest.json").read_text())
    for record in table["files"]:
        record["fname"] = str(mc / record["output"])
    (small / "manifest.json").write_text(json.dumps(table))
    (small / "f0.root").write_bytes((small / "f0.root").read_bytes()[:2000])
    shutil.copy(mc / "f0.root", mc / "f1.root")
    (mc / "f2.root").unlink()
    return tmp_path / "all"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_manifest_knows_the_originals(cli: Command, made: Path, jobs: int) -> None:
    done = cli("verify", made / "small/manifest.json", "-j", jobs)
    assert done.exit_code == 0, done.stderr
    *lines, total = done.stdout.splitlines()
    assert {line.split(":")[0] for line in lines} == {
        str(made / f"small/f{i}.root") for i in range(FILES)
    }
    assert all("every value within its bound of the original" in line for line in lines)
    values = FILES * 3 * ENTRIES
    assert total.startswith(f"{FILES} of {FILES} files read: intact, {values:,} values of 9 coded")
    assert total.endswith(f"{FILES} of them held against their originals")


def test_originals_are_given_by_a_folder(cli: Command, made: Path) -> None:
    done = cli("verify", f"{made}/small/*.root", "--against", made / "mc", "--json")
    told = json.loads(done.stdout)
    assert [t["ok"] for t in told] == [True] * FILES
    assert [t["original"] for t in told] == [str(made / f"mc/f{i}.root") for i in range(FILES)]
    assert all(t["bounds"]["t"]["x0"].startswith("rel:") for t in told)
    alone = cli("verify", made / "small/f1.root", "--against", made / "small/manifest.json")
    assert alone.exit_code == 0, alone.stderr
    head, *rows = [line.rstrip() for line in alone.stdout.splitlines()[1:5]]
    assert head.split("  ")[-1].strip() == "bound"
    assert all("rel:" in row for row in rows)
    assert refused(cli("verify", f"{made}/small/*.root", "--against", made / "mc/f0.root"), 2)


def test_what_fails_is_named_and_the_rest_is_read(cli: Command, spoilt: Path) -> None:
    small = spoilt / "small"
    done = cli("verify", small / "manifest.json")
    assert done.exit_code == 3, "one of them is cut"
    note, *errors = done.stderr.splitlines()
    assert "no original is there any more of" in note
    assert "f2.root: checksums alone" in note
    assert len(errors) == 2
    assert str(small / "f0.root") in errors[0]
    assert f"{small / 'f1.root'} was not made of {spoilt / 'mc/f1.root'}: " in errors[1]
    *_, total, failed = done.stdout.splitlines()
    assert total.startswith("1 of 3 files read: ")
    assert failed == f"failed: {small / 'f0.root'}, {small / 'f1.root'}"
    told = json.loads(cli("verify", small / "manifest.json", "--json").stdout)
    assert [t.get("error", {}).get("kind") for t in told] == ["CorruptError", "WrongOriginal", None]


def test_broken_checksums_have_their_own_code(cli: Command, made: Path, tmp_path: Path) -> None:
    data = bytearray((made / "small/f0.root").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "a.root").write_bytes(data)
    shutil.copy(made / "small/f1.root", tmp_path / "b.root")
    assert cli("verify", tmp_path / "a.root", tmp_path / "b.root").exit_code == 3
    (tmp_path / "c.root").write_text("no ROOT file")
    assert cli("verify", tmp_path / "c.root", tmp_path / "b.root", "-q").exit_code == 1


def test_info_lists_files(cli: Command, made: Path, tmp_path: Path) -> None:
    (tmp_path / "none.root").write_text("no ROOT file")
    words = (f"{made}/*/f0.root", made / "small/codec.rootae", tmp_path / "none.root")
    done = cli("info", *words)
    assert done.exit_code == 1
    assert done.stderr.count("none.root") == 1
    *lines, total, failed = done.stdout.splitlines()
    assert len(lines) == 3
    assert "1 compressed, 1 codec, 1 plain; t of 4,000 entries" in total
    assert failed == f"failed: {tmp_path / 'none.root'}"
    told = json.loads(cli("info", made / "small/manifest.json", "--json", "-j", 2).stdout)
    assert [t["kind"] for t in told] == ["compressed"] * FILES


def test_evaluate_takes_a_manifest_a_folder_or_two_files(cli: Command, made: Path) -> None:
    pytest.importorskip("iminuit", reason="iminuit is not there")
    pytest.importorskip("scipy", reason="scipy is not there")
    done = cli("evaluate", made / "small/manifest.json")
    assert done.exit_code == 0, done.stderr
    *lines, total = done.stdout.splitlines()
    assert len(lines) == FILES
    assert f"0 of {FILES * 3 * ENTRIES:,} values with a bound break it" in total
    two = json.loads(cli("evaluate", made / "mc/f0.root", made / "small/f0.root", "--json").stdout)
    words = ("evaluate", made / "small/f0.root", "--against", made / "mc", "--json")
    assert json.loads(cli(*words).stdout) == two
    assert refused(cli("evaluate", made / "small/f0.root"), 2, "is not known: name --against")
    page = ("evaluate", made / "small/manifest.json", "--html", made / "a.html")
    assert refused(cli(*page), 2, "--html is a page of one file")
    other = cli("evaluate", f"{made}/small/f[01].root", "--against", made / "small/manifest.json")
    assert other.exit_code == 0, other.stderr


def test_evaluate_says_which_files_break_bounds(cli: Command, spoilt: Path) -> None:
    pytest.importorskip("iminuit", reason="iminuit is not there")
    pytest.importorskip("scipy", reason="scipy is not there")
    done = cli(
        "evaluate", f"{spoilt}/small/f[12].root", "--against", spoilt / "small/manifest.json"
    )
    assert done.exit_code == 3
    assert any("values break their bound" in line for line in done.stderr.splitlines())
    assert "f2.root" in done.stdout.splitlines()[-1]
