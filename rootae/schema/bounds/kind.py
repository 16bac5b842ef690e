"""What a kind of bound is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Kind"]


@dataclass(frozen=True)
class Kind:
    """One kind of bound.

    Arguments:
        name: what users write before the colon.
        below: what the number after it has to be below, None where there is no number.
        looseness: of two kinds the one with the larger number promises less.
        of_whole: whether it says anything of whole numbers and booleans; else these stay exact.
        promises: whether any value is promised.
        is_relative: whether the number is a share of the value.
        limit: the largest |y - x| that is within the bound, from the number and |x| in float64,
            shape (rows,); None where values have to be the same bit for bit.
    """

    name: str
    below: float | None
    looseness: int
    of_whole: bool
    promises: bool
    is_relative: bool
    limit: Callable[[float, NDArray[np.float64]], Any] | None
