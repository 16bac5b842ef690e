"""The training loop: Adam on one cycle, for a number of steps or for a time."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from rootae.device import CPU
from rootae.errors import RootaeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rootae.train.data import Batch, GroupData
    from rootae.train.family import Family, Turn

__all__ = ["Budget", "Trained", "run"]

_BATCH = 2048
_RATE = 6e-3
_WARM = 0.1  # share of a phase in which the rate rises
_VALIDATION_ROWS = 32_768


@dataclass(frozen=True)
class Budget:
    """How long to train: a number of steps, which repeats exactly, or seconds, which does not.

    Example:
        >>> Budget(steps=100).of(0.25).steps
        25
    """

    steps: int | None = None
    seconds: float = 0.0

    def of(self, share: float) -> Budget:
        """Return a part of the budget."""
        steps = None if self.steps is None else max(round(self.steps * share), 1)
        return Budget(steps, self.seconds * share)

    def progress(self, step: int, start: float) -> float:
        """Return the share that is used up, 1 at the end."""
        if self.steps is not None:
            return step / self.steps
        return (time.perf_counter() - start) / max(self.seconds, 1e-9)


@dataclass
class Trained:
    """What training did, in bits a row on rows kept back.

    Arguments:
        steps: steps of each phase.
        start, end: named terms before and after.
    """

    steps: list[int] = field(default_factory=list)
    start: dict[str, float] = field(default_factory=dict)
    end: dict[str, float] = field(default_factory=dict)


def run(
    model: Family,
    data: GroupData,
    budget: Budget,
    *,
    seed: int,
    advance: Callable[[float, str], None],
    device: str = CPU,
) -> Trained:
    """Train a family on a group.

    Arguments:
        model: the family.
        data: the group's rows.
        budget: of all phases together.
        seed: of the batches.
        advance: told the share that was done since the last time, and the loss in words.
        device: ``cpu`` or ``cuda``; model and data are on the CPU before and after.

    Returns:
        Steps and validated rates; the model is left in evaluation mode.

    Raises:
        RootaeError: the loss is not a number, or the device has too little memory.
    """
    try:
        data.to(device)
        return _run(model, data, budget, seed, advance, device)
    except torch.OutOfMemoryError as error:
        msg = f"the device {device} has too little memory to train on: take device cpu"
        raise RootaeError(msg) from error
    finally:
        data.to(CPU)
        model.to(CPU)


def _run(
    model: Family,
    data: GroupData,
    budget: Budget,
    seed: int,
    advance: Callable[[float, str], None],
    device: str,
) -> Trained:
    model.to(device)
    generator = torch.Generator().manual_seed(seed)  # on the CPU: the same batches on any device
    done = Trained(start=_validate(model, data))
    model.fit()
    for phase, share in enumerate(model.steps_share):
        if phase:
            model.to(CPU).next_phase()  # families know nothing of devices
            model.to(device)
        tell = _Teller(share, advance)
        done.steps.append(_run_phase(model, data, budget.of(share), generator, tell))
    done.end = _validate(model, data)
    return done


@dataclass
class _Teller:
    """Tells about a phase's progress once in a while."""

    share: float
    advance: Callable[[float, str], None]
    told: float = 0.0

    def __call__(self, progress: float, loss: float) -> None:
        progress = min(progress, 1.0)
        if progress - self.told >= 0.01 or progress == 1.0:
            self.advance((progress - self.told) * self.share, f"{loss:.2f} bits/row")
            self.told = progress


def _run_phase(
    model: Family, data: GroupData, budget: Budget, generator: torch.Generator, tell: _Teller
) -> int:
    turns = model.turns()
    optimisers = [torch.optim.Adam(t.parameters, _RATE, betas=(0.9, 0.98)) for t in turns]
    model.train()
    step, start, loss = 0, time.perf_counter(), 0.0
    while (progress := budget.progress(step, start)) < 1:
        pick = torch.randint(0, len(data.seen), (_BATCH,), generator=generator)
        batch = data.batch(data.seen[pick])
        for turn, optimiser in zip(turns, optimisers, strict=True):
            for group in optimiser.param_groups:
                group["lr"] = turn.rate * _RATE * _cycle(progress)
            loss = _step(turn, batch, optimiser, step)
        step += 1
        tell(progress, loss)
    tell(1.0, loss)
    model.eval()
    return step


def _cycle(progress: float) -> float:
    """Rise to 1 over the first tenth, then fall to nearly 0 along a cosine."""
    if progress < _WARM:
        return 0.05 + 0.95 * progress / _WARM
    return 0.001 + 0.999 * (1 + math.cos(math.pi * (progress - _WARM) / (1 - _WARM))) / 2


def _step(turn: Turn, batch: Batch, optimiser: torch.optim.Adam, step: int) -> float:
    terms = turn.loss(batch)
    loss = torch.stack(list(terms.values())).sum()
    value = float(loss.detach())
    if not math.isfinite(value):
        msg = (
            f"training diverged at step {step}: the loss is {value}; "
            "try another --seed, or --family plain"
        )
        raise RootaeError(msg)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(turn.parameters, 20.0)
    optimiser.step()
    return value


@torch.no_grad()
def _validate(model: Family, data: GroupData) -> dict[str, float]:
    model.eval()
    terms = model.loss(data.batch(data.held_out[:_VALIDATION_ROWS]))
    return {name: float(value) for name, value in terms.items()}
