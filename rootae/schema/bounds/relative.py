"""No value moves by more than a share of itself: |y - x| <= error |x|."""

from __future__ import annotations

from rootae.schema.bounds.kind import Kind

__all__ = ["KIND"]

KIND = Kind(
    name="rel",
    below=1.0,
    looseness=2,
    of_whole=False,
    promises=True,
    is_relative=True,
    limit=lambda error, scale: error * scale,
)
