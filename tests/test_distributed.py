"""A data set on a dask cluster of processes: as here, whatever becomes of its workers."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uproot
from commands import PLAIN, Command
from samples import write_columns

import rootae
from rootae.container.container import Container
from rootae.dataset.manifest import Manifest
from rootae.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = 6
pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.slow,  # processes of a cluster take seconds to start
]


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Return the client of a cluster of two processes, or skip."""
    distributed = pytest.importorskip("distributed", reason="distributed is not there")
    with (
        distributed.LocalCluster(
            2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of files, and one that is none."""
    folder = tmp_path_factory.mktemp("dask") / "mc"
    folder.mkdir()
    for i in range(FILES):
        rng = np.random.default_rng(i)
        arrays = {f"x{k}": rng.normal(size=30_000).astype("f4") for k in range(4)}
        write_columns(folder / f"f{i}.root", arrays, tree="Events", compression=None)
    (folder / "bad.root").write_bytes(b"")
    return folder


class Heard(Progress):
    """Keeps what is told."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.files = 0.0

    def advance(self, units: float, text: str = "") -> None:
        self.files += units
        self.texts.append(text)


def blobs(path: Path) -> list[dict[str, bytes]]:
    with uproot.open(path) as file:
        stored = Container(file, str(path)).stored("Events")
        return [stored.row(b) for b in range(len(stored.entries))]


def hold(out: Path, local: Path, many: Path) -> None:
    """Hold outputs against those that were made here, and a manifest against both."""
    files = Manifest.of(out).files
    assert {n for n, r in files.items() if r.is_done} == {f"f{i}.root" for i in range(FILES)}
    assert sorted(p.name for p in out.rglob("*.root")) == [f"f{i}.root" for i in range(FILES)]
    assert not list(out.rglob("*.part"))
    for i in range(FILES):
        assert blobs(out / f"f{i}.root") == blobs(local / f"f{i}.root")
        rootae.verify(out / f"f{i}.root", many / f"f{i}.root")


@pytest.fixture(scope="module")
def local(many: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data set as it is compressed here."""
    from typer.testing import CliRunner

    from rootae.cli import app

    out = tmp_path_factory.mktemp("local")
    words = ["compress", f"{many}/*.root", "-O", str(out), *PLAIN, "--lossy", "-q"]
    assert CliRunner().invoke(app, words).exit_code == 1
    return out


def test_blocks_are_those_that_are_made_here(
    client: Any, cli: Command, many: Path, local: Path, tmp_path: Path
) -> None:
    from rootae import distributed

    heard, out = Heard(), tmp_path / "out"
    codec = rootae.read_codec(local / "codec.rootae")
    records = distributed.compress([many / "*.root"], client, out=out, codec=codec, progress=heard)
    assert len(records) == FILES + 1
    assert [r.output for r in records if r.exception] == ["bad.root"]
    hold(out, local, many)
    assert heard.files == FILES + 1
    assert any("write" in text for text in heard.texts)
    address = client.scheduler.address
    done = cli("compress", f"{many}/*.root", "-O", out, "--codec", local / "codec.rootae",
               "--resume", "--dask", address)  # fmt: skip
    assert done.exit_code == 1
    assert f"{FILES} outputs are as the manifest says" in done.stderr
    told = distributed.verify([out / "manifest.json"], client, out / "manifest.json")
    assert len(told) == FILES
    assert all(o.report.values == 120_000 for o in told.values())
    wrong = distributed.verify([out / "f0.root"], client, many / "f1.root")
    assert [o.failure.kind for o in wrong.values() if o.failure] == ["WrongOriginal"]
    done = cli("verify", out / "manifest.json", "--dask", address)
    assert done.exit_code == 0, done.stderr
    assert f"{FILES} of {FILES} files read: intact" in done.stdout.splitlines()[-1]
    pytest.importorskip("iminuit", reason="iminuit is not there")
    found = distributed.evaluate([out / "manifest.json"], client, peaks=[])
    assert all(o.report.holds for o in found.values())


def test_a_worker_that_is_killed_costs_nothing(
    client: Any, many: Path, local: Path, tmp_path: Path
) -> None:
    from rootae import distributed

    killed: list[int] = []

    def kill() -> None:
        while not killed and not list(tmp_path.glob("f*.root")):
            time.sleep(0.01)
        pids = client.run(os.getpid)
        killed.append(next(iter(pids.values())))
        os.kill(killed[0], signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    codec = local / "codec.rootae"
    records = distributed.compress([many / "*.root"], client, out=tmp_path, codec=codec)
    thread.join()
    assert killed
    assert max(Counter(r.output for r in records).values()) == 1
    hold(tmp_path, local, many)
