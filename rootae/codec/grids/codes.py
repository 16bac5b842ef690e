"""Many values put on a grid at one go: by the native core where it is used, else in numpy."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rootae.codec import native
from rootae.codec.grids.absolute import AbsGrid
from rootae.codec.grids.relative import RelGrid
from rootae.codec.grids.special import SpecialGrid
from rootae.codec.plan.parse import written
from rootae.kernels.lanes import raw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.codec.grids.grid import Grid

__all__ = ["codes_of"]


def codes_of(grid: Grid, x: NDArray[Any]) -> NDArray[np.int64]:
    """Return what `grid.forward` does, sooner: for whoever looks at samples and decodes nothing.

    Arguments:
        grid: any.
        x: values, shape (rows,), the grid's dtype.
    """
    opened = _opened(grid) if isinstance(grid, AbsGrid | RelGrid | SpecialGrid) else None
    if opened is None or not native.is_used() or x.dtype != grid.dtype:
        return grid.forward(x)
    q = np.empty(len(x), np.int64)
    opened.core.grid_codes(opened.grid, raw(x), q)
    return q


class _Opened(NamedTuple):
    """A grid as the core has it.

    Arguments:
        core: the module.
        grid: what it calls a grid.
    """

    core: Any
    grid: Any


@functools.lru_cache(maxsize=256)
def _opened(grid: AbsGrid | RelGrid | SpecialGrid) -> _Opened | None:
    """Return a grid as the core has it, None without the core."""
    core = native.core()
    if core is None:
        return None
    return _Opened(core, core.open_grid(json.dumps(written(grid)).encode()))
