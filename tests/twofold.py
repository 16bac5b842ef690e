"""What a compiled module and numpy in its place give."""

from __future__ import annotations

import pytest


def both(module, run):
    """Return what `run` gives with a module's compiled functions, and without them."""
    found = []
    for compiled in (module._compiled, None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "_compiled", compiled)
            found.append(run())
    return found
