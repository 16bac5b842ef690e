"""A first look at a tree: bounds, grids and exact relations. What it returns is the plain codec."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.grids.codes import codes_of
from rootae.codec.grids.registry import grid_for
from rootae.codec.plan.plan import GroupPlan, Lane, TreePlan
from rootae.naming import chosen_by
from rootae.planner import centres as nearly
from rootae.planner import exact, references
from rootae.planner.look import look
from rootae.planner.presets import preset
from rootae.planner.rules import Choice, choose
from rootae.planner.special import keeping
from rootae.schema.bounds.bound import EXACT
from rootae.schema.column import Branch
from rootae.schema.tree import groups_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from rootae.codec.grids.registry import Grid
    from rootae.planner.look import Look
    from rootae.planner.rules import Rule
    from rootae.schema.bounds.bound import Bound
    from rootae.schema.tree import Group, TreeSchema
    from rootae.schema.values import Values

__all__ = ["branches_of", "choices", "looks", "matching", "survey"]


def looks(samples: Sequence[Mapping[str, Values]]) -> dict[str, Look]:
    """Look at every column, in all samples that hold it with the type of the first."""
    found: dict[str, list[NDArray[Any]]] = {}
    for sample in samples:
        for name, values in sample.items():
            known = found.setdefault(name, [])
            if not known or _alike(known[0], values.flat):
                known.append(values.flat)
    return {n: look(x[0] if len(x) == 1 else np.concatenate(x)) for n, x in found.items()}


def _alike(x: NDArray[Any], y: NDArray[Any]) -> bool:
    return (x.dtype, x.shape[1:]) == (y.dtype, y.shape[1:])


def choices(
    schema: TreeSchema,
    sample: Mapping[str, Values],
    rules: Sequence[Rule],
    *,
    lossy: bool,
    seen: Mapping[str, Look] | None = None,
) -> dict[str, Choice]:
    """Decide every column's bound; `seen` is what `--lossy` goes by, by default the sample."""
    names = [c.name for c in schema.columns]
    if not lossy:
        return {c.name: choose(schema.path, c, rules, others=names) for c in schema.columns}
    seen = looks([sample]) if seen is None else seen
    starts = {c.name: preset(c, seen[c.name], names) for c in schema.columns}
    return {c.name: choose(schema.path, c, rules, starts[c.name], names) for c in schema.columns}


def survey(
    schema: TreeSchema,
    sample: Mapping[str, Values],
    rules: Sequence[Rule] = (),
    *,
    lossy: bool = False,
    seen: Mapping[str, Look] | None = None,
    keep: Iterable[str] = (),
    tables: list[NDArray[np.int64]] | None = None,
    derive: bool = True,
) -> TreePlan:
    """Plan a tree without networks.

    Arguments:
        schema: the tree's columns.
        sample: values of every column over sampled entries.
        rules: the user's bounds, over the presets.
        lossy: take the preset for NanoAOD-like data.
        seen: what the preset goes by, from `looks`; by default what the sample shows.
        keep: names of columns that stay ordinary branches.
        tables: where tables of grids are appended; the plan holds their indices.
        derive: look for columns that follow from others.

    Returns:
        The plan of the plain codec.
    """
    tables = [] if tables is None else tables
    kept = set(keep)
    chosen = choices(schema, sample, rules, lossy=lossy, seen=seen)
    wanted = {c.name for c in schema.columns if c.has_branch and c.name not in kept}
    wanted |= schema.counters_of(wanted)
    coded = tuple(c for c in schema.columns if c.name in wanted)
    groups = tuple(_plan_group(g, sample, chosen, tables, derive=derive) for g in groups_of(coded))
    if derive:
        groups = references.link(groups, sample)
    return TreePlan(schema.path, schema.title, coded, branches_of(schema, kept), groups)


def matching(schema: TreeSchema, globs: Iterable[str]) -> frozenset[str]:
    """Return the names of columns that any of the globs matches."""
    return frozenset(chosen_by(globs, [c.name for c in schema.columns]))


def branches_of(schema: TreeSchema, kept: AbstractSet[str]) -> tuple[Branch, ...]:
    """List the tree's branches in order, with what becomes of each."""
    known = {b.name: b for b in schema.passing}
    counters = {str(c.counter) for c in schema.columns if c.name in kept}
    kept = kept | schema.needed | counters  # what counts others stays with them
    for c in schema.columns:
        plain = c.name in kept
        known[c.name] = Branch(c.name, c.typename, c.title, not plain, c.counter)
    return tuple(known[n] for n in schema.order if n in known)


def _plan_group(
    group: Group,
    sample: Mapping[str, Values],
    chosen: Mapping[str, Choice],
    tables: list[NDArray[np.int64]],
    *,
    derive: bool,
) -> GroupPlan:
    lanes: list[Lane] = []
    originals, decoded, bounds, grids = [], [], [], []
    for column in group.columns:
        choice = chosen[column.name]
        for element in range(column.lanes):
            x = sample[column.name].lane(element)
            grid = keeping(grid_for(choice.bound, x), choice.bound, x)
            bound = _effective(choice.bound, grid)
            lanes.append(Lane(column.name, element, grid.planned(tables), bound, choice.why))
            originals.append(x)
            decoded.append(grid.inverse(codes_of(grid, x)))
            bounds.append(bound)
            grids.append(grid)
    if not derive or not lanes:
        return GroupPlan(group.name, tuple(lanes))
    rules = exact.find(originals, decoded, bounds, grids)
    names = [x.column if not x.element else "" for x in lanes]
    centres = nearly.find(names, originals, decoded, grids, set(rules))
    planned = (
        dataclasses.replace(x, derived=rules.get(i), centre=centres.get(i))
        for i, x in enumerate(lanes)
    )
    return GroupPlan(group.name, tuple(planned))


def _effective(bound: Bound, grid: Grid) -> Bound:
    """Keep the user's bound as the promise even where the grid does better."""
    return EXACT if grid.is_exact and bound.of_whole else bound
