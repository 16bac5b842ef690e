"""Files served by XRootD: the same values, and only the blobs that are asked for travel."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot
from samples import write_columns
from served import xrootd
from travel import assert_little_travels

import rootae

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytest.importorskip("fsspec_xrootd", reason="fsspec-xrootd is not there: pip install fsspec-xrootd")
COLUMNS = 40


class Counting:
    """Passes bytes on between a client and a server, and counts those that come back."""

    def __init__(self, port: int) -> None:
        self.received = 0
        self._to = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                mine, _ = self._listening.accept()
                theirs = socket.create_connection(self._to)
                for pair in ((mine, theirs, False), (theirs, mine, True)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError), source, target:
            while data := source.recv(1 << 16):
                self.received += len(data) if counted else 0
                target.sendall(data)

    def take(self) -> int:
        """Return the bytes received since the last call."""
        total, self.received = self.received, 0
        return total


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a file of many columns and its compressed self."""
    folder = tmp_path_factory.mktemp("served")
    rng = np.random.default_rng(0)
    arrays = {f"c{i}": rng.normal(size=9000).astype("f4") for i in range(COLUMNS)}
    write_columns(folder / "in.root", arrays)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rootae.source.tree.ROWS_AT_MOST", 3000)
        rootae.compress(folder / "in.root", folder / "c.root", family="plain")
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Counting]:
    """Return a counting way to a server of the folder, or skip."""
    with xrootd(folder) as port:
        yield Counting(port)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("opener", [rootae.open, uproot.open])
def test_one_column_costs_its_own_bytes_and_a_little_more(
    server: Counting, folder: Path, opener: Callable[..., Any]
) -> None:
    url = f"root://localhost:{server.port}//c.root"
    assert_little_travels(server, opener, url, folder, 1.2 / COLUMNS)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_all_columns_and_ranges_come_back(server: Counting, folder: Path) -> None:
    url = f"root://localhost:{server.port}//c.root"
    with uproot.open(folder / "in.root") as plain, rootae.open(f"{url}:t") as tree:
        for span in ({}, {"entry_start": 2500, "entry_stop": 6200}):
            mine, theirs = (t.arrays(library="np", **span) for t in (tree, plain["t"]))
            assert all(np.array_equal(mine[n], theirs[n]) for n in theirs)
