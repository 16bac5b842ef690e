"""Training a whole file's codec: budgets, candidates, and the smallest of each group."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from rootae.codec import Codec
from rootae.plan import Diagram
from rootae.train import families, loop
from rootae.train.assemble import Assembled, assemble, plain
from rootae.train.data import LEAST_ROWS, GroupData
from rootae.train.family import Setup
from rootae.train.packed import compact

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from rootae.adapt import Sampled
    from rootae.options import Options
    from rootae.plan import GroupPlan, TreePlan
    from rootae.progress import Progress

__all__ = ["fit"]

# of `auto`: diagrams, which take none of the budget, and networks by their shares of it
_DIAGRAMS, _NETWORKS = {"diagram": 0.0}, {"predictor": 0.8, "ae": 0.2}
# bits a value that a network must save where a diagram would do, as reading one takes ten times
# longer; an effort that is not named trains none
_LEAST = {"default": 0.1, "max": 0.0}
_SECONDS_AT_LEAST, _SECONDS_AT_MOST = 3.0, 30.0
_SECONDS_A_MEGABYTE = 0.6
_PATIENCE = {"fast": 0.5, "default": 1.0, "max": 5.0}  # times the default budget
_LEAST_SECONDS = 1.0  # for a group; with less it is coded plain


@dataclass
class _Job:
    """One group that is worth training."""

    tree: str
    data: GroupData
    scale: float

    @property
    def weight(self) -> float:
        return float(self.data.plain[self.data.lanes].sum()) * self.scale


def fit(
    codec: Codec, samples: Sequence[Sampled], options: Options, nbytes: int, progress: Progress
) -> tuple[Codec, list[dict[str, Any]]]:
    """Train networks for every group of a plain codec.

    Arguments:
        codec: the plain codec of the samples.
        samples: one sample a tree, in the order of the codec's trees.
        options: family, seed, steps or time budget.
        nbytes: size of the input, for the default budget.
        progress: told about the phase.

    Returns:
        The codec with networks, and one record a trained group.
    """
    for name in _shares(options):
        families.load(name)
    # networks this small gain little from a second thread and lose much on a busy machine
    torch.set_num_threads(1)
    jobs = _jobs(codec, samples, options.seed)
    seconds = _budget(options, nbytes)
    progress.phase("train", 1.0)
    chosen: dict[tuple[str, str], Assembled] = {}
    history = []
    total = sum(j.weight for j in jobs) or 1.0
    for job in jobs:
        share = job.weight / total
        found, record = _race(
            job, options, seconds * share, lambda s, t, w=share: progress.advance(s * w, t)
        )
        chosen[job.tree, job.data.plan.name] = found
        history.append(record)
    whole = _merged(codec, chosen)
    steps = [{k: h.get(k) for k in ("tree", "group", "family", "steps")} for h in history]
    plan = dataclasses.replace(whole.plan, training=whole.plan.training | {"groups": steps})
    return Codec(plan, whole.tables, [n.onnx for n in whole.networks]), history


def _shares(options: Options) -> dict[str, float]:
    """Return the families to train, and which share of the budget each has."""
    if options.family != "auto":
        return {options.family: 1.0}
    return _DIAGRAMS | (_NETWORKS if options.effort in _LEAST else {})


def _budget(options: Options, nbytes: int) -> float:
    if options.time_budget is not None:
        return options.time_budget
    wanted = _SECONDS_AT_LEAST + _SECONDS_A_MEGABYTE * nbytes / 1e6
    return min(wanted, _SECONDS_AT_MOST) * _PATIENCE[options.effort]


def _jobs(codec: Codec, samples: Sequence[Sampled], seed: int) -> list[_Job]:
    jobs = []
    for tree, sampled in zip(codec.plan.trees, samples, strict=True):
        for group in tree.groups:
            data = GroupData(group, sampled.values, list(codec.tables), seed)
            if data.rows >= LEAST_ROWS and data.lanes:
                scale = data.rows / data.measured_rows / sampled.share
                jobs.append(_Job(tree.path, data, scale))
    return jobs


def _race(
    job: _Job, options: Options, seconds: float, advance: Any
) -> tuple[Assembled, dict[str, Any]]:
    """Train every candidate on a group and keep the smallest by measured bytes."""
    shares = _shares(options)
    best = plain(job.data)
    tried = {"plain": best.total(job.scale)}
    base: Assembled | None = None
    record: dict[str, Any] = {}
    job.data.prepare()
    for name, share in shares.items():
        if options.steps is None and 0 < seconds * share < _LEAST_SECONDS and len(shares) > 1:
            continue
        torch.manual_seed(options.seed)
        model = families.load(name)(job.data, _setup(options, name))
        budget = loop.Budget(options.steps, seconds).of(share)
        told = functools.partial(_scaled, advance, share)
        trained = loop.run(
            model, job.data, budget, seed=options.seed, advance=told, device=options.device
        )
        least = _LEAST[options.effort] if base is not None else 0.0
        over = None if model.encoder() else base
        found = assemble(model, name, job.data, job.scale, base=over, least=least)
        tried[name] = found.total(job.scale)
        if name == "diagram":
            base = found
        if not record or tried[name] < best.total(job.scale):
            record = _record(trained)
        if tried[name] < best.total(job.scale):
            best = found
    return best, _summary(job, best, tried) | record


def _setup(options: Options, name: str) -> Setup:
    """Return what a family is asked for; settings are meant for the family that was named."""
    settings = options.settings if name == options.family else {}
    return Setup(options.latents, options.effort, options.net, settings)


def _scaled(advance: Callable[[float, str], None], share: float, part: float, text: str) -> None:
    advance(part * share, text)


def _record(trained: loop.Trained) -> dict[str, Any]:
    return {
        "steps": trained.steps,
        "untrained": sum(trained.start.values()),
        "trained": sum(trained.end.values()),
        "terms": trained.end,
    }


def _summary(job: _Job, best: Assembled, tried: dict[str, float]) -> dict[str, Any]:
    """Report bits a row: plain, what relations among columns gave, what contexts gave."""
    data, rows = job.data, max(job.data.measured_rows, 1)
    whole = float(data.untouched.sum()) * 8 / rows
    without = plain(data).lanes.sum() * 8 / rows
    coded = (float(best.lanes.sum()) + best.latents) * 8 / rows
    return {
        "tree": job.tree,
        "group": data.plan.name,
        "family": best.plan.family,
        "values_a_row": len(data.plan.lanes),
        "rows": data.rows,
        "plain": whole,
        "relations": whole - float(without),
        "contexts": float(without) - coded,
        "latents": best.latents * 8 / rows,
        "coded": coded,
        "tried": {k: v * 8 / rows / job.scale for k, v in tried.items()},
    }


def _merged(codec: Codec, chosen: dict[tuple[str, str], Assembled]) -> Codec:
    """Put the groups' tables and networks behind one another and drop what nobody uses."""
    tables: list[NDArray[np.int64]] = list(codec.tables)
    networks: list[bytes] = []
    trees = []
    for tree in codec.plan.trees:
        groups = []
        for group in tree.groups:
            found = chosen.get((tree.path, group.name))
            if found is None:
                groups.append(group)
                continue
            shared = len(codec.tables)
            by = len(tables) - shared
            groups.append(_moved(found.plan, shared, by, len(networks)))
            tables += found.tables[shared:]
            networks += found.networks
        trees.append(dataclasses.replace(tree, groups=tuple(groups)))
    kept: tuple[TreePlan, ...]
    kept, tables, networks = compact(trees, tables, networks)
    return Codec(dataclasses.replace(codec.plan, trees=kept), tables, networks)


def _moved(plan: GroupPlan, shared: int, tables: int, networks: int) -> GroupPlan:
    """Move a group's indices of tables beyond the shared ones, and of networks."""

    def table(i: int) -> int:
        return i + tables if i >= shared else i

    def inputs(stage: Any) -> Any:
        return tuple(dataclasses.replace(f, table=table(f.table)) for f in stage.inputs)

    stages = tuple(
        dataclasses.replace(
            s,
            network=s.network + networks,
            inputs=inputs(s),
            targets=tuple(
                dataclasses.replace(t, location=table(t.location), scale=table(t.scale))
                for t in s.targets
            ),
        )
        for s in plan.stages
    )
    diagrams = tuple(Diagram(inputs(d), tuple(map(table, d.tables))) for d in plan.diagrams)
    encoder = plan.encoder
    if encoder is not None:
        encoder = dataclasses.replace(
            encoder, network=encoder.network + networks, inputs=inputs(encoder)
        )
    return dataclasses.replace(plan, stages=stages, encoder=encoder, diagrams=diagrams)
