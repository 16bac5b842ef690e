"""One phase of training: steps, checks on validation rows, and the state to go on from."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import torch

from rootae.errors import RootaeError
from rootae.training.loop.curve import Means, Point, rate_of
from rootae.training.loop.schedule import Schedule

if TYPE_CHECKING:
    from torch import Tensor

    from rootae.training.batches import Batch, Batches
    from rootae.training.loop.budget import Budget
    from rootae.training.loop.checkpoint import State
    from rootae.training.loop.recipe import Recipe
    from rootae.training.networks import Networks, Turn

__all__ = ["Phase", "validated", "weights_of"]

_VALIDATION_ROWS = 32_768
_NORM = 20.0  # gradients are clipped to it


class Phase:
    """One phase of training, under way.

    Arguments:
        model: the family, in the state in which the phase begins.
        data: the group's rows.
        budget: of this phase.
        recipe: how gradients are followed.
        number: of the phase.
        generator: draws the batches.
        curve: gets a point for each check, if there is one.
    """

    def __init__(
        self,
        model: Networks,
        data: Batches,
        budget: Budget,
        recipe: Recipe,
        number: int,
        generator: torch.Generator,
        curve: list[Point] | None,
    ) -> None:
        self.model = model.train()
        self.data = data
        self.budget = budget
        self.recipe = recipe
        self.number = number
        self.curve = curve
        self.steps = 0
        self.terms: dict[str, float] = {}
        self._generator = generator
        self._turns = model.turns()
        self._optimisers = [
            torch.optim.Adam(t.parameters, recipe.rate, betas=(0.9, 0.98)) for t in self._turns
        ]
        self._schedule = Schedule(recipe.schedule)
        self._means = Means()
        self._checked, self._waited, self._least = -1, 0, math.inf
        self._best: dict[str, Tensor] = {}
        self._began = time.perf_counter()

    @property
    def progress(self) -> float:
        """Return the share of the phase that is done."""
        if self.recipe.patience is not None and self._waited >= self.recipe.patience:
            return 1.0
        return self.budget.progress(self.steps, time.perf_counter() - self._began)

    def step(self, progress: float) -> None:
        """Let every player take a turn on one batch, after a check if one is due."""
        if self._has_checks and self.budget.checks(progress) > self._checked:
            self._check(progress)
        pick = torch.randint(
            0, len(self.data.seen), (self.recipe.batch_size,), generator=self._generator
        )
        batch = self.data.batch(self.data.seen[pick])
        factor = self._schedule.factor(progress)
        for turn, optimiser in zip(self._turns, self._optimisers, strict=True):
            for group in optimiser.param_groups:
                group["lr"] = turn.rate * self.recipe.rate * factor
            self.terms |= self._follow(turn, batch, optimiser)
        self._means.add(self.terms)
        self.steps += 1

    def finish(self) -> None:
        """Check once more, and take the best weights where training may end early."""
        if self._has_checks:
            self._check(1.0)
        if self._best:
            self.model.load_state_dict(self._best)
        self.model.eval()

    @property
    def _has_checks(self) -> bool:
        wanted = self.curve is not None or self.recipe.patience is not None
        return wanted or self._schedule.needs_checks

    def _follow(self, turn: Turn, batch: Batch, optimiser: torch.optim.Adam) -> dict[str, float]:
        """Take one step down a turn's gradient and return its terms."""
        terms = turn.loss(batch)
        stacked = torch.stack(list(terms.values()))
        told = dict(zip(terms, stacked.tolist(), strict=True))
        if not math.isfinite(sum(told.values())):
            self._diverged(told)
        optimiser.zero_grad(set_to_none=True)
        stacked.sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(turn.parameters, _NORM)
        optimiser.step()
        return told

    def _diverged(self, terms: dict[str, float]) -> None:
        told = ", ".join(f"{name} {value:g}" for name, value in terms.items())
        msg = (
            f"training diverged at step {self.steps} of phase {self.number}: {told}; "
            f"try a --lr below {self.recipe.rate:g}, another --seed, or --family plain"
        )
        raise RootaeError(msg)

    def _check(self, progress: float) -> None:
        """Look at validation rows: for the curve, the schedule and the end."""
        self._checked = self.budget.checks(progress)
        terms = validated(self.model, self.data)
        self.model.train()
        rate = rate_of(terms)
        improved = rate < self._least
        self._schedule.observe(improved=improved)
        self._waited = 0 if improved else self._waited + 1
        if improved:
            self._least = rate
            if self.recipe.patience is not None:
                self._best = weights_of(self.model)
        if self.curve is not None:
            now = self.recipe.rate * self._schedule.factor(progress)
            self.curve.append(Point(self.number, self.steps, now, self._means.taken(), terms))

    def save(self, state: State) -> None:
        """Add where the phase stands to a state."""
        state.put("weights", self.model.state_dict())
        state.put("best", self._best)
        for turn, optimiser in enumerate(self._optimisers):
            for i, moments in optimiser.state_dict()["state"].items():
                state.put(f"optimiser.{turn}.{i}", moments)
        state.meta["phase"] = {
            "steps": self.steps,
            "seconds": time.perf_counter() - self._began,
            "checks": [self._checked, self._waited, self._least],
            "schedule": [self._schedule.level, self._schedule.waited],
            "means": [self._means.steps, self._means.sums],
        }

    def restore(self, state: State) -> None:
        """Go on from where a phase stood."""
        self.model.load_state_dict(state.take("weights"))
        self._best = state.take("best")
        for turn, optimiser in enumerate(self._optimisers):
            self._restore_optimiser(optimiser, state, turn)
        meta: dict[str, Any] = state.meta["phase"]
        self.steps = meta["steps"]
        self._began = time.perf_counter() - meta["seconds"]
        self._checked, self._waited, self._least = meta["checks"]
        self._schedule.level, self._schedule.waited = meta["schedule"]
        self._means = Means(*meta["means"])

    @staticmethod
    def _restore_optimiser(optimiser: torch.optim.Adam, state: State, turn: int) -> None:
        whole = optimiser.state_dict()
        numbers = [i for group in whole["param_groups"] for i in group["params"]]
        moments = {i: state.take(f"optimiser.{turn}.{i}") for i in numbers}
        whole["state"] = {i: m for i, m in moments.items() if m}
        optimiser.load_state_dict(whole)


def weights_of(model: Networks) -> dict[str, Tensor]:
    """Return a copy of a family's weights."""
    return {k: v.detach().clone() for k, v in model.state_dict().items()}


@torch.no_grad()
def validated(model: Networks, data: Batches) -> dict[str, float]:
    """Return the terms on validation rows, bits a row; what is drawn at random is the same always.

    The generators are left as they were, so that looking changes nothing.
    """
    model.eval()
    batch = data.batch(data.held_out[:_VALIDATION_ROWS])
    devices = [batch.x.device] if batch.x.device.type == "cuda" else []
    with torch.random.fork_rng(devices):
        torch.manual_seed(0)
        terms = model.loss(batch)
    return {name: float(value) for name, value in terms.items()}
