"""Nothing is promised: values come back as well as the latents alone can tell."""

from __future__ import annotations

import math

from rootae.schema.bounds.kind import Kind

__all__ = ["KIND"]

KIND = Kind(
    name="none",
    below=None,
    looseness=3,
    of_whole=True,
    promises=False,
    is_relative=False,
    limit=lambda *_: math.inf,
)
