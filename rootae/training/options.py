"""What the user asks of compress and train."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rootae.codec.contexts.device import chosen
from rootae.errors import ArgumentError, NameNotFound
from rootae.planner.promises import Promises
from rootae.planner.rules import rules_of
from rootae.rootio.opening import split_path
from rootae.training.own import adopted
from rootae.training.variants import ADOPTED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["EFFORTS", "NETS", "SCHEDULES", "Learning", "Options", "options_of"]

NETS = ("dense", "conv")  # the first is the default
EFFORTS = ("fast", "default", "max")  # of networks: small and quick to read, or large
SCHEDULES = ("one-cycle", "cosine", "constant", "plateau")  # of the learning rate
_NO_SETTINGS = ("auto", "plain")
_TRAINING = (  # what a codec remembers of its training, where it is not the default
    "net", "effort", "latents", "steps", "epochs", "time_budget", "lr", "batch_size", "schedule",
    "patience", "keep_family",
)  # fmt: skip


def _families() -> list[str]:
    from rootae.training.families import names  # the folder of their files; no torch behind it

    return ["auto", "plain", *names(), *_own("families")]


def _own(folder: str) -> list[str]:
    """Return the names of users' own classes."""
    return [name for package, name in ADOPTED if package == f"rootae.training.{folder}"]


