"""Every value comes back bit for bit."""

from __future__ import annotations

from rootae.schema.bounds.kind import Kind

__all__ = ["KIND"]

KIND = Kind(
    name="exact",
    below=None,
    looseness=0,
    of_whole=True,
    promises=True,
    is_relative=False,
    limit=None,
)
