"""What a codec records of each of its groups: what it has, and how it was trained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rootae.codec.plan.lineage import contexts

if TYPE_CHECKING:
    from rootae.codec.codec import Codec
    from rootae.codec.plan.plan import GroupPlan, TreePlan

__all__ = ["GroupInfo", "recorded"]


@dataclass(frozen=True)
class GroupInfo:
    """How one group is coded.

    Arguments:
        tree, name: which group.
        family: what its contexts come from.
        lanes, latents, stages, diagrams, contexts: how many it has.
        steps: of training, a number a phase; none where nothing was trained by steps.
        bits: what training came to: bits a row on rows kept back, by term.
        not_stored: a family that was asked for and did not pay: its `bits` a row, and `against`.
    """

    tree: str
    name: str
    family: str
    lanes: int
    latents: int
    stages: int
    diagrams: int
    contexts: int
    steps: tuple[int, ...] = ()
    bits: dict[str, float] = field(default_factory=dict)
    not_stored: dict[str, Any] = field(default_factory=dict)


def recorded(codec: Codec, tree: TreePlan, group: GroupPlan) -> GroupInfo:
    """Describe a group; what its codec says of the training may be missing, or be nonsense."""
    found = sum(contexts(group, codec.tables, i) for i in range(len(group.lanes)))
    latents = group.encoder.latents if group.encoder is not None else 0
    counts = len(group.lanes), latents, len(group.stages), len(group.diagrams), found
    told = _remembered(codec, tree.path, group.name)
    steps, bits = told.get("steps") or (), _numbers(told.get("bits"))
    refused = _numbers(told.get("not_stored"))
    if set(refused) == {"bits", "against"}:
        refused |= {"family": str(told["not_stored"].get("family"))}
    else:
        refused = {}
    return GroupInfo(tree.path, group.name, group.family, *counts, tuple(steps), bits, refused)


def _numbers(record: Any) -> dict[str, Any]:
    items = record.items() if isinstance(record, dict) else ()
    return {k: v for k, v in items if isinstance(v, float | int)}


def _remembered(codec: Codec, tree: str, group: str) -> dict[str, Any]:
    """Return what a codec says of a group's training; older ones say less, plain ones nothing."""
    records = (r for r in codec.plan.training.get("groups", ()) if isinstance(r, dict))
    return next((r for r in records if (r.get("tree"), r.get("group")) == (tree, group)), {})
