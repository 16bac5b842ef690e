"""Servers of a folder: http with ranges of bytes, and XRootD."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from subprocess import Popen

__all__ = ["Http", "xrootd"]

_CONFIG = """
all.export /
oss.localroot {folder}
xrd.port {port}
all.adminpath {folder}/admin
all.pidpath {folder}/admin
"""
_BOUNDARY = "between"  # ROOT looks for it in small letters


class Http:
    """Serves a folder over http, honours ranges, several at a time too, and counts what it sends.

    Attributes:
        sent: bytes of each answer.
        url: where it serves.
    """

    def __init__(self, folder: Path) -> None:
        self.sent: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_HEAD(self) -> None:
                self.reply()

            def do_GET(self) -> None:
                self.wfile.write(self.reply())

            def reply(self) -> bytes:
                path = folder / urlsplit(self.path).path.lstrip("/")
                if not path.is_file():
                    self.send_error(404)
                    return b""
                data, kind = path.read_bytes(), {"Content-Type": "application/octet-stream"}
                asked = re.findall(r"(\d+)-(\d*)", self.headers.get("Range", ""))
                if asked:
                    data, kind = _parts(data, [(int(a), int(b or len(data) - 1)) for a, b in asked])
                self.send_response(206 if asked else 200)
                for name, value in kind.items():
                    self.send_header(name, value)
                self.send_header("Accept-Ranges", "bytes")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                outer.sent.append(0 if self.command == "HEAD" else len(data))
                return b"" if self.command == "HEAD" else data

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self) -> int:
        """Return the bytes sent since the last call."""
        total, self.sent = sum(self.sent), []
        return total


def _parts(whole: bytes, spans: list[tuple[int, int]]) -> tuple[bytes, dict[str, str]]:
    """Return ranges of bytes, as one answer, and what is said of them."""
    ends = [(first, min(last, len(whole) - 1)) for first, last in spans]
    told = [f"bytes {first}-{last}/{len(whole)}" for first, last in ends]
    if len(ends) == 1:
        return whole[ends[0][0] : ends[0][1] + 1], {"Content-Range": told[0]}
    out = b""
    for (first, last), line in zip(ends, told, strict=True):
        out += f"\r\n--{_BOUNDARY}\r\nContent-Range: {line}\r\n\r\n".encode()
        out += whole[first : last + 1]
    kind = f"multipart/byteranges; boundary={_BOUNDARY}"
    return out + f"\r\n--{_BOUNDARY}--\r\n".encode(), {"Content-Type": kind}


@contextlib.contextmanager
def xrootd(folder: Path) -> Iterator[int]:
    """Serve a folder by XRootD, or skip; yields the port."""
    binary = shutil.which("xrootd")
    if binary is None:
        pytest.skip("xrootd is not there: apt install xrootd-server")
    port = _free_port()
    (folder / "x.cfg").write_text(_CONFIG.format(folder=folder, port=port))
    (folder / "admin").mkdir()
    command = [binary, "-c", str(folder / "x.cfg"), "-l", str(folder / "log"), "-n", "tests"]
    if os.geteuid() == 0:  # it does not serve as root
        for path in (folder, *folder.parents, *folder.iterdir()):
            path.chmod(path.stat().st_mode | 0o755)
        (folder / "admin").chmod(0o777)
        folder.chmod(0o777)
        command += ["-R", "nobody"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            _wait_for(port, running)
            yield port
        finally:
            running.terminate()


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(port: int, running: Popen[bytes]) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert running.poll() is None, "the server ended"
        time.sleep(0.1)
    pytest.fail("the server does not answer")
