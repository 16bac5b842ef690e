"""What a compiled module and numpy in its place give."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

T = TypeVar("T")


def both(module: ModuleType, run: Callable[[], T]) -> list[T]:
    """Return what `run` gives with a module's compiled functions, and without them."""
    found = []
    for compiled in (module._compiled, None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "_compiled", compiled)
            found.append(run())
    return found
