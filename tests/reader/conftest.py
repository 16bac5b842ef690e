"""What several tests of readers share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import rootae
import rootae.source.tree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory, events: Path) -> Path:
    """Return a compressed file of many blocks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rootae.source.tree, "ROWS_AT_MOST", 1500)
        path = tmp_path_factory.mktemp("many") / "many.root"
        rootae.compress(events, path, family="plain")
    return path
