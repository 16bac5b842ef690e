"""No value moves by more than a number: |y - x| <= error, in the branch's unit."""

from __future__ import annotations

import math

from rootae.schema.bounds.kind import Kind

__all__ = ["KIND"]

KIND = Kind(
    name="abs",
    below=math.inf,
    looseness=1,
    of_whole=False,
    promises=True,
    is_relative=False,
    limit=lambda error, _: error,
)
