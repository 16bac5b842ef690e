"""The second reader is a program of its own: it needs no rootae, and says what is wrong."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING

import awkward as ak
import numpy as np
import pytest
import second
import uproot
from reference.damage import Damaged
from reference.file import read
from samples import PROJECT, write_columns

import rootae

if TYPE_CHECKING:
    from pathlib import Path

READER = PROJECT / "export" / "reference"
FILES = sorted(READER.glob("*.py"))
ALLOWED = {"cramjam", "numpy", "reference", "uproot", *sys.stdlib_module_names}
COUNTS = np.tile([2, 0, 3], 3000)
RNG = np.random.default_rng(0)
PT = RNG.exponential(30, COUNTS.sum()).astype("f4")
COLUMNS = {
    "x": np.tile(np.array([0.5, -1.0, np.nan], "f4"), 3000),
    "n": np.arange(9000, dtype="i4"),
    "J_pt": ak.unflatten(PT, COUNTS),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("second")
    write_columns(folder / "in.root", COLUMNS)
    rootae.compress(folder / "in.root", folder / "out.root", bounds={"J_pt": "rel:1e-3"})
    return folder


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_it_imports_nothing_but_numpy_uproot_and_cramjam(path: Path) -> None:
    found = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert found <= ALLOWED
    assert len(path.read_text().splitlines()) <= 300


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(READER), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_runs_as_a_program(folder: Path) -> None:
    out = folder / "out.npz"
    done = run(folder / "out.root", "--npz", out)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with np.load(out) as found:
        for name in ("x", "n"):
            assert found[f"t/{name}"].tobytes() == COLUMNS[name].tobytes()
        assert found["t/J_pt counts"].tolist() == COUNTS.tolist()
        np.testing.assert_allclose(found["t/J_pt"], PT, rtol=1e-3)
    done = run(folder / "out.root", "t", "J_pt", "n")
    first, other = done.stdout.splitlines()
    assert first.split()[:5] == ["t/J_pt", "float32", "15000", "in", "9000"]
    assert other.split() == ["t/n", "int32", "9000", "[0", "1", "2", "3", "4", "5]"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["in.root"], "is no rootae file"),
        (["out.root", "u"], "tree u: there is no such tree"),
        (["out.root", "t", "y"], "tree t: there is no coded column y"),
        (["nothing.root"], "nothing.root"),
    ],
)
def test_it_says_in_a_line_what_is_wrong(folder: Path, arguments: list[str], message: str) -> None:
    done = run(folder / arguments[0], *arguments[1:])
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def refused(path: Path, message: str) -> None:
    with second.as_stored(), pytest.raises(Damaged, match=message):
        read(path)


def test_a_tree_that_lost_its_blocks_is_refused(folder: Path, tmp_path: Path) -> None:
    with uproot.open(folder / "out.root") as file, second.as_stored():
        tree = uproot.open(folder / "out.root", object_cache=None)["t"]
        names = ["rootae_block", "rootae_entry", "x__rae", "n__rae", "J_pt__rae"]
        stored = {n: tree[n].array(library="np") for n in names if n in tree.keys()}  # noqa: SIM118
        codec = file["rootae/codecs"]["codec"].array()
    with uproot.recreate(tmp_path / "lost.root") as file:
        file.mktree("t", {n: x.dtype for n, x in stored.items()}).extend(stored)
        file.mktree("rootae/codecs", {"codec": codec.type.content}).extend({"codec": codec})
    refused(tmp_path / "lost.root", "tree t has carriers, but no blocks")


def test_a_flipped_byte_of_a_block_is_refused_by_its_number(folder: Path, tmp_path: Path) -> None:
    with uproot.open(folder / "out.root") as file:
        (head,) = file["rootae/trees/t"]["head"].array(library="np")
        (blobs,) = file["rootae/trees/t"]["blobs"].array(library="np")
    data = (folder / "out.root").read_bytes()
    for part, message in ((head, "block 0: "), (blobs, "block 0: a damaged blob")):
        assert data.count(part.tobytes()) == 1
        at = data.index(part.tobytes()) + len(part) - 1
        bad = tmp_path / "bad.root"
        bad.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        refused(bad, message)