@dataclass(frozen=True)
class Learning:
    """How contexts are to be learned: of no use where a codec is given.

    Arguments:
        family: ``auto``, ``plain`` or a training family; `compress` and `train` take a class of
            one's own too, or the path of a Python file with one.
        net: architecture of the networks, likewise.
        seed: of training.
        steps: training steps for each group, instead of a time budget.
        time_budget: seconds of training for the whole file.
        latents: number of latents, or None for the family's own choice.
        effort: ``fast``, ``default`` or ``max``: how large networks are; larger ones make smaller
            files that are slower to read.
        settings: the family's own settings by name.
        keep_family: store the named family even where it makes the file larger, for studies: at
            least that of its networks or diagrams which costs least.
        epochs: passes over the training rows, instead of steps or a time budget.
        lr: highest learning rate, or None for the usual one.
        batch_size: rows a training step, or None for the usual number.
        schedule: of the learning rate, one of `SCHEDULES`.
        patience: end a phase of training after that many checks on validation entries without
            improvement (a check comes after each 2% of the phase, or each epoch) and take the
            best weights.
        checkpoint: folder that gets the state of training every half minute.
        resume: go on from the checkpoint, if there is one.
        history: CSV file that gets the learning curves; a plot is put beside it.

    Raises:
        NameNotFound: there is no such net, effort, schedule or family.
        ArgumentError: a number is out of range, or two options contradict each other.
    """

    family: str = "auto"
    net: str = "dense"
    seed: int = 0
    steps: int | None = None
    time_budget: float | None = None
    latents: int | None = None
    effort: str = "default"
    settings: Mapping[str, str] = field(default_factory=dict)
    keep_family: bool = False
    epochs: float | None = None
    lr: float | None = None
    batch_size: int | None = None
    schedule: str = "one-cycle"
    patience: int | None = None
    checkpoint: Path | None = None
    resume: bool = False
    history: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what does not exist, is out of range or contradicts something else."""
        for kind, name, known in (
            ("net", self.net, [*NETS, *_own("nets")]),
            ("effort", self.effort, EFFORTS),
            ("schedule", self.schedule, SCHEDULES),
            ("family", self.family, _families()),
        ):
            if name not in known:
                raise NameNotFound(name, known, "rootae", kind)
        self._refuse_numbers()
        self._refuse_contradictions()

    def _refuse_numbers(self) -> None:
        above = {"epochs": 0.0, "lr": 0.0, "batch_size": 0, "patience": 0, "steps": 0}
        for name, least in above.items():
            value = getattr(self, name)
            if value is not None and not isinstance(value, int | float):
                msg = f"{name} {value!r} is no number"
                raise ArgumentError(msg)
            if value is not None and not least < value < math.inf:
                msg = f"{name} {value:g} is out of range: it must be above {least:g}, and finite"
                raise ArgumentError(msg)

    def _refuse_contradictions(self) -> None:
        lengths = [n for n in ("steps", "epochs", "time_budget") if getattr(self, n) is not None]
        if "epochs" in lengths and len(lengths) > 1:
            msg = f"training is as long as {' and '.join(lengths)} say: give one of them"
            raise ArgumentError(msg)
        if self.resume and self.checkpoint is None:
            msg = "resume goes on from a checkpoint: name its folder with --checkpoint DIR"
            raise ArgumentError(msg)
        if self.settings and self.family in _NO_SETTINGS:
            names = ", ".join(self.settings)
            msg = f"{names}: family {self.family} has no settings: name another with --family"
            raise ArgumentError(msg)
        if self.keep_family and self.family in _NO_SETTINGS:
            msg = f"family {self.family} is none to keep: name another with --family"
            raise ArgumentError(msg)
        if self.net != NETS[0] and self.family == "plain":
            msg = f"net {self.net}: family plain has no networks: name another with --family"
            raise ArgumentError(msg)

    def training(self) -> dict[str, Any]:
        """Return how a codec was asked to be trained: family, seed, and what is not the default."""
        usual = {f.name: f.default for f in fields(self)}
        asked = {n: getattr(self, n) for n in _TRAINING if getattr(self, n) != usual[n]}
        own = {"settings": dict(self.settings)} if self.settings else {}
        return {"family": self.family, "seed": self.seed} | asked | own


@dataclass(frozen=True)
class Options(Promises, Learning):
    """What the user asked of compress or train: what is promised, and how to learn.

    Arguments:
        bounds, lossy, keep_plain, trees, device: as in `rootae.planner.promises.Promises`.
        family, net, effort and more: as in `Learning`.

    Raises:
        NameNotFound: there is no such device, net, effort, schedule or family.
        ArgumentError: a number is out of range, or two options contradict each other.

    Example:
        >>> Options(lossy=True, family="diagram", seed=1).promises
        Promises(bounds=(), lossy=True, keep_plain=(), trees=(), device='cpu')
    """

    def __post_init__(self) -> None:
        """Refuse what neither may be."""
        Promises.__post_init__(self)
        Learning.__post_init__(self)

    @property
    def promises(self) -> Promises:
        """What is promised, without how to learn."""
        return Promises(**{f.name: getattr(self, f.name) for f in fields(Promises)})

    def asked(self) -> dict[str, Any]:
        """Return what a file's record says of what was asked, a codec given or not."""
        return self.recorded() | {"family": self.family, "seed": self.seed}


def options_of(
    options: dict[str, Any], sources: Sequence[str | Path], *others: str
) -> tuple[Options, list[Path]]:
    """Split keyword options and ``file.root:tree`` names into options and paths.

    Arguments:
        options: as in `Options`; bounds may be a mapping of globs.
        sources: files, or files and trees.
        others: further names that the caller takes, to tell what was meant by a wrong one.

    Raises:
        NameNotFound: there is no such option.
        ArgumentError: an option has a value that it cannot have.
    """
    known = [f.name for f in fields(Options)]
    for name in options:
        if name not in known:
            raise NameNotFound(name, sorted([*known, *others]), "rootae", "option")
    options |= {k: adopted(k, options[k]) for k in ("family", "net") if k in options}
    options["bounds"] = rules_of(options.pop("bounds", None))
    options["device"] = chosen(options.get("device"))
    options |= {k: Path(options[k]) for k in ("checkpoint", "history") if options.get(k)}
    pairs = [split_path(str(s)) for s in sources]
    trees = tuple(options.pop("trees", ())) + tuple(t for _, t in pairs if t is not None)
    return Options(**options, trees=trees), [Path(p) for p, _ in pairs]
