"""ROOT is started once for many jobs, and what one does or suffers is no other's affair."""

from __future__ import annotations

import io
import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
import pytest
from rooted import HERE, Script, script
from samples import write_columns

from rootae.rootio.process import process
from rootae.rootio.process import server as server_module
from rootae.rootio.process.server import SERVER, Server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def server(hadd: Script) -> Iterator[Server]:
    """Return a server of one's own."""
    made = Server(HERE)
    yield made
    made.close()


def parent(server: Server) -> int:
    """Return the process that copies itself for a job."""
    server.run("rooted", '["pass"]')
    assert server._process is not None
    return server._process.pid


def test_one_process_serves_all_jobs(server: Server) -> None:
    assert parent(server) == parent(server) == parent(server)


def test_jobs_do_not_see_each_other(hadd: Script) -> None:
    assert script("ROOT.seen = 1; ROOT.gErrorIgnoreLevel = 5000").returncode == 0
    assert script("print(hasattr(ROOT, 'seen'), ROOT.gErrorIgnoreLevel)").stdout == "False -1\n"


def test_what_is_written_comes_back_however_long(hadd: Script) -> None:
    done = script("print('x' * 3_000_000); print('ü', file=sys.stderr); sys.exit()")
    assert (len(done.stdout), done.stderr, done.returncode) == (3_000_001, "ü\n", 0)


def test_a_crash_is_one_job_s_end(hadd: Script) -> None:
    assert script("import os; os.kill(os.getpid(), 11)").returncode not in (0, 1)
    failed = script("raise ValueError('no')")
    assert (failed.returncode, "ValueError: no" in failed.stderr) == (1, True)
    assert script("print(1)").stdout == "1\n"


def test_folder_and_variables_are_those_of_whoever_asks(
    hadd: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "import os; print(os.getcwd(), os.environ.get('ASKED'))"
    script("pass")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASKED", "yes")
    assert script(told).stdout == f"{tmp_path} yes\n"
    monkeypatch.delenv("ASKED")
    assert script(told).stdout == f"{tmp_path} None\n"


def test_variables_that_matter_at_the_start_start_another(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = parent(server)
    monkeypatch.setenv("ROOT_INCLUDE_PATH", "/nowhere")
    assert parent(server) != before


def test_another_is_started_where_it_was_ended(server: Server) -> None:
    before = parent(server)
    os.kill(before, signal.SIGKILL)
    assert server._process is not None
    server._process.wait()
    assert parent(server) != before


def test_jobs_run_at_once(hadd: Script) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda i: script(f"print({i})").stdout, range(8)))
    assert done == [f"{i}\n" for i in range(8)]


def test_an_interrupted_job_is_ended(server: Server, tmp_path: Path) -> None:
    code = "import os, time; print(os.getpid(), file=open(sys.argv[1], 'w')); time.sleep(60)"
    place = tmp_path / "number"
    parent(server)
    threading.Thread(target=_interrupt, args=(place,)).start()
    with pytest.raises(KeyboardInterrupt):
        server.run("rooted", json.dumps([code, str(place)]))
    _hold_ended(int(place.read_text()))


class _Interrupted(io.BytesIO):
    """Where a job's number is read, which is interrupted once it is under way."""

    def __init__(self, place: Path, end: IO[bytes]) -> None:
        super().__init__()
        self._place, self._end = place, end

    def readline(self, _size: int | None = -1, /) -> bytes:
        while not (self._place.exists() and self._place.read_text().endswith("\n")):
            time.sleep(0.01)
        raise KeyboardInterrupt

    def close(self) -> None:
        self._end.close()


def test_a_job_is_ended_by_an_interrupt_before_its_number_is_known(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import os, time; print(os.getpid(), file=open(sys.argv[1], 'w')); time.sleep(60)"
    place, whole = tmp_path / "number", server_module._pipe

    def pipe() -> tuple[IO[bytes], IO[bytes]]:
        end, told = whole()
        return _Interrupted(place, end), told

    monkeypatch.setattr(server_module, "_pipe", pipe)
    with pytest.raises(KeyboardInterrupt):
        server.run("rooted", json.dumps([code, str(place)]))
    _hold_ended(int(place.read_text()))


def _hold_ended(number: int) -> None:
    deadline = time.monotonic() + 10
    while Path(f"/proc/{number}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not Path(f"/proc/{number}").exists()


def _interrupt(place: Path) -> None:
    while not (place.exists() and place.read_text().endswith("\n")):
        time.sleep(0.01)
    main = threading.main_thread().ident  # which waits: another thread would take the signal
    assert main is not None
    signal.pthread_kill(main, signal.SIGINT)


def test_without_a_server_root_is_started_for_the_job(
    hadd: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(SERVER, "run", lambda *_: None)
    path = write_columns(tmp_path / "a.root", {"x": np.zeros(3)})
    assert process.readable(str(path), "t", ["x", "y"]) == ["x"]
