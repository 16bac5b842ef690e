"""What a grid is: values to integers and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Grid"]


class Grid(Protocol):
    """What the codec needs of a grid."""

    kind: ClassVar[str]

    @property
    def dtype(self) -> str:
        """Return the column's dtype."""
        ...

    def forward(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Map values to codes; where no code fits, any code."""
        ...

    def inverse(self, q: NDArray[Any]) -> NDArray[Any]:
        """Map codes to values of the column's dtype."""
        ...
