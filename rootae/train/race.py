"""Training a whole file's codec: budgets, candidates, and the smallest of each group."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from rootae.codec import Codec
from rootae.errors import ArgumentError
from rootae.options import NETS
from rootae.plan import Diagram
from rootae.train import families
from rootae.train.assemble import Assembled, assemble, plain
from rootae.train.autoencoder import refuse_latents
from rootae.train.data import LEAST_ROWS, GroupData
from rootae.train.diagrams import PRICES
from rootae.train.history import History
from rootae.train.packed import compact
from rootae.train.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from rootae.adapt import Sampled
    from rootae.options import Options
    from rootae.plan import GroupPlan, TreePlan
    from rootae.progress import Progress
    from rootae.train.family import Family
    from rootae.train.loop import Trained

__all__ = ["fit"]

# of `auto`: diagrams, which take none of the budget, and networks by their shares of it
_DIAGRAMS, _NETWORKS = {"diagram": 0.0}, {"predictor": 0.8, "ae": 0.2}
# bits a value that a network must save where a diagram would do, as reading one takes ten times
# longer; an effort that is not named trains none
_LEAST = {"default": 0.1, "max": 0.0}
_SECONDS_AT_LEAST, _SECONDS_AT_MOST = 3.0, 30.0
_SECONDS_A_MEGABYTE = 0.6
_PATIENCE = {"fast": 0.5, "default": 1.0, "max": 5.0}  # times the default budget
_NAMED = 8  # small groups that a note names
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
    _refuse_net([families.load(name) for name in _shares(options)], options)
    # networks this small gain little from a second thread and lose much on a busy machine
    torch.set_num_threads(1)
    jobs = _jobs(codec, samples, options.seed)
    columns = {f"{j.tree}:{j.data.plan.name or '(event)'}": len(j.data.plan.lanes) for j in jobs}
    refuse_latents(options.latents, columns)
    seconds = _budget(options, nbytes)
    progress.phase("train", 1.0)
    _note_small(codec, samples, progress)
    chosen: dict[tuple[str, str], Assembled] = {}
    records = []
    total = sum(j.weight for j in jobs) or 1.0
    with _history(options, progress) as history:
        for number, job in enumerate(jobs):
            share = job.weight / total
            trainer = Trainer(options, job.tree, number, job.data, history)
            found, record = _race(
                job, trainer, seconds * share, lambda s, t, w=share: progress.advance(s * w, t)
            )
            chosen[job.tree, job.data.plan.name] = found
            records.append(record)
    whole = _merged(codec, chosen)
    told = [_remembered(r) for r in records]
    plan = dataclasses.replace(whole.plan, training=whole.plan.training | {"groups": told})
    return Codec(plan, whole.tables, [n.onnx for n in whole.networks]), records


@contextlib.contextmanager
def _history(options: Options, progress: Progress) -> Iterator[History | None]:
    """Give a history, if one is wanted, and write it whatever happens: above all on an error."""
    if options.history is None:
        yield None
        return
    history = History(options.history)
    try:
        yield history
    finally:
        history.write()
        if not history.draw():
            progress.note("no plot of the learning curves: pip install matplotlib for one")


def _note_small(codec: Codec, samples: Sequence[Sampled], progress: Progress) -> None:
    """Name the groups that are too small to train on."""
    small = []
    for tree, sampled in zip(codec.plan.trees, samples, strict=True):
        for group in tree.groups:
            values = sampled.values[group.lanes[0].column] if group.lanes else None
            rows = len(values.flat) if values is not None else 0
            if 0 < rows < LEAST_ROWS:
                small.append(f"{tree.path}:{group.name or '(event)'} ({rows:,} rows)")
    if small:
        few = ", ".join(small[:_NAMED]) + (
            f" and {len(small) - _NAMED} more" * (len(small) > _NAMED)
        )
        progress.note(f"too few rows to train on, coded plain: {few}; {LEAST_ROWS:,} are needed")


def _refuse_net(asked: Sequence[type[Family]], options: Options) -> None:
    """Refuse an architecture where there are no networks to build by it."""
    if options.net != NETS[0] and not any(family.steps_share for family in asked):
        msg = (
            f"net {options.net}: family {options.family} trains no networks at effort "
            f"{options.effort}: leave out the net, or name another family"
        )
        raise ArgumentError(msg)


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
    job: _Job, trainer: Trainer, seconds: float, advance: Any
) -> tuple[Assembled, dict[str, Any]]:
    """Train every candidate on a group and keep the smallest by measured bytes."""
    options = trainer.options
    shares = _shares(options)
    best = plain(job.data)
    tried = {"plain": best.total(job.scale)}
    base: Assembled | None = None
    record: dict[str, Any] = {}
    job.data.prepare()
    whole = trainer.budget(seconds)
    for name, share in shares.items():
        if whole.steps is None and 0 < seconds * share < _LEAST_SECONDS and len(shares) > 1:
            continue
        told = functools.partial(_scaled, advance, share)
        model, trained = trainer.train(name, whole.of(share), told)
        least, price = (_LEAST[options.effort], PRICES[options.effort]) if base else (0.0, 0.0)
        over = None if model.encoder() else base
        found = assemble(model, name, job.data, job.scale, base=over, least=least, price=price)
        tried[name] = found.total(job.scale)
        if name == "diagram":
            base = found
        # without a bound what comes back differs: latents that were asked for are what is wanted
        better = tried[name] < best.total(job.scale) or (found.guessed and len(shares) == 1)
        if better or not record:
            record = _record(trained)
        if better:
            best = found
    return best, _summary(job, best, tried) | record


def _scaled(advance: Callable[[float, str], None], share: float, part: float, text: str) -> None:
    advance(part * share, text)


def _record(trained: Trained) -> dict[str, Any]:
    return {
        "steps": trained.steps,
        "untrained": sum(trained.start.values()),
        "trained": sum(trained.end.values()),
        "terms": trained.end,
    }


def _remembered(record: dict[str, Any]) -> dict[str, Any]:
    """Return what a codec keeps of a group's record: steps, and bits a row by term."""
    terms = {name: round(float(value), 3) for name, value in record.get("terms", {}).items()}
    kept = {k: record.get(k) for k in ("tree", "group", "family", "steps")}
    return kept | ({"bits": terms} if terms else {})


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
