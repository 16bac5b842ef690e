"""Training one family after the other on a group, as the user asked for it."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rootae.errors import RootaeError
from rootae.training import families
from rootae.training.family import Counted, Setup
from rootae.training.loop.budget import Budget
from rootae.training.loop.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable

    from rootae.training.data import GroupData
    from rootae.training.family import Family, Trained
    from rootae.training.loop.checkpoint import Checkpoint
    from rootae.training.loop.history import History
    from rootae.training.options import Options

__all__ = ["Trainer"]

_TOLD = (  # options that tell one training run from another
    "seed", "steps", "epochs", "time_budget", "lr", "batch_size", "schedule", "patience", "device",
)  # fmt: skip


@dataclass(frozen=True)
class Trainer:
    """Trains families on one group.

    Arguments:
        options: what the user asked for.
        tree: the group's tree.
        number: of the group, among those that are trained.
        data: the group's rows.
        history: takes the learning curves, if there is one.
    """

    options: Options
    tree: str
    number: int
    data: GroupData
    history: History | None = None

    @property
    def recipe(self) -> Recipe:
        """Return how gradients are followed: the usual way, but for what was asked."""
        usual, options = Recipe(), self.options
        return Recipe(
            usual.rate if options.lr is None else options.lr,
            usual.batch_size if options.batch_size is None else options.batch_size,
            options.schedule,
            options.patience,
        )

    def budget(self, seconds: float) -> Budget:
        """Return how long the group is trained: as asked, else for some seconds."""
        if self.options.epochs is not None:
            rows = len(self.data.seen)
            return Budget.in_epochs(self.options.epochs, rows, self.recipe.batch_size)
        return Budget(self.options.steps, seconds)

    def train(
        self, name: str, budget: Budget, advance: Callable[[float, str], None]
    ) -> tuple[Family, Trained]:
        """Train a family and return it with what training did.

        Raises:
            MissingDependency: it has networks, and torch or onnx is not installed.
            RootaeError: it diverged; the message says where.
        """
        family, setup = families.load(name), self._setup(name)
        if issubclass(family, Counted):
            model = family(self.data, setup)
            return model, model.learned()
        try:
            return self._follow(family, name, setup, budget, advance)
        except RootaeError as error:
            if type(error) is not RootaeError:  # those have exit codes of their own
                raise
            where = f"{self.tree}: {self.data.plan.name or '(event)'}"
            msg = f"{where}: family {name}: {error}"
            raise RootaeError(msg) from error

    def _follow(
        self,
        family: Any,
        name: str,
        setup: Setup,
        budget: Budget,
        advance: Callable[[float, str], None],
    ) -> tuple[Family, Trained]:
        """Train networks along their gradients."""
        from rootae.training.loop import run

        run.begin(self.options.seed)
        model = family(self.data, setup)
        group = self.data.plan.name
        curve = self.history.begin(self.tree, group, name) if self.history is not None else None
        trained = run.run(
            model, self.data, budget, seed=self.options.seed, advance=advance,
            device=self.options.device, recipe=self.recipe, curve=curve,
            checkpoint=self._checkpoint(name, setup),
        )  # fmt: skip
        return model, trained

    def _setup(self, name: str) -> Setup:
        """Return what a family is asked for; settings are meant for the family that was named."""
        options = self.options
        settings = options.settings if name == options.family else {}
        return Setup(options.latents, options.effort, options.net, settings)

    def _checkpoint(self, name: str, setup: Setup) -> Checkpoint | None:
        from rootae.training.loop.checkpoint import Checkpoint

        folder = self.options.checkpoint
        if folder is None:
            return None
        folder.mkdir(parents=True, exist_ok=True)
        words = (self.tree, self.data.plan.name or "event", name)
        stem = "-".join(re.sub(r"\W+", ".", word) for word in words)
        path = folder / f"{self.number:02d}-{stem}.npz"
        return Checkpoint(path, self._identity(name, setup), resume=self.options.resume)

    def _identity(self, name: str, setup: Setup) -> dict[str, Any]:
        told = {k: getattr(self.options, k) for k in _TOLD}
        digest = hashlib.sha256(repr(self.data.plan).encode())
        for codes in self.data.codes:
            digest.update(codes.tobytes())
        asked = dataclasses.asdict(setup) | {"settings": dict(setup.settings)}
        return told | asked | {"family": name, "data": digest.hexdigest()[:16]}
