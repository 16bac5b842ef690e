"""What travels of a remote file, whoever serves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import uproot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Counter(Protocol):
    """Counts what a server sends."""

    def take(self) -> int:
        """Return the bytes since the last call."""


def assert_little_travels(
    server: Counter, opener: Callable[[str], Any], url: str, folder: Path, share: float
) -> None:
    """Hold the bytes that a first and a second column cost against the file's.

    Arguments:
        server: counts what it sends, `take` gives it.
        opener: opens the url.
        url: of ``c.root``.
        folder: where ``in.root`` and ``c.root`` lie.
        share: of the file that the second column may cost.
    """
    size = (folder / "c.root").stat().st_size
    with uproot.open(folder / "in.root") as plain, opener(url) as file:
        tree = file["t"]
        assert np.array_equal(tree["c7"].array(library="np"), plain["t"]["c7"].array(library="np"))
        assert server.take() < 0.12 * size, "with the directory, the tree, the codec and an index"
        assert np.array_equal(tree["c8"].array(library="np"), plain["t"]["c8"].array(library="np"))
        assert server.take() < share * size, "the rest is known by now"
        assert tree.keys() == plain["t"].keys()
