"""Local files that are cut or closed while they are read end in errors, not the process."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot

import rootae
from rootae.rootio.local_source import LocalSource
from rootae.rootio.opening import open_root
from rootae.source.source import Source

if TYPE_CHECKING:
    from pathlib import Path

CUT = """
import os, sys
import rootae
from rootae.source.source import Source
path, how = sys.argv[1:]
file = rootae.open(path, array_cache=None) if how == "reader" else Source.open(path).file
tree = file["Events"]
first = tree["Jet_pt"].array()
os.truncate(path, 3000)
failed = 0
for name in tree.keys():
    try:
        tree[name].array(array_cache=None)
    except (rootae.RootaeError, OSError, ValueError):
        failed += 1
print(len(first), failed, len(tree.keys()))
"""


@pytest.mark.parametrize("how", ["reader", "source"])
def test_a_file_that_is_cut_while_it_is_open_is_an_error(
    packed: Path, tmp_path: Path, how: str
) -> None:
    path = tmp_path / "cut.root"
    shutil.copyfile(packed, path)
    command = [sys.executable, "-c", CUT, str(path), how]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    read, failed, names = map(int, done.stdout.split())
    assert read == 3000
    assert failed >= names - 3, "but for what was at hand"


def test_a_file_may_be_closed_while_threads_read(packed: Path) -> None:
    for _ in range(5):
        file = rootae.open(packed, array_cache=None)
        tree = file["Events"]
        ended: list[Exception] = []

        def read(tree: Any = tree, ended: list[Exception] = ended) -> None:
            try:
                while True:
                    for name in ("Jet_pt", "MET_pt", "label"):
                        tree[name].array(array_cache=None, entry_stop=100)
            except (rootae.RootaeError, OSError) as error:
                ended.append(error)

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        file.close()
        for thread in threads:
            thread.join(60)
        assert len(ended) == 3


def test_every_local_file_is_read_this_way(packed: Path, events: Path) -> None:
    with rootae.open(packed) as a, Source.open(events) as b, open_root(f"{events}") as c:
        assert all(type(f.file.source) is LocalSource for f in (a, b.file, c))
    assert type(rootae.open(f"{packed}:Events").file.source) is LocalSource
    with rootae.open(packed, handler=uproot.MemmapSource) as file:
        assert type(file.file.source) is uproot.MemmapSource


def test_pieces_are_those_of_the_file(tmp_path: Path) -> None:
    data = np.random.default_rng(0).bytes(5000)
    (tmp_path / "x").write_bytes(data)
    with LocalSource(str(tmp_path / "x")) as source:
        assert bytes(source.chunk(10, 20).raw_data) == data[10:20]
        assert source.num_bytes == 5000
        assert bytes(pickle.loads(pickle.dumps(source)).chunk(0, 5000).raw_data) == data
        for start, stop in ((4990, 5010), (6000, 7000), (-5, 5)):
            with pytest.raises(OSError, match="expected Chunk"):
                _ = source.chunk(start, stop).raw_data
    assert source.closed
    with pytest.raises(OSError, match="is closed"):
        source.chunk(0, 1)
