"""The largest change that a column's values may suffer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rootae.errors import ArgumentError
from rootae.kernels import lanes
from rootae.schema.bounds import absolute, exact, relative, unbounded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rootae.schema.bounds.kind import Kind

__all__ = ["EXACT", "KINDS", "Bound"]

KINDS = {k.name: k for k in (exact.KIND, absolute.KIND, relative.KIND, unbounded.KIND)}
_USAGE = (
    "use "
    + ", ".join([n if k.below is None else f"{n}:E" for n, k in KINDS.items()][:-1])
    + f" or {list(KINDS)[-1]}"
)


@dataclass(frozen=True)
class Bound:
    """The largest change a column's values may suffer, in the branch's own unit.

    Arguments:
        kind: ``exact`` (bit for bit), ``abs`` (|y - x| <= error), ``rel`` (|y - x| <= error |x|)
            or ``none`` (best effort of the latents alone).
        error: the bound of ``abs`` (0 < error < inf) or ``rel`` (0 < error < 1), else 0.

    Raises:
        ArgumentError: the error is out of the kind's range.

    Example:
        >>> Bound.parse("rel:1e-3")
        Bound(kind='rel', error=0.001)
        >>> str(Bound("abs", 0.0005))
        'abs:0.0005'
    """

    kind: str
    error: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no value could satisfy or what means another kind."""
        kind = KINDS.get(self.kind)
        if kind is None:
            msg = f"unknown bound {self.kind!r}: {_USAGE}"
            raise ArgumentError(msg)
        if kind.below is None and self.error:
            msg = f"bound {self.kind} takes no number"
            raise ArgumentError(msg)
        if kind.below is not None and not 0 < self.error < kind.below:
            top = "infinity" if math.isinf(kind.below) else f"{kind.below:g}"
            msg = (
                f"bound {self.kind}:{self.error:g} is out of range: it must be above 0, below {top}"
            )
            raise ArgumentError(msg)

    @classmethod
    def parse(cls, text: str) -> Bound:
        """Read ``exact``, ``none``, ``abs:E`` or ``rel:E``."""
        kind, colon, number = text.strip().partition(":")
        if kind not in KINDS or bool(colon) != (KINDS[kind].below is not None):
            msg = f"malformed bound {text!r}: {_USAGE}, as in rel:1e-3"
            raise ArgumentError(msg)
        try:
            return cls(kind, float(number) if colon else 0.0)
        except ValueError as error:
            if isinstance(error, ArgumentError):
                raise
            msg = f"malformed bound {text!r}: {number!r} is not a number"
            raise ArgumentError(msg) from error

    def __str__(self) -> str:
        return self.kind if self._is.below is None else f"{self.kind}:{self.error!r}"

    @property
    def _is(self) -> Kind:
        return KINDS[self.kind]

    @property
    def is_exact(self) -> bool:
        """Say whether every value comes back bit for bit."""
        return self._is.limit is None

    @property
    def promises(self) -> bool:
        """Say whether anything is promised."""
        return self._is.promises

    @property
    def is_relative(self) -> bool:
        """Say whether the error is a share of the value."""
        return self._is.is_relative

    @property
    def of_whole(self) -> bool:
        """Say whether it says anything of whole numbers; else these stay exact."""
        return self._is.of_whole

    @property
    def number(self) -> int:
        """Return the kind's number in the native core's C ABI."""
        return lanes.BOUNDS[self.kind]

    @property
    def looseness(self) -> tuple[int, float]:
        """Return what orders bounds: the larger one promises less."""
        return self._is.looseness, self.error

    def limit(self, scale: NDArray[np.float64]) -> Any:
        """Return the largest |y - x| within the bound, for values of magnitude `scale`.

        Arguments:
            scale: |x| in the branch's unit, float64, shape (rows,).
        """
        found = self._is.limit
        return 0.0 if found is None else found(self.error, scale)


EXACT = Bound("exact")
