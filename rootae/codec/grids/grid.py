"""What a grid is: values to integers and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FLOATS", "INTEGERS", "Grid", "Planned", "Tableless", "require"]

FLOATS = ("float32", "float64")
INTEGERS = ("bool", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)))


class Grid(Protocol):
    """A grid as the codec works with it."""

    is_exact: ClassVar[bool]  # every value has a code that gives it back bit for bit
    has_metric: ClassVar[bool]  # values lie as far apart as their codes, about

    @property
    def dtype(self) -> str:
        """Return the column's dtype."""
        ...

    def forward(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Map values to codes.

        Arguments:
            x: values in the branch's unit, shape (rows,), the grid's dtype; NaN, infinities and
                -0.0 are allowed.

        Returns:
            Codes, shape (rows,). Where no code is within the bound, any code: the lane stores such
            values as escapes.
        """
        ...

    def inverse(self, q: NDArray[Any]) -> NDArray[Any]:
        """Map codes to values of the column's dtype, shape (rows,)."""
        ...

    def planned(self, tables: list[NDArray[np.int64]], /) -> Any:
        """Return the `Planned` grid; what it has of tables is put behind those."""
        ...


class Planned(Protocol):
    """A grid as a plan holds it: frozen data, indices in the place of tables."""

    is_exact: ClassVar[bool]
    has_metric: ClassVar[bool]

    @property
    def dtype(self) -> str:
        """Return the column's dtype."""
        ...

    def with_tables(self, tables: Sequence[NDArray[np.int64]], /) -> Grid:
        """Return what maps values: the grid with the codec's tables."""
        ...


class Tableless:
    """A grid without tables: what a plan holds is what maps values."""

    def with_tables(self, _tables: Sequence[NDArray[np.int64]], /) -> Any:
        """Return the grid itself."""
        return self

    def planned(self, _tables: list[NDArray[np.int64]], /) -> Any:
        """Return the grid itself."""
        return self


def require(right: bool, grid: object) -> None:
    """Refuse a grid that no column has.

    Raises:
        CorruptError: it is not right.
    """
    if not right:
        msg = f"no column has a grid {grid}: the codec's plan is damaged"
        raise CorruptError(msg)
