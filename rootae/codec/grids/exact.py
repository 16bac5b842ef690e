"""What a grid is, and the grids that lose nothing: integers as they are, floats by their bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from rootae.codec.grids.grid import FLOATS, INTEGERS, Tableless, require

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ExactFloat", "ExactInteger"]


@dataclass(frozen=True)
class ExactInteger(Tableless):
    """Integers and booleans as themselves, 64-bit ones modulo 2^64.

    Example:
        >>> grid = ExactInteger("uint64")
        >>> int(grid.inverse(grid.forward(np.array([2**64 - 1], np.uint64)))[0]) == 2**64 - 1
        True
    """

    is_exact: ClassVar[bool] = True
    has_metric: ClassVar[bool] = True
    dtype: str
    kind: Literal["integer"] = "integer"

    def __post_init__(self) -> None:
        """Refuse what no column has."""
        require(self.dtype in INTEGERS, self)

    def forward(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Map values to codes."""
        return x.view(np.int64) if x.dtype == np.uint64 else x.astype(np.int64)

    def inverse(self, q: NDArray[Any]) -> NDArray[Any]:
        """Map codes to values, which may be the codes' own memory."""
        return q.astype(np.dtype(self.dtype), copy=False)


@dataclass(frozen=True)
class ExactFloat(Tableless):
    """Floats by their own bits, as integers in the floats' order.

    A magnitude is the bits without the sign; a negative float's code is the complement of its
    magnitude, so that -0.0, infinities and NaN payloads are ordinary values and mantissa bits
    that a column never uses can be shifted out of all codes alike.

    Example:
        >>> grid = ExactFloat("float32")
        >>> x = np.array([-np.inf, -0.0, 0.0, 1.5], "f4")
        >>> bool((np.diff(grid.forward(x)) > 0).all())
        True
    """

    is_exact: ClassVar[bool] = True
    has_metric: ClassVar[bool] = True
    dtype: str
    kind: Literal["bits"] = "bits"

    def __post_init__(self) -> None:
        """Refuse what no column has."""
        require(self.dtype in FLOATS, self)

    def forward(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Map values to codes."""
        return _turned(x.view(f"i{x.dtype.itemsize}")).astype(np.int64)

    def inverse(self, q: NDArray[Any]) -> NDArray[Any]:
        """Map codes to values."""
        dtype = np.dtype(self.dtype)
        return _turned(q.astype(f"i{dtype.itemsize}", copy=False)).view(dtype)


def _turned(bits: NDArray[Any]) -> NDArray[Any]:
    """Turn all bits but the sign over where it is set: bits to codes, and codes to bits."""
    flips = bits >> (8 * bits.itemsize - 1)
    flips &= np.iinfo(bits.dtype).max
    flips ^= bits
    return flips
