"""How a long run tells whoever waits for it."""

from __future__ import annotations

__all__ = ["Progress"]


class Progress:
    """Told how far a run is; this one keeps quiet."""

    def phase(self, name: str, total: float | None) -> None:
        """Begin a phase of that many units."""

    def advance(self, units: float, text: str = "") -> None:
        """Finish some units of the phase."""
