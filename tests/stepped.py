"""Families trained for a few steps."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from rootae.operations.train import train_codec
from rootae.planner.rules import rules_of
from rootae.planner.sample import Sampled
from rootae.planner.survey import survey
from rootae.progress import Progress
from rootae.schema.column import Column
from rootae.schema.tree import TreeSchema
from rootae.schema.values import Values
from rootae.training import families
from rootae.training.batches import Batch, Batches
from rootae.training.data import GroupData
from rootae.training.family import Setup
from rootae.training.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from rootae.codec.codec import Codec

ROWS = 3000


def table(rows: int = ROWS, seed: int = 0) -> Sampled:
    """Five columns that two hidden variables explain but for some noise."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, rows))
    noise = rng.normal(0, 0.02, (5, rows))
    columns = np.stack([a, b, a + b, a * b, np.exp(a / 2)]) + noise
    flat = {f"x{i}": c.astype(np.float32) for i, c in enumerate(columns)}
    schema = TreeSchema("t", "", tuple(Column(n, "float32") for n in flat), order=tuple(flat))
    return Sampled(schema, {n: Values(x) for n, x in flat.items()}, share=0.01)


@functools.cache
def data(bound: str = "abs:1e-2", made: Callable[[], Sampled] = table) -> GroupData:
    sample = made()
    tables: list[NDArray[np.int64]] = []
    plan = survey(sample.schema, sample.values, rules_of({"*": bound}), tables=tables)
    found = GroupData(plan.groups[0], sample.values, tables, 0)
    found.prepare()
    return found


def model(family: str, bound: str = "abs:1e-2", latents: int = 2, **settings: object) -> Any:
    """Return a family's model; each has methods of its own."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    given = {name: str(value) for name, value in settings.items()}
    return families.load(family)(data(bound), Setup(latents=latents, settings=given))


def some(bound: str = "abs:1e-2", rows: int = 512) -> Batch:
    found = Batches(data(bound))
    return found.batch(found.seen[:rows])


def steps(made: Any, count: int, rate: float = 6e-3, bound: str = "abs:1e-2") -> Any:
    """Train for some steps, every player with an optimiser of its own."""
    turns, generator = made.turns(), torch.Generator().manual_seed(1)
    optimisers = [torch.optim.Adam(t.parameters, rate * t.rate) for t in turns]
    made.train()
    for _ in range(count):
        rows = Batches(data(bound))
        batch = rows.batch(rows.seen[torch.randint(0, len(rows.seen), (256,), generator=generator)])
        for turn, optimiser in zip(turns, optimisers, strict=True):
            optimiser.zero_grad()
            lost: Any = sum(turn.loss(batch).values())
            lost.backward()
            optimiser.step()
    return made.eval()


def trained(
    family: str, steps: int = 20, bound: str = "rel:1e-3", **options: Any
) -> tuple[Codec, list[dict[str, Any]]]:
    bounds = rules_of({"*": bound})
    asked = Options(family=family, bounds=bounds, steps=steps, batch_size=256, **options)
    return train_codec({"t": [table()]}, asked, 1, Progress())
