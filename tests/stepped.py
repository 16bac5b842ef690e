"""Families trained for a few steps."""

from __future__ import annotations

import functools

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
from rootae.training.batches import Batches
from rootae.training.data import GroupData
from rootae.training.family import Setup
from rootae.training.options import Options

ROWS = 3000


def table(rows=ROWS, seed=0):
    """Five columns that two hidden variables explain but for some noise."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, rows))
    noise = rng.normal(0, 0.02, (5, rows))
    columns = np.stack([a, b, a + b, a * b, np.exp(a / 2)]) + noise
    flat = {f"x{i}": c.astype(np.float32) for i, c in enumerate(columns)}
    schema = TreeSchema("t", "", tuple(Column(n, "float32") for n in flat), order=tuple(flat))
    return Sampled(schema, {n: Values(x) for n, x in flat.items()}, share=0.01)


@functools.cache
def data(bound="abs:1e-2", made=table):
    sample, tables = made(), []
    plan = survey(sample.schema, sample.values, rules_of({"*": bound}), tables=tables)
    found = GroupData(plan.groups[0], sample.values, tables, 0)
    found.prepare()
    return found


def model(family, bound="abs:1e-2", latents=2, **settings):
    torch.manual_seed(0)
    torch.set_num_threads(1)
    given = {name: str(value) for name, value in settings.items()}
    return families.load(family)(data(bound), Setup(latents=latents, settings=given))


def some(bound="abs:1e-2", rows=512):
    found = Batches(data(bound))
    return found.batch(found.seen[:rows])


def steps(made, count, rate=6e-3, bound="abs:1e-2"):
    """Train for some steps, every player with an optimiser of its own."""
    turns, generator = made.turns(), torch.Generator().manual_seed(1)
    optimisers = [torch.optim.Adam(t.parameters, rate * t.rate) for t in turns]
    made.train()
    for _ in range(count):
        rows = Batches(data(bound))
        batch = rows.batch(rows.seen[torch.randint(0, len(rows.seen), (256,), generator=generator)])
        for turn, optimiser in zip(turns, optimisers, strict=True):
            optimiser.zero_grad()
            sum(turn.loss(batch).values()).backward()
            optimiser.step()
    return made.eval()


def trained(family, steps=20, bound="rel:1e-3", **options):
    bounds = rules_of({"*": bound})
    asked = Options(family=family, bounds=bounds, steps=steps, batch_size=256, **options)
    return train_codec({"t": [table()]}, asked, 1, Progress())
