"""Blocks of real files by the native core: every column of every coded tree is rootae's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from native.alike import blocks_alike
from promises.test_every_file import FILES, compressed

from rootae.container.container import Container
from rootae.container.side_tree import BLOBS, HEAD
from rootae.errors import RootaeError

if TYPE_CHECKING:
    from pathlib import Path

QUICK = ("edge/uproot-vectorVectorDouble.root", "edge/uproot-HZZ-objects.root", "real/cms_hzz.root")


def files_alike(path: Path) -> int:
    """Hold that the blocks of all trees of a file are read alike; return how many these are."""
    file, found = Container.open(path), 0
    for stored in map(file.stored, file.coded_trees()):
        for number in range(len(stored.entries)):
            row = stored.row(number)
            blocks_alike(stored.codec_of(number), stored.path, row[HEAD], row[BLOBS])
            found += 1
    return found


def test_everything_at_once(packed: Path, lossy: Path) -> None:
    assert files_alike(packed) > 0
    assert files_alike(lossy) > 0


@pytest.mark.parametrize("name", QUICK)
def test_some_real_files(shared: Path, tmp_path: Path, name: str) -> None:
    if not (shared / name).is_file():
        pytest.skip(f"{name} is not there")
    compressed(shared / name, tmp_path, "root")
    assert files_alike(tmp_path / "small.root") > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_every_real_file(shared: Path, tmp_path: Path, name: str) -> None:
    pytest.importorskip("ROOT", reason="ROOT is not installed")
    compressed(shared / name, tmp_path, "root")
    try:
        file = Container.open(tmp_path / "small.root")
    except RootaeError:
        pytest.skip(f"nothing of {name} is coded")
    if not file.is_coded:
        pytest.skip(f"nothing of {name} is coded")
    blocks = sum(len(file.stored(path).entries) for path in file.coded_trees())  # none if empty
    assert files_alike(tmp_path / "small.root") == blocks
