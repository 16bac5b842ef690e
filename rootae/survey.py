"""A first look at a tree: bounds, grids and exact relations. What it returns is the plain codec."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae import nearly, references, relations
from rootae.bounds import Bound, Choice, choose
from rootae.codec import lane_values
from rootae.globs import any_matches
from rootae.grids import ExactFloat, ExactInteger, RankGrid, grid_for, grid_to_json
from rootae.plan import GroupPlan, Lane, TreePlan
from rootae.schema import Branch, Values, groups_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from rootae.bounds import Rule
    from rootae.grids import Grid
    from rootae.schema import Column, Group, TreeSchema

__all__ = ["branches_of", "choices", "matching", "survey", "trailing_zeros"]


def trailing_zeros(x: NDArray[Any]) -> int:
    """Count the low mantissa bits that are zero in every value (0 for integers).

    Example:
        >>> trailing_zeros(np.array([1.0, 1.5], "f4"))
        22
    """
    if x.dtype.kind != "f" or not len(x):
        return 0
    bits = x.view(np.dtype(f"u{x.dtype.itemsize}"))[np.isfinite(x) & (x != 0)]
    used = int(np.bitwise_or.reduce(bits, axis=None)) if bits.size else 0
    mantissa = np.finfo(x.dtype).nmant
    return min((used & -used).bit_length() - 1, mantissa) if used else 0


def choices(
    schema: TreeSchema, sample: Mapping[str, Values], rules: Sequence[Rule], *, lossy: bool
) -> dict[str, Choice]:
    """Decide every column's bound."""
    names = [c.name for c in schema.columns]
    zeros = {n: trailing_zeros(sample[n].flat) if lossy else 0 for n in names}
    return {
        c.name: choose(
            schema.path, c, rules, lossy=lossy, trailing_zeros=zeros[c.name], siblings=names
        )
        for c in schema.columns
    }


def survey(
    schema: TreeSchema,
    sample: Mapping[str, Values],
    rules: Sequence[Rule] = (),
    *,
    lossy: bool = False,
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
        keep: names of columns that stay ordinary branches.
        tables: where tables of grids are appended; the plan holds their indices.
        derive: look for columns that follow from others.

    Returns:
        The plan of the plain codec.
    """
    tables = [] if tables is None else tables
    kept = set(keep)
    chosen = choices(schema, sample, rules, lossy=lossy)
    wanted = {c.name for c in schema.columns if c.has_branch and c.name not in kept}
    wanted |= schema.counters_of(wanted)
    coded = tuple(c for c in schema.columns if c.name in wanted)
    groups = tuple(_plan_group(g, sample, chosen, tables, derive=derive) for g in groups_of(coded))
    if derive:
        groups = references.link(groups, sample)
    return TreePlan(schema.path, schema.title, coded, branches_of(schema, kept), groups)


def matching(schema: TreeSchema, globs: Iterable[str]) -> frozenset[str]:
    """Return the names of columns that any of the globs matches."""
    globs = tuple(globs)
    return frozenset(c.name for c in schema.columns if any_matches(globs, c.name))


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
            x = lane_values(sample[column.name], element)
            grid = grid_for(choice.bound, x)
            bound = _effective(choice.bound, grid)
            lanes.append(_lane(column, element, grid, bound, choice.why, tables))
            originals.append(x)
            decoded.append(grid.inverse(grid.forward(x)))
            bounds.append(bound)
            grids.append(grid)
    if not derive or not lanes:
        return GroupPlan(group.name, tuple(lanes))
    rules = relations.find(originals, decoded, bounds)
    names = [x.column if not x.element else "" for x in lanes]
    centres = nearly.find(names, originals, decoded, grids, set(rules))
    planned = (
        dataclasses.replace(x, derived=rules.get(i), centre=centres.get(i))
        for i, x in enumerate(lanes)
    )
    return GroupPlan(group.name, tuple(planned))


def _effective(bound: Bound, grid: Grid) -> Bound:
    """Keep the user's bound as the promise even where the grid does better."""
    exact = isinstance(grid, ExactFloat | ExactInteger)
    return bound if not exact or bound.kind in ("abs", "rel") else Bound("exact")


def _lane(
    column: Column,
    element: int,
    grid: Grid,
    bound: Bound,
    why: str,
    tables: list[NDArray[np.int64]],
) -> Lane:
    config = grid_to_json(grid)
    if isinstance(grid, RankGrid):
        for name, array in (("edges", grid.edges), ("points", grid.points)):
            config[name] = len(tables)
            tables.append(array.view(np.int64))
    return Lane(column.name, element, config, str(bound), why)
