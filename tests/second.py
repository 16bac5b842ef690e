"""The second reader, export/reference, in a process that rootae shows its columns in."""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from reference.file import read as read_file
from uproot.behaviors.TTree import TTree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def as_stored() -> Iterator[None]:
    """Have uproot show trees as they are stored, as it does where rootae is not imported."""
    hooked = TTree.postprocess
    TTree.postprocess = inspect.getclosurevars(hooked).nonlocals["original"]
    try:
        yield
    finally:
        TTree.postprocess = hooked


def read(path: str | Path, tree: str, **how: Any) -> dict[str, Any]:
    """Read every coded column of a tree: values by column."""
    with as_stored():
        return read_file(path, [tree], **how)[tree]
