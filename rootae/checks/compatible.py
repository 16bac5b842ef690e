"""Whether trees of several files can become one: the same branches, types and coded columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rootae.errors import ArgumentError

if TYPE_CHECKING:
    from rootae.codec.plan.plan import TreePlan
    from rootae.container.blocks import StoredTree
    from rootae.schema.tree import TreeSchema

__all__ = ["codes_alike", "refuse_others"]


def codes_alike(stored: StoredTree, plan: TreePlan) -> bool:
    """Say whether a tree's blocks hold the columns and the groups of a plan."""
    groups = [g.name for g in plan.groups]
    return all(
        set(p.carried) == set(plan.carried) and [g.name for g in p.groups] == groups
        for p in stored.plans
    )


def refuse_others(known: tuple[str, TreeSchema], other: tuple[str, TreeSchema]) -> None:
    """Refuse a tree that does not have the branches and types of another one.

    Arguments:
        known, other: file and tree, for messages, and the branches of each.

    Raises:
        ArgumentError: a branch is missing in one of them, or of another type.
    """
    pair = _kinds(known[1]), _kinds(other[1])
    for name in (*pair[0], *pair[1]):
        first, second = (kinds.get(name) for kinds in pair)
        if first is None or second is None or first[1:] != second[1:]:
            here, there = (f"of type {k[0]}" if k else "missing" for k in (second, first))
            msg = (
                f"{other[0]}: branch {name} is {here}, in {known[0]} it is {there}: merge files of "
                "the same branches and types; rootae skim --drop leaves a branch out"
            )
            raise ArgumentError(msg)


def _kinds(schema: TreeSchema) -> dict[str, tuple[Any, ...]]:
    """Return every branch's type as users know it, then what has to be the same in all files."""
    mine = {c.name: (c.typename, c.dtype, c.inner_shape, c.counter) for c in schema.columns}
    passing = {b.name: (b.typename, b.typename) for b in schema.passing}
    return {**mine, **passing, **{name: (kind, kind) for name, kind in schema.unsupported}}
