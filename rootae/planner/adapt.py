"""A codec meets a file that is not quite the one it was trained on.

Columns match by tree, name, dtype, inner dimensions and group. What the file has beyond the codec
is coded plain; where it lacks a column, whatever looked at that column is coded plain too.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any

from rootae.codec.codec import Codec
from rootae.codec.plan.contexts import Diagram, Stage
from rootae.codec.plan.plan import GroupPlan, TreePlan
from rootae.errors import ArgumentError
from rootae.planner.rules import Rule, choose
from rootae.planner.survey import branches_of, survey
from rootae.schema.bounds import Bound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from rootae.codec.plan.contexts import Feature, Target
    from rootae.codec.plan.plan import Lane
    from rootae.codec.relations.link import Link
    from rootae.planner.sample import Sampled
    from rootae.schema.column import Column

__all__ = ["adapt"]


def adapt(
    codec: Codec, trees: Sequence[Sampled], rules: Sequence[Rule] = (), *, lossy: bool = False
) -> tuple[Codec, list[str]]:
    """Fit a codec to a file's schema.

    Arguments:
        codec: the trained codec.
        trees: the file's trees.
        rules: bounds that the user asks for now; they may not contradict the codec's.
        lossy: the user asks for the lossy preset now.

    Returns:
        A codec for exactly this schema (the same one if it fits), and warnings.

    Raises:
        ArgumentError: a bound contradicts the codec's.
    """
    options = codec.plan.training.get("options", {})
    extra_rules = [*(Rule.parse(r) for r in options.get("bounds", [])), *rules]
    extra_lossy = lossy or bool(options.get("lossy", False))
    tables, warnings, plans = list(codec.tables), list[str](), []
    if lossy and not options.get("lossy", False):
        warnings.append("the codec was trained without --lossy: its own bounds hold")
    for tree in trees:
        known = codec.plan.tree(tree.schema.path)
        fresh = survey(
            tree.schema, tree.values, extra_rules, lossy=extra_lossy, keep=tree.kept,
            tables=(extra := list[Any]()), derive=known is None,
        )  # fmt: skip
        if known is None:
            plans.append(_shifted(fresh, len(tables)))
            tables += extra
            continue
        _refuse_contradictions(known, rules)
        plan, notes, used = _merge(known, fresh, tree, len(tables))
        tables += extra if used else []
        plans.append(plan)
        warnings += notes
    fitted = dataclasses.replace(codec.plan, trees=tuple(plans))
    if fitted == codec.plan:
        return codec, warnings
    return Codec(fitted, tables, [n.onnx for n in codec.networks]), warnings


def _refuse_contradictions(known: TreePlan, rules: Sequence[Rule]) -> None:
    bounds = {x.column: x.bound for g in known.groups for x in g.lanes}
    names = [c.name for c in known.columns]
    for column in known.columns:
        if not any(r.matches(known.path, column.name, names) for r in rules):
            continue
        choice = choose(known.path, column, rules, others=names)
        if choice.bound != Bound.parse(bounds[column.name]):
            msg = (
                f"{known.path}:{column.name}: the codec's bound is {bounds[column.name]}, "
                f"{choice.bound} was asked for: leave the bound out or train another codec"
            )
            raise ArgumentError(msg)


def _same(a: Column, b: Column) -> bool:
    mine = (a.dtype, a.inner_shape, a.counter, a.is_counter)
    return mine == (b.dtype, b.inner_shape, b.counter, b.is_counter)


def _merge(
    known: TreePlan, fresh: TreePlan, tree: Sampled, shift: int
) -> tuple[TreePlan, list[str], bool]:
    """Take the codec's lanes where columns match, fresh plain ones elsewhere."""
    old = {c.name: c for c in known.columns}
    matched = {c.name for c in fresh.columns if c.name in old and _same(old[c.name], c)}
    notes = []
    extra = [c.name for c in fresh.columns if c.name not in matched]
    if extra:
        notes.append(f"{known.path}: coded plain, unknown to the codec: {_some(extra)}")
    missing = [n for n in old if n not in matched]
    groups, affected = [], []
    for group in _shifted(fresh, shift).groups:
        trained = next((g for g in known.groups if g.name == group.name), None)
        merged, hurt = (group, []) if trained is None else _merge_group(trained, group, matched)
        groups.append(merged)
        affected += hurt
    if missing and affected:
        notes.append(
            f"{known.path}: the file lacks {_some(missing)}; coded plain for that: "
            f"{_some(affected)}"
        )
    branches = branches_of(tree.schema, set(tree.kept))
    plan = TreePlan(known.path, fresh.title, fresh.columns, branches, tuple(groups))
    return plan, notes, bool(extra)


