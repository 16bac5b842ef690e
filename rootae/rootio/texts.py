"""Branches of texts (``/C``), read as ROOT wrote them."""

from __future__ import annotations

from typing import Any

import numpy as np
from uproot.interpretation.strings import AsStrings

__all__ = ["interpretation"]


class _Texts(AsStrings):  # type: ignore[misc]  # uproot has no annotations
    """Texts of which the empty ones may have no byte that says how long they are.

    ROOT stores nothing at all for an empty text, where uproot looks for the length and takes that
    of the next one.

    Source: ``TLeafC::ReadBasket``.
    """

    def basket_array(self, data: Any, byte_offsets: Any, *others: Any, **options: Any) -> Any:
        empty = np.diff(byte_offsets) == 0
        if empty.any():
            data = np.insert(np.asarray(data), byte_offsets[:-1][empty], 0)
            byte_offsets = byte_offsets.copy()
            byte_offsets[1:] += np.cumsum(empty)
        return super().basket_array(data, byte_offsets, *others, **options)


def interpretation(branch: Any) -> Any:
    """Return how to read a branch of texts, or None for a branch of anything else.

    Arguments:
        branch: the uproot branch.
    """
    found = branch.interpretation
    if type(found) is AsStrings and branch.typename == "char*":
        return _Texts(found.header_bytes, found.length_bytes, found.typename)
    return None
