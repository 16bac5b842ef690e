"""Files with a changed bit, and where what they hold lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uproot

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["damaged", "place"]


def place(path: Path, what: str) -> tuple[int, int]:
    """Return where the data of a branch's first basket or of an object lies, key left out."""
    with uproot.open(path) as file:
        folder, _, _ = what.rpartition("/")
        if folder and file.classname_of(folder).startswith("TDirectory"):
            key = file.key(what)
            return int(key.fSeekKey + key.fKeylen), int(key.fSeekKey + key.fNbytes)
        branch = file[what]
        start, key = int(branch.member("fBasketSeek")[0]), branch.basket_key(0)
        return start + int(key.fKeylen), start + int(branch.member("fBasketBytes")[0])


def damaged(path: Path, target: Path, at: int) -> Path:
    """Copy a file with a bit changed."""
    data = bytearray(path.read_bytes())
    data[at] ^= 4
    target.write_bytes(data)
    return target
