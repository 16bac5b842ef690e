"""Checksums are adler32 as data management systems write it, of files of any size."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest

from rootae.dataset import checksum

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("data", [b"", b"Wikipedia", bytes(range(256)) * 40])
def test_pieces_come_to_the_sum_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    monkeypatch.setattr(checksum, "_PIECE", 1000)
    (tmp_path / "a").write_bytes(data)
    assert checksum.checksum(tmp_path / "a") == f"{zlib.adler32(data):08x}"


def test_it_is_the_one_that_is_known(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"Wikipedia")
    assert checksum.checksum(tmp_path / "a") == "11e60398"
