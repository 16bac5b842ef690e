"""What compression does to columns and to physics; needs the packages of `rootae[report]`."""

from __future__ import annotations

__all__: list[str] = []
