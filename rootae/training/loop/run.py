"""The training loop: a family's phases one after the other, from the start or from a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from rootae.codec.contexts.device import CPU, CUDA
from rootae.errors import RootaeError
from rootae.training.batches import Batches
from rootae.training.family import Trained
from rootae.training.loop.checkpoint import State
from rootae.training.loop.curve import Point, words
from rootae.training.loop.phase import Phase, validated, weights_of
from rootae.training.loop.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from rootae.training.data import GroupData
    from rootae.training.loop.budget import Budget
    from rootae.training.loop.checkpoint import Checkpoint
    from rootae.training.networks import Networks

__all__ = ["begin", "run"]


def begin(seed: int) -> None:
    """Make what follows repeatable: a family's first weights are random, too."""
    torch.manual_seed(seed)
    # networks this small gain little from a second thread and lose much on a busy machine
    torch.set_num_threads(1)


def run(
    model: Networks,
    data: GroupData,
    budget: Budget,
    *,
    seed: int,
    advance: Callable[[float, str], None],
    device: str = CPU,
    recipe: Recipe | None = None,
    curve: list[Point] | None = None,
    checkpoint: Checkpoint | None = None,
) -> Trained:
    """Train a family on a group.

    Arguments:
        model: the family.
        data: the group's rows.
        budget: of all phases together.
        seed: of the batches.
        advance: told the share that was done since the last time, and the loss in words.
        device: ``cpu`` or ``cuda``; the model is on the CPU before and after.
        recipe: learning rate, batches, schedule and patience.
        curve: gets a point for each check on validation rows; without it, and where nothing else
            asks for checks, there are none on the way.
        checkpoint: where states are saved, and where training goes on from.

    Returns:
        Steps and validated rates; the model is left in evaluation mode.

    Raises:
        RootaeError: the loss is not a number, or the device has too little memory.
    """
    generator = torch.Generator().manual_seed(seed)  # on the CPU: the same batches on any device
    try:
        rows = Batches(data, device)
        values = len(data.plan.lanes)
        job = _Run(
            model, rows, values, budget, recipe or Recipe(), generator, advance, device, curve
        )
        return _run(job, checkpoint)
    except torch.OutOfMemoryError as error:
        msg = f"the device {device} has too little memory to train on: take device cpu"
        raise RootaeError(msg) from error
    finally:
        model.to(CPU)


@dataclass
class _Run:
    """One family's training on one group, under way; `ended` holds weights of finished phases."""

    model: Networks
    data: Batches
    values: int
    budget: Budget
    recipe: Recipe
    generator: torch.Generator
    advance: Callable[[float, str], None]
    device: str
    curve: list[Point] | None
    done: Trained = field(default_factory=Trained)
    ended: list[dict[str, Tensor]] = field(default_factory=list)

    def state(self) -> State:
        """Return what holds between phases."""
        curve = [vars(p) for p in self.curve or ()]
        state = State({"ended": len(self.ended), "steps": self.done.steps, "curve": curve})
        for phase, weights in enumerate(self.ended):
            state.put(f"ended.{phase}", weights)
        state.put("random", {"batches": self.generator.get_state(), "cpu": torch.get_rng_state()})
        if self.device == CUDA:
            state.put("random", {"cuda": torch.cuda.get_rng_state()})
        return state

    def restore(self, state: State) -> None:
        """Take over what the finished phases of an earlier run left, but for random numbers."""
        self.done.steps = list(state.meta["steps"])
        if self.curve is not None:
            self.curve += [Point(**p) for p in state.meta["curve"]]

    def restore_random(self, state: State) -> None:
        """Bring the generators of random numbers to where they were."""
        random = state.take("random")
        self.generator.set_state(random["batches"])
        torch.set_rng_state(random["cpu"])
        if "cuda" in random:
            torch.cuda.set_rng_state(random["cuda"])


def _run(job: _Run, checkpoint: Checkpoint | None) -> Trained:
    model = job.model.to(job.device)
    job.done.start = validated(model, job.data)
    model.fit()
    saved = checkpoint.state if checkpoint is not None else None
    if saved is not None:
        job.restore(saved)
    for number, share in enumerate(model.steps_share):
        if saved is not None and number == saved.meta["ended"]:
            job.restore_random(saved)  # a phase may begin with random weights
        if number:
            model.to(CPU).next_phase()  # families know nothing of devices
            model.to(job.device)
        if saved is not None and number < saved.meta["ended"]:
            model.load_state_dict(saved.take(f"ended.{number}"))
            job.advance(share, "trained before")
            job.ended.append(weights_of(model))
            continue
        _run_phase(job, number, share, checkpoint)
        job.ended.append(weights_of(model))
        if checkpoint is not None:
            checkpoint.save(job.state())
    job.done.end = validated(model, job.data)
    return job.done


def _run_phase(job: _Run, number: int, share: float, checkpoint: Checkpoint | None) -> None:
    """Train one phase, or what an earlier run left of it."""
    budget = job.budget.of(share)
    phase = Phase(job.model, job.data, budget, job.recipe, number, job.generator, job.curve)
    saved = checkpoint.state if checkpoint is not None else None
    if saved is not None and "phase" in saved.meta and number == saved.meta["ended"]:
        phase.restore(saved)
        job.restore_random(saved)
    tell = _Teller(share, job.advance, job.values)
    while (progress := phase.progress) < 1:
        phase.step(progress)
        tell(progress, phase.terms)
        if checkpoint is not None and checkpoint.is_due:
            state = job.state()
            phase.save(state)
            checkpoint.save(state)
    phase.finish()
    tell(1.0, phase.terms)
    job.done.steps.append(phase.steps)


@dataclass
class _Teller:
    """Tells about a phase's progress once in a while."""

    share: float
    advance: Callable[[float, str], None]
    values: int
    told: float = 0.0

    def __call__(self, progress: float, terms: dict[str, float]) -> None:
        if progress - self.told >= 0.01 or progress >= 1.0:
            self.advance((progress - self.told) * self.share, words(terms, self.values))
            self.told = progress
