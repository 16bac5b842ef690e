"""A codec meets a file that is not quite the one it was trained on.

Columns match by tree, name, dtype, inner dimensions and group. What the file has beyond the codec
is coded plain; where it lacks a column, whatever looked at that column is coded plain too.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

from rootae.codec.codec import Codec
from rootae.codec.indices import mapped
from rootae.codec.plan.contexts import Stage
from rootae.codec.plan.plan import GroupPlan, TreePlan
from rootae.errors import ArgumentError
from rootae.planner.rules import Rule, choose
from rootae.planner.survey import branches_of, survey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rootae.codec.plan.contexts import Contexts
    from rootae.codec.plan.plan import Lane
    from rootae.planner.sample import Sampled
    from rootae.schema.column import Column
    from rootae.schema.tree import TreeSchema

__all__ = ["adapt", "unknown"]

_Part = TypeVar("_Part")


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
        if choice.bound != bounds[column.name]:
            msg = (
                f"{known.path}:{column.name}: the codec's bound is {bounds[column.name]}, "
                f"{choice.bound} was asked for: leave the bound out or train another codec"
            )
            raise ArgumentError(msg)


def unknown(codec: Codec, schema: TreeSchema) -> frozenset[str]:
    """Return a tree's columns that a codec does not know: to fit it, only these are looked at.

    Arguments:
        codec: the trained codec.
        schema: the file's tree.
    """
    plan = codec.plan.tree(schema.path)
    known = {c.name: c for c in plan.columns} if plan is not None else {}
    columns = schema.columns
    return frozenset(c.name for c in columns if c.name not in known or not _same(known[c.name], c))


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
    """Take a group's trained lanes that the file has, its fresh ones behind, and what still fits.

    Returns:
        The group, and the names of columns that are coded with less than they were trained with.
    """
    old = [(i, x) for i, x in enumerate(trained.lanes) if x.column in matched]
    plain = [x for x in fresh.lanes if x.column not in matched]
    own = {i: new for new, (i, _) in enumerate(old)}
    first = len(old) + len(plain)
    links = {k: x for k, x in enumerate(trained.links) if x.column in matched and x.by in own}
    linked = {len(trained.lanes) + k: first + new for new, k in enumerate(links)}
    maps = {"lane": own, "seen": own | linked}
    maps["centre"] = {
        i: own[i] for i, x in old if x.centre is not None and _fits(x.centre, maps) is not None
    }
    encoder = _fits(trained.encoder, maps)
    maps |= {} if trained.encoder is None or encoder is not None else {"latent": {}}
    kept = {
        k: found
        for k, x in enumerate(trained.contexts)
        if (found := _fits(_without(x, trained, maps), maps)) is not None
    }
    maps["context"] = {k: new for new, k in enumerate(kept)}
    settled = [_settle(x, maps) for _, x in old]
    hurt = [x.column for (_, x), y in zip(old, settled, strict=True) if _lost(x, y)]
    group = GroupPlan(
        trained.name,
        (*settled, *plain),
        tuple(kept.values()),
        encoder,
        trained.family,
        tuple(mapped(x, lane=own) for x in links.values()),
    )
    return group, hurt


def _fits(part: _Part, maps: Mapping[str, Mapping[int, int]]) -> _Part | None:
    """Renumber what a part of a plan points to; None where something of it is gone."""
    try:
        return mapped(part, **maps)
    except KeyError:
        return None


def _without(
    contexts: Contexts, trained: GroupPlan, maps: Mapping[str, Mapping[int, int]]
) -> Contexts:
    """Take lanes that are gone, or that lost their centre, from a stage's targets."""
    if not isinstance(contexts, Stage):
        return contexts
    centred = {i for i, x in enumerate(trained.lanes) if x.centre is not None}
    there = {None, *maps["lane"]} - (centred - set(maps["centre"]))
    targets = tuple(
        t if t.lane in there else dataclasses.replace(t, lane=None) for t in contexts.targets
    )
    return dataclasses.replace(contexts, targets=targets)


def _settle(lane: Lane, maps: Mapping[str, Mapping[int, int]]) -> Lane:
    """Renumber what a lane points to, and leave out what is gone."""
    centre, contexts = _fits(lane.centre, maps), lane.contexts
    if contexts is not None:
        contexts = (
            maps["context"].get(contexts) if (centre is None) == (lane.centre is None) else None
        )
    return dataclasses.replace(
        lane, derived=_fits(lane.derived, maps), contexts=contexts, centre=centre
    )


def _lost(before: Lane, after: Lane) -> bool:
    """Say whether a lane follows from others, has contexts or a centre no more."""
    parts = ("derived", "contexts", "centre")
    return any((getattr(before, x) is None) != (getattr(after, x) is None) for x in parts)


def _shifted(plan: TreePlan, by: int) -> TreePlan:
    """Move the tables of a fresh plan's grids behind the codec's."""
    return mapped(plan, table=lambda i: i + by)


def _some(names: Sequence[str], most: int = 8) -> str:
    names = list(dict.fromkeys(names))
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
