"""Training a whole file's codec: budgets, candidates, and the smallest of each group."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rootae.codec.codec import Codec
from rootae.codec.plan.rewrite import merged
from rootae.errors import ArgumentError, MissingDependency
from rootae.training import families
from rootae.training.data import LEAST_ROWS, GroupData
from rootae.training.diagrams.learner import PRICES
from rootae.training.family import Counted
from rootae.training.freeze.assemble import assemble
from rootae.training.freeze.assembled import plain
from rootae.training.loop.history import History
from rootae.training.options import NETS
from rootae.training.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rootae.planner.sample import Sampled
    from rootae.progress import Progress
    from rootae.training.family import Family, Trained
    from rootae.training.freeze.assembled import Assembled
    from rootae.training.options import Options

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
    """Learn contexts for every group of a plain codec.

    Arguments:
        codec: the plain codec of the samples.
        samples: one sample a tree, in the order of the codec's trees.
        options: family, seed, steps or time budget.
        nbytes: size of the input, for the default budget.
        progress: told about the phase.

    Returns:
        The codec with contexts, and one record a trained group.
    """
    shares = _shares(options, progress)
    _refuse_net([families.load(name) for name in shares], options)
    jobs = _jobs(codec, samples, options.seed)
    columns = {f"{j.tree}:{j.data.plan.name or '(event)'}": len(j.data.plan.lanes) for j in jobs}
    _refuse_latents(options.latents, columns)
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
                job, trainer, shares, seconds * share,
                lambda s, t, w=share: progress.advance(s * w, t),
            )  # fmt: skip
            chosen[job.tree, job.data.plan.name] = found
            records.append(record)
    _note_refused(records, progress)
    whole = merged(codec, {k: (a.plan, a.tables, a.networks) for k, a in chosen.items()})
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


def _note_refused(records: Sequence[dict[str, Any]], progress: Progress) -> None:
    """Say where a family that was asked for did not pay."""
    refused = [(r, r["not_stored"]) for r in records if "not_stored" in r]
    if not refused:
        return
    told = [
        f"{n['bits']:.2f} bits a row against {n['against']:.2f} "
        f"({r['tree']}:{r['group'] or '(event)'})"
        for r, n in refused[:_NAMED]
    ]
    more = f" and {len(refused) - _NAMED} more groups" * (len(refused) > _NAMED)
    family = refused[0][1]["family"]
    progress.note(f"{family}: {', '.join(told)}{more}, not stored; --keep-family stores it")


def _refuse_latents(latents: int | None, columns: Mapping[str, int]) -> None:
    """Refuse more latents than any group has columns; a smaller group takes as many as it has.

    Arguments:
        latents: how many were asked for, None for the family's own choice.
        columns: how many there are, by the group's name.

    Raises:
        ArgumentError: there are fewer columns in every group.
    """
    if latents is None or not columns or latents <= max(columns.values()):
        return
    groups = ", ".join(f"{n} in {name}" for name, n in columns.items())
    msg = f"{latents} latents are more than there are columns: {groups}; ask for fewer"
    raise ArgumentError(msg)


def _refuse_net(asked: Sequence[type[Family]], options: Options) -> None:
    """Refuse an architecture where there are no networks to build by it."""
    if options.net != NETS[0] and all(issubclass(family, Counted) for family in asked):
        msg = (
            f"net {options.net}: family {options.family} trains no networks at effort "
            f"{options.effort}: leave out the net, or name another family"
        )
        raise ArgumentError(msg)


def _shares(options: Options, progress: Progress) -> dict[str, float]:
    """Return the families to train, and which share of the budget each has.

    What `auto` cannot try as torch or onnx is not installed, it says.
    """
    if options.family != "auto":
        return {options.family: 1.0}
    wanted = _DIAGRAMS | (_NETWORKS if options.effort in _LEAST else {})
    try:
        for name in wanted:
            families.load(name)
    except MissingDependency:
        if options.net != NETS[0] or options.latents is not None:
            raise  # networks were asked for
        progress.note("networks were not tried: pip install 'rootae[train]'")
        return _DIAGRAMS
    return wanted


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
    job: _Job, trainer: Trainer, shares: dict[str, float], seconds: float, advance: Any
) -> tuple[Assembled, dict[str, Any]]:
    """Train every candidate on a group and keep the smallest by measured bytes."""
    options = trainer.options
    best = plain(job.data)
    tried = {"plain": best.total(job.scale)}
    base: Assembled | None = None
    record: dict[str, Any] = {}
    named = options.family in shares
    job.data.prepare()
    whole = trainer.budget(seconds)
    for name, share in shares.items():
        if whole.steps is None and 0 < seconds * share < _LEAST_SECONDS and not named:
            continue
        told = functools.partial(_scaled, advance, share)
        model, trained = trainer.train(name, whole.of(share), told)
        least, price = (_LEAST[options.effort], PRICES[options.effort]) if base else (0.0, 0.0)
        found = assemble(
            model, name, job.data, job.scale, base=None if model.encoder() else base,
            least=least, price=price, whole=named,
        )  # fmt: skip
        tried[name] = found.total(job.scale)
        # without a bound what comes back differs: latents that were asked for are what is wanted
        wanted = named and (found.guessed or options.keep_family)
        better = tried[name] < best.total(job.scale) or wanted
        if better or not record:
            record = _record(trained)
        if better:
            best = found
        elif named:
            record |= {"not_stored": _refused(job, name, tried)}
        if name in _DIAGRAMS:
            base = best
    return best, _summary(job, best, tried) | record


def _refused(job: _Job, family: str, tried: dict[str, float]) -> dict[str, Any]:
    """Say what a family that was asked for came to, in bits a row, and what is stored instead."""
    unit = 8 / max(job.data.measured_rows, 1) / job.scale
    bits = {"bits": tried[family] * unit, "against": tried["plain"] * unit}
    return {"family": family} | {k: round(v, 3) for k, v in bits.items()}


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
    kept |= {k: record[k] for k in ("not_stored",) if k in record}
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
