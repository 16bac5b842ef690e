"""What drafts a group's lanes on their way to bytes: in Python, or by the native core."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from rootae.codec import lane_encoder
from rootae.codec.plan.contexts import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from rootae.codec.group import GroupCoder
    from rootae.codec.lane_encoder import Encoded

__all__ = ["Drafts"]


class Drafts(ABC):
    """Lanes of one group of one block as their reader will see them, one after the other.

    A lane comes behind those that it is decoded from, a group behind those that it sees; one group
    at a time is under way.

    Arguments:
        coder: of the group.
    """

    def __init__(self, coder: GroupCoder) -> None:
        self._coder = coder

    def draft(self, lane: int, x: NDArray[Any]) -> Callable[[], Encoded]:
        """Take a lane; return what makes its bytes, which any thread may call.

        Arguments:
            lane: its number in the group.
            x: its values, shape (rows,), the column's dtype.
        """
        plan = self._coder.plan.lanes[lane]
        if not plan.bound.promises and isinstance(self._coder.plan.contexts_of(lane), Stage):
            return lane_encoder.encode_predicted
        if plan.derived is not None:
            exceptions = self._derive(lane, x)
            if exceptions is not None:
                return functools.partial(lane_encoder.encode_derived, x, exceptions)
        by_others = plan.derived is None and len(x)
        contexts = self._contexts(lane) if by_others and plan.contexts is not None else None
        centre = self._centre(lane) if by_others and plan.centre is not None else None
        q, wrong = self._put(lane, x)
        grid = self._coder.grids[lane]
        return functools.partial(lane_encoder.encode, x, q, wrong, grid, contexts, centre)

    @abstractmethod
    def codes(self, lane: int, x: NDArray[Any]) -> NDArray[np.int64]:
        """Return the codes of a lane's values, which the encoder may look at: shape (rows,)."""

    @abstractmethod
    def take_latents(self, latents: NDArray[np.int64]) -> None:
        """Let contexts look at latents, shape (latents, rows)."""

    @abstractmethod
    def _contexts(self, lane: int) -> NDArray[Any]:
        """Return the contexts of a lane whose plan has some, shape (rows,), uint8 or uint16."""

    @abstractmethod
    def _centre(self, lane: int) -> NDArray[np.int64]:
        """Return the codes that a lane is centred on whose plan says so, shape (rows,)."""

    @abstractmethod
    def _put(self, lane: int, x: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp] | None]:
        """Put a lane on its grid: codes and wrong rows as they are `Seen`."""

    @abstractmethod
    def _derive(self, lane: int, x: NDArray[Any]) -> NDArray[np.intp] | None:
        """Have a lane follow from others: wrong rows, None where these are too many."""
