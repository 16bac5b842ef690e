"""What the user asks of compress and train."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.bounds import Rule, rules_of
from rootae.device import CPU, chosen
from rootae.errors import ArgumentError, NameNotFound
from rootae.source import split_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["EFFORTS", "NETS", "Options", "options_of"]

NETS = ("dense",)
EFFORTS = ("fast", "default", "max")  # of networks: small and quick to read, or large


@dataclass(frozen=True)
class Options:
    """What the user asked of compress or train.

    Arguments:
        family: ``auto``, ``plain`` or a training family.
        net: architecture of the networks.
        bounds: rules over the presets.
        lossy: the preset for NanoAOD-like data.
        keep_plain: globs of columns that stay ordinary branches.
        trees: globs of trees to code; others pass through.
        seed: of training.
        steps: training steps for each group, instead of a time budget.
        time_budget: seconds of training for the whole file.
        latents: number of latents, or None for the family's own choice.
        effort: ``fast``, ``default`` or ``max``: how large networks are; larger ones make smaller
            files that are slower to read.
        device: ``cpu``, ``cuda`` or ``auto``: where networks are trained and run.
        settings: the family's own settings by name.
    """

    family: str = "auto"
    net: str = "dense"
    bounds: tuple[Rule, ...] = ()
    lossy: bool = False
    keep_plain: tuple[str, ...] = ()
    trees: tuple[str, ...] = ()
    seed: int = 0
    steps: int | None = None
    time_budget: float | None = None
    latents: int | None = None
    effort: str = "default"
    device: str = CPU
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse an architecture, an effort or a device that does not exist."""
        chosen(self.device)
        if self.net not in NETS:
            raise NameNotFound(self.net, NETS, "rootae", "net")
        if self.effort not in EFFORTS:
            raise NameNotFound(self.effort, EFFORTS, "rootae", "effort")

    def recorded(self) -> dict[str, Any]:
        """Return what a codec has to remember of its options."""
        rules = [f"{r.glob}={r.bound}" for r in self.bounds]
        return {"bounds": rules, "lossy": self.lossy, "keep_plain": list(self.keep_plain)}


def options_of(
    options: dict[str, Any], sources: Sequence[str | Path]
) -> tuple[Options, list[Path]]:
    """Split keyword options and ``file.root:tree`` names into options and paths."""
    rules = options.pop("bounds", None)
    options["bounds"] = rules_of(rules)
    options["device"] = chosen(options.get("device"))
    pairs = [split_path(str(s)) for s in sources]
    trees = tuple(options.pop("trees", ())) + tuple(t for _, t in pairs if t is not None)
    try:
        return Options(**options, trees=trees), [Path(p) for p, _ in pairs]
    except TypeError as error:
        msg = f"unknown option: {error}"
        raise ArgumentError(msg) from error