def _merge_group(
    trained: GroupPlan, fresh: GroupPlan, matched: set[str]
) -> tuple[GroupPlan, list[str]]:
    lanes = [x for x in trained.lanes if x.column in matched]
    lanes += [x for x in fresh.lanes if x.column not in matched]
    where = {(x.column, x.element): i for i, x in enumerate(lanes)}
    index = {
        i: where[x.column, x.element] for i, x in enumerate(trained.lanes) if x.column in matched
    }
    links: list[Link] = []
    for k, link in enumerate(trained.links):
        if link.by in index and link.column in matched:
            index[len(trained.lanes) + k] = len(lanes) + len(links)
            links.append(dataclasses.replace(link, by=index[link.by]))
    centred = {
        i
        for i, x in enumerate(trained.lanes)
        if x.centre is not None and i in index and all(j in index for j in x.centre.sources)
    }
    encoder = trained.encoder
    if encoder is not None and all(f.index in index for f in encoder.inputs):
        inputs = tuple(dataclasses.replace(f, index=index[f.index]) for f in encoder.inputs)
        encoder = dataclasses.replace(encoder, inputs=inputs)
    else:
        encoder = None
    move = functools.partial(_move, index=index, centred=centred, latents=encoder is not None)
    lost = {i for i, x in enumerate(trained.lanes) if x.centre is not None} - centred
    stages, diagrams = dict[int, Stage](), dict[int, Diagram]()
    for i, stage in enumerate(trained.stages):
        if (seen := move(stage.inputs)) is not None:
            targets = (_move_target(t, index, lost) for t in stage.targets)
            stages[i] = Stage(stage.network, seen, tuple(targets))
    for i, diagram in enumerate(trained.diagrams):
        if (seen := move(diagram.inputs)) is not None:
            diagrams[i] = Diagram(seen, diagram.tables)
    # stages and diagrams are numbered anew, in the order in which they were kept
    numbers = [{old: new for new, old in enumerate(kept)} for kept in (stages, diagrams)]
    hurt, final = [], []
    for lane in lanes:
        settled = _settle(lane, index, *numbers) if lane.column in matched else lane
        hurt += [lane.column] if (settled.derived is None) != (lane.derived is None) else []
        hurt += [lane.column] if settled.has_contexts != lane.has_contexts else []
        hurt += [lane.column] if (settled.centre is None) != (lane.centre is None) else []
        final.append(settled)
    kept = tuple(stages.values()), encoder, trained.family, tuple(diagrams.values())
    return GroupPlan(trained.name, tuple(final), *kept, tuple(links)), hurt


def _move(
    inputs: tuple[Feature, ...],
    index: Mapping[int, int],
    centred: AbstractSet[int],
    *,
    latents: bool,
) -> tuple[Feature, ...] | None:
    """Renumber lanes that are looked at; None if something else would be seen than in training."""
    for f in inputs:
        there = {"latent": latents, "lane": f.index in index, "centre": f.index in centred}
        if not there[f.source]:
            return None
    return tuple(
        f if f.source == "latent" else dataclasses.replace(f, index=index[f.index]) for f in inputs
    )


def _move_target(target: Target, index: Mapping[int, int], lost: AbstractSet[int]) -> Target:
    lane = -1 if target.lane in lost else index.get(target.lane, -1)
    return dataclasses.replace(target, lane=lane)


def _settle(
    lane: Lane, index: Mapping[int, int], stages: Mapping[int, int], diagrams: Mapping[int, int]
) -> Lane:
    derived = lane.derived
    if derived is not None:
        kept = all(i in index for i, _ in derived.terms)
        terms = tuple((index[i], c) for i, c in derived.terms) if kept else ()
        derived = dataclasses.replace(derived, terms=terms) if kept else None
    stage, diagram = stages.get(lane.stage, -1), diagrams.get(lane.diagram, -1)
    centre = lane.centre
    if centre is not None and all(i in index for i in centre.sources):
        moved = tuple(
            dataclasses.replace(t, lanes=tuple(index[i] for i in t.lanes)) for t in centre.terms
        )
        centre = dataclasses.replace(centre, terms=moved)
    elif centre is not None:
        centre, stage, diagram = None, -1, -1
    return dataclasses.replace(lane, derived=derived, stage=stage, diagram=diagram, centre=centre)


def _shifted(plan: TreePlan, by: int) -> TreePlan:
    """Move the tables of a fresh plan's grids behind the codec's."""
    groups = []
    for group in plan.groups:
        lanes = []
        for lane in group.lanes:
            moved = {k: lane.grid[k] + by for k in ("edges", "points") if k in lane.grid}
            lanes.append(dataclasses.replace(lane, grid=lane.grid | moved))
        groups.append(dataclasses.replace(group, lanes=tuple(lanes)))
    return dataclasses.replace(plan, groups=tuple(groups))


def _some(names: Sequence[str], most: int = 8) -> str:
    names = list(dict.fromkeys(names))
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
