"""One codec for all files: what is asked in vain is said before any training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from commands import PLAIN, Command, refused
from samples import write_columns

from rootae.dataset import learning
from rootae.dataset.orders import compressing
from rootae.errors import RootaeError

if TYPE_CHECKING:
    from pathlib import Path

    from rootae.planner.sample import Sampled


@pytest.fixture(scope="module")
def two(folder: Path) -> list[Path]:
    """Return two files, one of which has a column more."""
    x = np.arange(3000.0)
    (folder / "slips").mkdir()
    first = write_columns(folder / "slips/a.root", {"x1": x, "n": np.arange(3000)})
    return [first, write_columns(folder / "slips/b.root", {"x1": x, "only": x * 1.01})]


def test_a_slip_is_said_before_the_work(
    cli: Command, two: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        msg = "the work"
        raise RootaeError(msg)

    monkeypatch.setattr(learning, "train_codec", none)
    words = ("--bound", "X1=rel:1e-3", "--bound", "only=abs:1", "--keep-plain", "z*")
    first, second, last = cli("compress", *two, "-O", tmp_path, *PLAIN, *words).stderr.splitlines()
    assert "note: bound X1=rel:0.001 matches no column; did you mean 'x1'" in first
    assert "note: --keep-plain z* matches no column" in second
    assert last == "rootae: the work", "what one of the files has is no slip"


def test_what_was_said_of_all_files_is_not_repeated(
    cli: Command, two: list[Path], tmp_path: Path
) -> None:
    done = cli("compress", *two, "-O", tmp_path, *PLAIN, "--bound", "X1=rel:1e-3", "-q")
    assert done.exit_code == 0, done.stderr
    assert done.stderr.count("X1=rel:0.001 matches no column") == 1


def test_a_tree_that_no_file_has_is_refused_at_once(
    cli: Command, two: list[Path], tmp_path: Path
) -> None:
    done = cli("compress", *two, "-O", tmp_path, *PLAIN, "--tree", "tt")
    assert refused(done, 2, "no tree 'tt' in", "did you mean 't'?")
    assert list(tmp_path.glob("*.root")) == []


def test_samples_are_spread_over_many_files(
    two: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[Sampled]] = []

    def train(samples: dict[str, list[Sampled]], *_: Any) -> None:
        asked.append(samples["t"])
        msg = "the work"
        raise RootaeError(msg)

    monkeypatch.setattr(learning, "train_codec", train)
    monkeypatch.setattr(learning, "_FILES", 3)
    links = [tmp_path / f"l{i}.root" for i in range(7)]
    for link in links:
        link.symlink_to(two[0])
    (tmp_path / "empty.root").touch()
    with pytest.raises(RootaeError, match="the work"):
        compressing([*links, tmp_path / "empty.root"], tmp_path / "out", family="plain")
    assert [len(samples) for samples in asked] == [3]
