"""Files beyond 2 GB, where places in a file take eight bytes, are written and read like others."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
import uproot
from samples import same, write_events

import rootae
from rootae.rootio import titles
from rootae.writer.backend import installed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOM = uproot.const.kStartBigFile  # bytes of a hole that takes no place on a disk
BACKENDS = [
    "uproot",
    pytest.param("root", marks=pytest.mark.skipif(not installed(), reason="ROOT is not there")),
]


@pytest.fixture
def long_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have all that uproot writes come behind a hole of 2 GB."""
    plain = titles._made

    @contextlib.contextmanager
    def behind(*arguments: Any, **options: Any) -> Iterator[Any]:
        with plain(*arguments, **options) as file:
            file.file._cascading._freesegments.allocate(ROOM)
            yield file

    monkeypatch.setattr(titles, "_made", behind)


@pytest.mark.usefixtures("long_files")
@pytest.mark.parametrize("backend", BACKENDS)
def test_long_files_come_back(tmp_path: Path, backend: str) -> None:
    source, codec, coded, again = (tmp_path / f"{n}.root" for n in ("in", "codec", "out", "again"))
    write_events(source, 400)
    rootae.train([source], codec, family="plain")
    rootae.compress(source, coded, backend=backend, codec=codec)
    if backend == "uproot":
        assert coded.stat().st_size > ROOM
    rootae.verify(coded, source)
    rootae.decompress(coded, again, backend=backend)
    with uproot.open(source) as one, uproot.open(again) as other:
        for name in one["Events"].keys():  # noqa: SIM118
            assert same(one["Events"][name].array(), other["Events"][name].array()), name
