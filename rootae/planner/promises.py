"""What is promised of a file, whatever its columns are coded with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rootae.codec.contexts.device import CPU, chosen

if TYPE_CHECKING:
    from rootae.planner.rules import Rule

__all__ = ["Promises"]


@dataclass(frozen=True)
class Promises:
    """What the user asked of a file, whether a codec is learned for it or given.

    Arguments:
        bounds: rules over the presets.
        lossy: the preset for NanoAOD-like data.
        keep_plain: globs of columns that stay ordinary branches.
        trees: globs of trees to code; others pass through.
        device: ``cpu``, ``cuda`` or ``auto``: where networks are trained and run.

    Raises:
        NameNotFound: there is no such device.

    Example:
        >>> Promises(lossy=True).recorded()
        {'bounds': [], 'lossy': True, 'keep_plain': []}
    """

    bounds: tuple[Rule, ...] = ()
    lossy: bool = False
    keep_plain: tuple[str, ...] = ()
    trees: tuple[str, ...] = ()
    device: str = CPU

    def __post_init__(self) -> None:
        """Refuse a device that does not exist."""
        chosen(self.device)

    @property
    def are_exact(self) -> bool:
        """Say whether no other bound than exact was asked for."""
        return not self.lossy and not self.bounds

    def recorded(self) -> dict[str, Any]:
        """Return what a codec has to remember of what was promised."""
        rules = [f"{r.glob}={r.bound}" for r in self.bounds]
        return {"bounds": rules, "lossy": self.lossy, "keep_plain": list(self.keep_plain)}
